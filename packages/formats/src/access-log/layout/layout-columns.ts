/**
 * Finds out what the columns of an operator's own layout hold, by their values over a file. A status is always a code in use. The
 * upstream's status mostly equals it, and is missing if no upstream was asked. A duration is larger than any request or answer of that row.
 */
import { isAbsent } from "../exchange/draft.ts";
import { parseClfTime } from "../values/clock.ts";
import { type Cut, cutCells, dropName, dropSyslog, findName } from "./layout-cells.ts";
import { isUsualStatus } from "../values/usual-status.ts";
import { DurationJudge } from "./whole-durations.ts";
import type { LayoutColumns } from "../line.ts";

/** If one size or time in six were a code in use, sixteen lines in a row would all have one in less than one of 10^12 files. */
const LEAST_ROWS = 16;
const MOST_ROWS = 512;
/**
 * Formats that every reader knows: combined and common, with nginx's time or without. A log that begins with so many of these lines is in
 * such a format.
 */
const PLAIN = /\] "[^"]*" \d{3} (?:\d+|-)(?: "[^"]*" "[^"]*")?(?: \d+\.\d{3})?$/;
const MOST_PLAIN = 32;
/** The least share of lines in the layout. The others are errors and programs' messages. */
const LEAST_SHARE = 0.6;
/** The largest share of lines whose status is `-` or 000 because nothing was answered. */
const MOST_UNANSWERED = 0.1;
const LEAST_CODES = 2;
const LEAST_UPSTREAM = 8;
const LEAST_SAME = 0.8;
const LEAST_BODILESS = 2;
/** The longest head of an answer or a request. */
const MOST_HEAD = 16_384;
/** No server writes an error page of this size. */
const MOST_ERROR = 131_072;
const LEAST_UNSENT = 2;
const FAMILY_TIME = /^\[?\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:/;
/** The slowest request takes many times as long as the median one. */
const LEAST_SPREAD = 10;
const MOST_RISING = 0.9;

const TIME = /^\[?(?:\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:)/;
const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[?[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}\]?)$/;
const SERVER = /(?:\d{1,3}\.){3}\d{1,3}:\d+|^unix:|\]:\d+/;
const REQUEST = /^(?:[A-Z]{3,10} (?:\/|\*|https?:\/\/).*|[A-Z]{3,10})$/;
const WHOLE = /^\d{1,9}$/;
const SECONDS = /^\d{1,6}\.\d{3}$/;
const UNANSWERED = /^(?:-|0|000|009|-1)$/;
const CODES = /^\d{3}(?:(?:, | : )(?:\d{3}|-))*$/;
const REFUSED = /^4(?:00|08|14|94|97)$/;
const OF_DURATION = /time|dur|elapsed|latency|took|taken|^rt$|^D$|^[mu]s$/i;

/** The values of one column in all rows. */
type Column = readonly string[];

/** The layout of a file, by its first lines. Undefined if these lines need none, or have several. */
export function judgeLayout(lines: Iterable<string>): LayoutColumns | undefined {
  const groups = new Map<string, (readonly string[])[]>();
  let all = 0;
  for (const line of lines) {
    if (line === "" || all >= MOST_ROWS) continue;
    all += 1;
    const isPlain = PLAIN.test(line);
    if (isPlain && all >= MOST_PLAIN && groups.size === 0) return undefined;
    const cut = isPlain ? undefined : cutCells(dropSyslog(line));
    if (cut === undefined) continue;
    const key = toKey(cut);
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [cut.cells]);
    else rows.push(cut.cells);
  }
  const [largest] = [...groups].toSorted(([, one], [, other]) => other.length - one.length);
  const [key = "", rows = []] = largest ?? [];
  if (rows.length < LEAST_ROWS || rows.length < Math.min(all, MOST_ROWS) * LEAST_SHARE) return undefined;
  return judgeRows(key.slice(key.indexOf(" ") + 1), rows);
}

function toKey({ separator, cells }: Cut): string {
  return `${cells.length} ${separator}`;
}

/** What is known about a layout while its columns are being identified. */
type Table = {
  readonly separator: string;
  readonly columns: readonly Column[];
  readonly time: number;
  readonly request: number;
  readonly status: number;
  readonly size?: number | undefined;
};

