import type { NextCheck, RankedCause } from "@faultline/model";
import { STEPS } from "../report/patterns.ts";
import type { Report, RouteErrors } from "../report/report.ts";
import { cut, cutMiddle, fill, spread, toVisible } from "../../output/visible.ts";
import {
  adviseUnread,
  drawSparkline,
  explainMaker,
  explainNoRequests,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatRowTime,
  formatShare,
  formatSpan,
  isOfOneDay,
  listFurtherMessages,
  listUntold,
  nameMaker,
  quoteReason,
  tellVerdict,
} from "./words.ts";

/** The screen's width, and whether it shows colours. */
export type Screen = { readonly width: number; readonly hasColors: boolean };

type Paint = (text: string) => string;
type Paints = { readonly bold: Paint; readonly dim: Paint; readonly red: Paint; readonly yellow: Paint };

function createPaints(hasColors: boolean): Paints {
  const paint = (code: number) => (text: string) => (hasColors ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { bold: paint(1), dim: paint(2), red: paint(31), yellow: paint(33) };
}

const DETAILED = 3;
const MIN_WIDTH = 48;
const MAX_WIDTH = 160;
/** Below this width there is no room for the bounds of a share or for times beside a route. */
const NARROW = 66;

/** The report for a terminal: what fails, who makes it fail, why, and what to check next. All text from the log is made visible first. */
export function renderTerminal(report: Report, screen: Screen): string {
  const paints = createPaints(screen.hasColors);
  const width = Math.max(MIN_WIDTH, Math.min(screen.width, MAX_WIDTH));
  const blocks = [
    renderAnswer(report, { paints, width }),
    renderHead(report, { paints, width }),
    renderTable(report, { paints, width }),
    ...pickDetailed(report).map((index) => renderRoute(report, { index, paints, width })),
  ];
  if (report.groups !== undefined) {
    blocks.push(
      [
        paints.bold(`By ${report.groups.by}`),
        ...report.groups.rows
          .slice(0, 20)
          .map(({ name, count }) => `  ${formatCount(count).padStart(10)}  ${cut(toVisible(name), width - 14)}`),
      ].join("\n"),
    );
  }
  if (report.hidden.length > 0) blocks.push(renderHidden(report, { paints, width }));
  blocks.push(renderBesides(report, { paints, width }));
  if (report.unparsed.count > 0) blocks.push(renderUnparsed(report, { paints, width }));
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** Wraps a text at its spaces to a width. All lines but the first are indented. */
function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    if (space <= indent) break;
    lines.push(rest.slice(0, space).trimEnd());
    rest = `${" ".repeat(indent)}${rest.slice(space + 1)}`;
  }
  return [...lines, rest].join("\n");
}

function renderHead(report: Report, { paints, width }: Look): string {
  const { bold, red, dim } = paints;
  const { window } = report;
  const span = window === undefined ? "no times" : formatSpan(window);
  const formats = report.formats
    .slice(0, 5)
    .map(({ format, lines }) => `${format} ${formatCount(lines)}`)
    .join(", ");
  const count = report.errors.count === 0 ? "no server errors" : red(formatNumberOf(report.errors.count, "server error"));
  const [ratio = "", bounds = ""] = formatShare(report.errors.share).split(/(?<=%)/);
  const none = explainNoRequests(report);
  const lines = [
    none === undefined
      ? `${bold(count)} in ${formatNumberOf(report.requests, "request")}: ${ratio}${width < NARROW ? "" : bounds}`
      : wrap(none, width, 2),
    dim(
      wrap(
        `${span} · ${formatNumberOf(report.lines, "line")}: ${formats || "none"}${report.unparsed.count > 0 ? `, ${formatCount(report.unparsed.count)} not understood` : ""}`,
        width,
        2,
      ),
    ),
  ];
  if (report.traffic.length > 0 && none === undefined) {
    // The width must divide the number of steps, so that even traffic looks even.
    const steps = width - 9 >= STEPS ? STEPS : STEPS / 2;
    lines.push(`requests ${drawSparkline(report.traffic, steps)}`, `errors   ${drawSparkline(report.errorsOverTime, steps)}`);
  }
  return lines.join("\n");
}

type Look = { readonly paints: Paints; readonly width: number };

const SHARE = 22;
/** The width of a share without its bounds: `5.00 %`. */
const SHORT_SHARE = 8;
/** The width that a route's name should have before decorative columns get any. */
const WANTED_NAME = 28;

type Columns = { readonly name: number; readonly share: number; readonly times: number; readonly time: number; readonly spark: number };

/** The columns that fit. The route's name comes first, then the times (0 to 2), then the course over time. */
function chooseColumns(width: number, time: number): Columns {
  if (width < NARROW) return { name: width - 9 - 2 - 4 - 2 - 2 - SHORT_SHARE, share: SHORT_SHARE, times: 0, time, spark: 0 };
  const room = width - 9 - 2 - 4 - 2 - 2 - SHARE - 2 - time;
  const hasLast = room - time - 2 >= WANTED_NAME;
  const beside = hasLast ? room - time - 2 : room;
  const spark = [24, 12].find((length) => beside - length - 2 >= WANTED_NAME) ?? 0;
  const name = Math.max(14, spark === 0 ? beside : beside - spark - 2);
  return { name, share: SHARE, times: hasLast ? 2 : 1, time, spark };
}