function judgeRows(separator: string, rows: readonly (readonly string[])[]): LayoutColumns | undefined {
  const count = rows[0]?.length ?? 0;
  const columns: Column[] = Array.from({ length: count }, (_, index) => rows.map((row) => row[index] ?? ""));
  const time = columns.findIndex((column) => column.every((cell) => TIME.test(cell)));
  const request = columns.findIndex((column) => column.filter((cell) => REQUEST.test(cell)).length >= column.length * LEAST_SHARE);
  const [status, ...twins] = findCodes(columns);
  if (time === -1 || request === -1) return undefined;
  const client = columns.findIndex((column) => column.every((cell) => ADDRESS.test(cell)));
  const numbers = columns.flatMap((column, index) => (isOfNumbers(column) ? [index] : []));
  const places = { separator, count, time, client, request, numbers };
  if (status === undefined || !twins.every((twin) => columns[twin]?.every((cell, row) => cell === columns[status]?.[row])))
    return numbers.length === 0 ? undefined : { ...places, status: -1, twins: [], ...NOTHING };
  const table = { separator, columns, time, request, status };
  const size = findSize(table);
  const found = { size, upstreamStatus: findUpstream(table), duration: findDuration({ ...table, size }) };
  return isRead(table, found) ? undefined : { ...places, status, twins, ...found };
}

const NOTHING = { size: undefined, upstreamStatus: undefined, duration: undefined };

/** True for a column of numbers that are no statuses: few of them are codes in use, or they only ever grow. Such are sizes and times. */
function isOfNumbers(column: Column): boolean {
  const told = column.filter((cell) => !UNANSWERED.test(cell));
  const isWhole = told.length >= LEAST_ROWS / 2 && told.every((cell) => WHOLE.test(cell));
  return isWhole && (told.filter(isUsualStatus).length <= told.length / 2 || isCounted(column));
}

/** True for numbers that only grow, and often. */
function isCounted(column: Column): boolean {
  return new Set(column).size > LEAST_ROWS / 2 && column.every((cell, row) => row === 0 || Number(cell) >= Number(column[row - 1]));
}

/** The columns that hold a code in use in every row, except for a few rows without an answer. */
function findCodes(columns: readonly Column[]): number[] {
  return columns.flatMap((column, index) => {
    const codes = column.filter(isUsualStatus);
    const others = column.filter((cell) => !isUsualStatus(cell));
    const isTold = others.length <= column.length * MOST_UNANSWERED && others.every((cell) => UNANSWERED.test(cell));
    return isTold && !isCounted(column) && new Set(codes).size >= LEAST_CODES ? [index] : [];
  });
}

/** True if each line tells everything by itself: status and size follow a quoted request, and no other column was found. */
function isRead(
  { separator, columns, request, status }: Table,
  found: Pick<LayoutColumns, "size" | "upstreamStatus" | "duration">,
): boolean {
  const isUsual = separator === "" && status === request + 1 && columns[request]?.some((cell) => cell.includes(" ")) === true;
  // A number before the request may be the status in one line and a duration in the next.
  const isLed = columns[request - 1]?.every((cell) => WHOLE.test(cell)) === true;
  return isUsual && !isLed && found.upstreamStatus === undefined && found.duration === undefined;
}

/** The column of the size: empty if an answer has no body, and filled if it has one. */
function findSize({ columns, status, request }: Table): number | undefined {
  const isBodiless = (row: number) => /^(?:204|304)$/.test(columns[status]?.[row] ?? "") || isAskedBy(columns[request]?.[row], "HEAD");
  const sizes = columns.flatMap((column, index) => {
    if (index === status || !column.every((cell) => WHOLE.test(cell) || cell === "-")) return [];
    const empty = column.filter((_, row) => isBodiless(row));
    const full = column.filter((_, row) => !isBodiless(row));
    const isSize =
      empty.length >= LEAST_BODILESS && empty.every(isNothing) && full.filter(isNothing).length <= full.length * (1 - LEAST_SAME);
    return isSize ? [index] : [];
  });
  return sizes.length === 1 ? sizes[0] : undefined;
}

function isNothing(cell: string): boolean {
  return cell === "-" || cell === "0";
}

function isAskedBy(request: string | undefined, method: string): boolean {
  return request === method || request?.startsWith(`${method} `) === true;
}