function renderTable(report: Report, { paints, width }: Look): string {
  if (report.routes.length === 0) return "";
  const clock = (timeMs: number | undefined) => formatRowTime(timeMs, report);
  const columns = chooseColumns(width, isOfOneDay(report) ? 8 : 19);
  const longest = Math.max(5, ...report.routes.map((route) => route.method.length + route.route.length + 1));
  const name = Math.min(longest, columns.name);
  const times = (first: string, last: string) =>
    [first, last]
      .slice(0, columns.times)
      .map((time) => `  ${time.padEnd(columns.time)}`)
      .join("");
  const share = (text: string) => text.replace(columns.share === SHARE ? "" : / \(.*$/, "").padEnd(columns.share);
  const head =
    `${"count".padStart(9)}  ${"code".padEnd(4)}  ${"route".padEnd(name)}  ${share("share (95 %)")}${times("first", "last")}`.trimEnd();
  const rows = report.routes.map((route) => {
    const label = fill(cutMiddle(toVisible(`${route.method} ${route.route}`), name), name);
    const spark = columns.spark === 0 ? "" : `  ${drawSparkline(route.overTime, columns.spark)}`;
    return `${formatCount(route.count).padStart(9)}  ${paints.red(String(route.status).padEnd(4))}  ${label}  ${share(formatShare(route.share))}${times(clock(route.firstMs), clock(route.lastMs))}${spark}`.trimEnd();
  });
  const more = report.moreRoutes === 0 ? [] : [paints.dim(`  and ${formatCount(report.moreRoutes)} more; --top shows more`)];
  return [paints.bold(head), ...rows, ...more].join("\n");
}

/** The length to which a line of the log is cut. A path may be long, with the informative part after it. */
const MOST_OF_A_LINE = 320;

/** The routes to describe in detail: the most frequent failure, then those with a known cause, each group by frequency. */
function pickDetailed({ routes }: Report): readonly number[] {
  const [first, ...others] = routes.keys();
  if (first === undefined) return [];
  const isExplained = (index: number) => (routes[index]?.causes[0]?.confidence ?? 0) >= 0.5;
  const picked = [...others.filter(isExplained), ...others.filter((index) => !isExplained(index))].slice(0, DETAILED - 1);
  return [first, ...picked].toSorted((a, b) => a - b);
}

/** The causes shown for a route, each with its best evidence. */
function tellCauses(route: RouteErrors | undefined): readonly RankedCause[] {
  return (route?.causes ?? []).slice(0, 2).map((each) => ({ ...each, evidence: each.evidence.slice(0, 2) }));
}

/**
 * Who wrote the answers, and how that is known. If nothing tells, the reason is given once, with the first of the detailed routes that has
 * it.
 */
function tellMaker(report: Report, route: RouteErrors): string {
  const because = explainMaker(route);
  const isSame = (index: number): boolean =>
    report.routes.slice(index, index + 1).some((each) => each.madeBy.hop === "unknown" && explainMaker(each) === because);
  const first = route.madeBy.hop === "unknown" ? pickDetailed(report).find(isSame) : undefined;
  return first === undefined || report.routes[first] === route
    ? `${toVisible(nameMaker(route))}: ${toVisible(because)}`
    : `unknown, as under ${first + 1}`;
}

function renderRoute(report: Report, { index, paints, width }: Look & { readonly index: number }): string {
  const route = report.routes[index];
  if (route === undefined) return "";
  const { bold, dim, yellow } = paints;
  const lines = [bold(`${index + 1}. ${route.status} on ${toVisible(`${route.method} ${route.route}`)}`)];
  const say = (label: string, text: string) => lines.push(wrap(`   ${label.padEnd(9)}${text}`, width, 12));
  say("made by", tellMaker(report, route));
  if (route.failingMedianMs !== undefined) {
    const ok = route.okMedianMs === undefined ? "" : `; good ones about ${formatDuration(route.okMedianMs)}`;
    say("takes", `${formatDuration(route.failingMedianMs)} (median of the failing)${ok}`);
  }
  for (const { cause, confidence, evidence } of tellCauses(route)) {
    lines.push(`   cause    ${yellow(cause)} (${Math.round(confidence * 100)} %)`);
    for (const { statement, measured } of evidence) {
      say("", toVisible(withoutQuote(statement, { report, index, width })));
      lines.push(dim(wrap(`${" ".repeat(12)}${toVisible(measured)}`, width, 12)));
    }
  }
  for (const message of listFurtherMessages(route, tellCauses(route)).slice(0, 2))
    say("log", `${cut(toVisible(message.text), 2 * width)} (${message.count}, by ${message.by})`);
  for (const next of route.next.slice(0, 2).filter((each, at) => at === 0 || each.command !== undefined))
    lines.push(renderNext(next, "   next     ", width));
  if (route.requestIds.length > 0) lines.push(dim(`   ids      ${toVisible(route.requestIds.join(", "))}`));
  const [line] = route.lines;
  if (line !== undefined)
    lines.push(
      dim(`   line     ${spread(toVisible(line), width - 12, Math.ceil(MOST_OF_A_LINE / (width - 12))).join(`\n${" ".repeat(12)}`)}`),
    );
  return lines.join("\n");
}

type QuotedIn = { readonly report: Report; readonly index: number; readonly width: number };

/** The statement without the quotation in brackets that the answer above shows already. */
function withoutQuote(statement: string, { report, index, width }: QuotedIn): string {
  const said = index === 0 ? quoteReason(report) : undefined;
  return said === undefined || SAID.length + said.length > getMostQuoted(width) ? statement : statement.replace(` (${said})`, "");
}

/** If less than this is left for a route's name, its statuses move to the next line. */
const MIN_HIDDEN_NAME = 30;

function renderHidden(report: Report, { paints, width }: Look): string {
  const rows = report.hidden.slice(0, 5).map((hidden) => {
    const statuses = hidden.statuses.map(({ status, count }) => `${status} ${count}×`).join(", ");
    const tries = `  first tries: ${toVisible(statuses)}`;
    const name = cut(toVisible(`${hidden.method} ${hidden.route}`), Math.max(MIN_HIDDEN_NAME, width - 11 - tries.length));
    return wrap(`${formatCount(hidden.count).padStart(9)}  ${name}${tries}`, width, 11);
  });
  return [paints.bold("Hidden by retries (the client saw no error)"), ...rows].join("\n");
}

const SAID = "  said: ";

/** The length of a quotation in the answer: two lines. */
function getMostQuoted(width: number): number {
  return 2 * width - SAID.length;
}

/** The answer for a reader who stops here: the verdict, and what to do next. */
function renderAnswer(report: Report, { paints, width }: Look): string {
  if (report.errors.count === 0 && report.hidden.length === 0) return "";
  const [first] = report.diagnosis.next;
  const runnable = report.diagnosis.next.find(({ command }) => command !== undefined);
  const next = [first, runnable === first ? undefined : runnable].filter((each) => each !== undefined);
  const said = quoteReason(report);
  return [
    paints.bold(wrap(toVisible(tellVerdict(report)), width, 2)),
    ...(said === undefined ? [] : [wrap(cut(`${SAID}${toVisible(said)}`, getMostQuoted(width)), width, SAID.length)]),
    ...next.map((each) => renderNext(each, "  next: ", width)),
  ].join("\n");
}

/** A check, and below it, complete and on lines of its own, the command to paste. */
function renderNext({ check, command }: NextCheck, label: string, width: number): string {
  const told = wrap(`${label}${toVisible(check)}`, width, label.length);
  return command === undefined ? told : `${told}\n${wrapCommand(toVisible(command), width, label.length)}`;
}

/** Breaks a command where a shell allows it: between words outside of quotes, with a backslash. */
function wrapCommand(command: string, width: number, indent: number): string {
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines: string[] = [];
  let line = `${" ".repeat(indent)}$`;
  for (const word of words) {
    if (line.length + word.length + 3 > width && line.trim() !== "$") {
      lines.push(`${line} \\`);
      line = " ".repeat(indent + 1);
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

function renderBesides(report: Report, { paints, width }: Look): string {
  if (report.errors.count === 0 && report.hidden.length === 0) return "";
  const { diagnosis } = report;
  const told = pickDetailed(report).flatMap((index) => tellCauses(report.routes[index]).flatMap(({ evidence }) => evidence));
  const lines = listUntold(report, told).map(
    ({ pattern, evidence }) =>
      `${wrap(`  ${pattern.padEnd(17)} ${toVisible(evidence.statement)}`, width, 20)}\n${paints.dim(wrap(`${" ".repeat(20)}${toVisible(evidence.measured)}`, width, 20))}`,
  );
  const missing = diagnosis.missing.map(({ what, wouldTell }) =>
    paints.dim(wrap(`  missing: ${what} (would tell ${wouldTell})`, width, 11)),
  );
  const further = diagnosis.next.slice(1, 4).filter(({ command }) => command === undefined);
  const all = [...lines, ...missing, ...further.map((each) => renderNext(each, "  next: ", width))];
  return all.length === 0 ? "" : [paints.bold("Besides"), ...all].join("\n");
}

/** Below this share of all lines, those that are not understood are strays. */
const STRAY_RATIO = 0.01;

function renderUnparsed(report: Report, { paints, width }: Look): string {
  const { count, examples } = report.unparsed;
  // No hint if nothing was understood, as the head of the report then gives it, and none for a few stray lines, which belong to no layout.
  const hint = count === report.lines || count < report.lines * STRAY_RATIO ? [] : [wrap(`  ${adviseUnread(examples, "their")}`, width, 2)];
  return [
    paints.bold(`${formatNumberOf(count, "line")} not understood (counted, not guessed)`),
    ...examples.slice(0, 3).map((line) => paints.dim(`  ${cut(toVisible(line), width - 2)}`)),
    ...hint,
  ].join("\n");
}