/** The column of the upstream's status: mostly equal to the status, and empty if no upstream was asked. */
function findUpstream({ columns, status }: Table): number | undefined {
  const found = columns.flatMap((column, index) => {
    if (index === status || !column.every((cell) => CODES.test(cell) || isAbsent(cell)) || !column.some(isAbsent)) return [];
    const codes = column.flatMap((cell, row) => (isUsualStatus(cell) ? [cell === columns[status]?.[row]] : []));
    const isTold = codes.length >= LEAST_UPSTREAM && codes.filter(Boolean).length >= codes.length * LEAST_SAME;
    return isTold && !isOfIngress(columns, index) ? [index] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** True for ingress-nginx's own layout, which is known: server, size, time and status. */
function isOfIngress(columns: readonly Column[], index: number): boolean {
  return columns[index - 3]?.some((cell) => SERVER.test(cell)) === true && columns[index - 1]?.some((cell) => SECONDS.test(cell)) === true;
}

/** The column of the duration, and its unit. */
function findDuration(table: Table): LayoutColumns["duration"] {
  return findSeconds(table) ?? findWhole(table);
}

/** nginx's `$request_time` is always present. The times of its upstream are missing if none was asked. */
function findSeconds({ columns }: Table): LayoutColumns["duration"] {
  const timed = columns.flatMap((column, index) => (column.every((cell) => SECONDS.test(cell)) ? [index] : []));
  const ofOthers = columns.filter((column) => column.some(isAbsent) && column.some((cell) => SECONDS.test(cell)));
  const areOthers = ofOthers.some((column) => column.every((cell) => isAbsent(cell) || /^[\d.]+(?:(?:, | : )(?:[\d.]+|-))*$/.test(cell)));
  return timed.length === 1 && areOthers ? { index: timed[0] ?? -1, unitMs: 1000 } : undefined;
}

/** A whole number that varies much and is larger than any request or answer of its row can be. */
function findWhole(table: Table): LayoutColumns["duration"] {
  const { columns, time, separator, status, request, size } = table;
  const whole = columns.flatMap((column, index) => (index !== status && column.every((cell) => WHOLE.test(dropName(cell))) ? [index] : []));
  const behind = whole.filter((index) => index > status && index !== size && index !== (size === undefined ? status + 1 : -1));
  // A single number after the known fields needs no column: it is read from each line, in the unit that the file shows. This does not apply
  // if there is a pair among them.
  const isPaired = columns.some(([cell = ""], index) => index > status && findName(cell) !== undefined);
  const isAlone = separator === "" && status === request + 1 && behind.length === 1 && !isPaired;
  const found = whole.filter((index) => index !== size && isTimed(table, index));
  if (isAlone || found.length !== 1) return undefined;
  const [index = -1] = found;
  const judge = new DurationJudge();
  columns[index]?.forEach((cell, row) => {
    // A text that was refused because it is no request took next to no time.
    if (REFUSED.test(columns[status]?.[row] ?? "")) return;
    judge.take(Number(dropName(cell)), parseClfTime(columns[time]?.[row]?.replace(/^\[|\]$/g, "") ?? "", 0));
  });
  // httpd and gunicorn write times in the Common Log Format's notation. Others count in any unit.
  if (judge.unit !== "us" || !columns[time]?.every((cell) => FAMILY_TIME.test(cell))) return undefined;
  return { index, unitMs: 0.001 };
}

function isTimed(table: Table, index: number): boolean {
  const { columns } = table;
  const values = (columns[index] ?? []).map((cell) => Number(dropName(cell)));
  const name = findName(columns[index]?.[0] ?? "");
  if (name !== undefined && !OF_DURATION.test(name)) return false;
  const sorted = values.toSorted((one, other) => one - other);
  const isSpread = (sorted.at(-1) ?? 0) >= LEAST_SPREAD * (sorted[sorted.length >> 1] ?? 0);
  const rising = values.filter((value, row) => row > 0 && value >= (values[row - 1] ?? 0)).length;
  const unsent = values.filter((value, row) => value > findMost(table, index, row));
  return isSpread && rising < values.length * MOST_RISING && unsent.length >= LEAST_UNSENT;
}

/** The most bytes of a request or an answer in this row, with its head. The number at `index` does not count as a size. */
function findMost({ columns, status, request, size = status + 1 }: Table, index: number, row: number): number {
  const asked = columns[request]?.[row];
  if (!isAskedBy(asked, "GET") && !isAskedBy(asked, "HEAD")) return Infinity;
  const sent = columns[size]?.[row] ?? "";
  if (size !== index && (WHOLE.test(sent) || sent === "-")) return (Number(sent) || 0) + MOST_HEAD;
  const code = columns[status]?.[row] ?? "";
  return (code === "204" || code === "304" ? 0 : code >= "400" ? MOST_ERROR : Infinity) + MOST_HEAD;
}
