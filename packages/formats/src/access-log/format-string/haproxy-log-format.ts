/**
 * HAProxy's `log-format`: its %-tags with their flags, and `%[...]` with a sample expression. Source: HAProxy configuration manual, section
 * 8.2.6 (8.2.4 in older ones). The values of expressions are known if they are properties of a request or answer.
 */
import { type Draft, isAbsent, putNumber, putRequestLine, putTarget, putText } from "../exchange/draft.ts";
import { type Piece, splitBy } from "./field-sequence.ts";
import { decodeHashes, judgeHaproxy, putTries } from "../formats/haproxy.ts";

/** A tag or an expression may have a name, a type and flags before it: `%(code:sint){+Q}ST`. */
const HEAD = String.raw`%(?:\(([^):]*)(?::\w+)?\))?(?:\{([^}]*)\})?`;
const STATUS = new RegExp(String.raw`${HEAD}(?:ST\b|\[(?:txn\.)?status\])`);
const OWN = new RegExp(String.raw`${HEAD}(?:\[|[cbfs][ip]\b|t[rs]c?\b|ft\b)`);

/** True for HAProxy's format strings. Nobody else writes `%ST`, or an expression in brackets. */
export function isHaproxyFormat(format: string): boolean {
  return STATUS.test(format) || (OWN.test(format) && !/\$\w/.test(format));
}

/** The tags that are understood here, and the names under which their values are set. */
const TAGS: Readonly<Record<string, string>> = {
  ci: "remote_addr",
  t: "time_local",
  tr: "time_local",
  T: "time_local",
  Tl: "time_local",
  trg: "time_local",
  trl: "time_local",
  Ts: "msec",
  r: "haproxy.request",
  HM: "haproxy.method",
  HU: "haproxy.target",
  HP: "haproxy.path",
  HPO: "haproxy.path",
  HQ: "haproxy.query",
  ST: "status",
  B: "haproxy.bytes",
  U: "request_length",
  Ta: "haproxy.total",
  Tt: "haproxy.total",
  ID: "request_id",
  b: "haproxy.backend",
  s: "haproxy.server",
  Tc: "haproxy.connect",
  Tr: "haproxy.header",
  rc: "haproxy.retries",
  tsc: "haproxy.flags",
  ts: "haproxy.flags",
};

/** The same for sample expressions, without their converters. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  src: "remote_addr",
  method: "haproxy.method",
  "capture.req.method": "haproxy.method",
  "capture.req.uri": "haproxy.target",
  pathq: "haproxy.target",
  url: "haproxy.target",
  path: "haproxy.path",
  query: "haproxy.query",
  status: "status",
  "txn.status": "status",
  "unique-id": "request_id",
  "txn.timer.total": "haproxy.total",
  date: "time_local",
  accept_date: "time_local",
  request_date: "time_local",
  "req.hdr(user-agent)": "http_user_agent",
  "req.fhdr(user-agent)": "http_user_agent",
  "req.hdr(host)": "host",
  "req.hdr(x-request-id)": "request_id",
};

/** Tags with numeric values, so that a text before them may contain spaces. */
const NUMBERS = /^(?:ST|B|U|T[acdhiqrRtuw]|Ts|ms|[cbfs]p|[afbs]c|rc|[sb]q|pid|rt|lc)$/;
const TAG = new RegExp(String.raw`${HEAD}(?:\[((?:[^[\]]|\[[^\]]*\])*)\]|([A-Za-z]+|%))`, "g");

/** A format without the escapes of HAProxy's configuration. */
function unescape(format: string): string {
  return format.replaceAll(/\\([ "'{}[\]%])/g, "$1");
}

/**
 * The pieces of a format. `%{+Q}r` is written in quotes, `%{+E}r` has its ends escaped, and `%{+Q,+E}o` makes this apply to all later
 * items.
 */
export function splitHaproxy(format: string): Piece[] {
  let standing = { isQuoted: false, isEscaped: false };
  const pieces = splitBy(unescape(format), TAG, ([, , flags = "", expression, tag = ""]) => {
    const own = { isQuoted: isSet("Q", flags, standing.isQuoted), isEscaped: isSet("E", flags, standing.isEscaped) };
    if (tag === "o") {
      standing = own;
      return [];
    }
    if (tag === "%") return { literal: "%" };
    const named = expression === undefined ? toTagPiece(tag) : toExpressionPiece(expression);
    const piece = own.isEscaped ? { ...named, isEscaped: true } : named;
    if (!own.isQuoted) return piece;
    // HAProxy quotes texts only, and not its own dates.
    if (piece.shape === "number") return { ...piece, isQuotable: true };
    return tag !== "" && piece.field === "time_local" ? piece : [{ literal: '"' }, piece, { literal: '"' }];
  });
  return pieces.map((piece) => ("literal" in piece ? { ...piece, isSingleSpaced: true } : piece));
}

/** True if a flag applies to an item with these flags. A flag that stands for all later items applies unless the item cancels it. */
function isSet(flag: string, flags: string, standing: boolean): boolean {
  return flags.includes(`+${flag}`) || (standing && !flags.includes(`-${flag}`));
}

/**
 * The fields of a format with `%{+json}o`, by name: a line is then a JSON object of the items that have names. Undefined for any other
 * format.
 */
export function nameHaproxyItems(format: string): ReadonlyMap<string, string> | undefined {
  if (!/%\{[^}]*\+json[^}]*\}o/.test(format)) return undefined;
  const items = [...unescape(format).matchAll(TAG)].flatMap(([, name = "", , expression, tag = ""]) => {
    if (name === "") return [];
    const { field } = expression === undefined ? toTagPiece(tag) : toExpressionPiece(expression);
    return [[name, field] as const];
  });
  return new Map(items);
}

type Field = Exclude<Piece, { readonly literal: string }>;

function toTagPiece(tag: string): Field {
  if (tag === "hr" || tag === "hs") return { field: `haproxy.${tag}`, shape: "captures" };
  if (tag === "HV") return { field: "haproxy.HV", shape: "protocol" };
  const field = Object.hasOwn(TAGS, tag) ? TAGS[tag] : undefined;
  return { field: field ?? `haproxy.${tag}`, shape: NUMBERS.test(tag) ? "number" : "text" };
}

function toExpressionPiece(expression: string): Field {
  // Whether the date is in seconds or milliseconds, and in which zone, is recognised by its look.
  const strftime = /time\(([^,)]*)/.exec(expression)?.[1] ?? "";
  const sample = (/^[^,(]*(?:\([^)]*\))?/.exec(expression)?.[0] ?? "").toLowerCase().replace(/^((?:accept_|request_)?date)\(.*/, "$1");
  const field = Object.hasOwn(EXPRESSIONS, sample) ? EXPRESSIONS[sample] : undefined;
  return { field: field ?? `haproxy.${expression}`, shape: field === "status" ? "number" : "text", spaces: strftime.split(" ").length - 1 };
}

/** HAProxy's text for a request that it could not read. */
const NO_REQUEST = "<BADREQ>";

/** Sets the values of tags that only HAProxy has. */
export function putHaproxy(draft: Draft, fields: ReadonlyMap<string, string>): void {
  const read = (name: string) => {
    const value = fields.get(`haproxy.${name}`);
    return value === undefined || isAbsent(value) || value === NO_REQUEST ? undefined : value;
  };
  const sent = (name: string) => decodeHashes(read(name) ?? "");
  draft.observer = { kind: "load-balancer", name: "haproxy" };
  putRequestLine(draft, sent("request"));
  putText(draft, "method", read("method"));
  putTarget(draft, sent("path"));
  putTarget(draft, sent("target"));
  putText(draft, "query", sent("query").replace(/^\?/, ""));
  putNumber(draft, "responseBytes", read("bytes")?.replace("+", ""));
  putNumber(draft, "durationMs", read("total")?.replace("+", ""));
  putText(draft, "service", read("backend"));
  putText(draft, "flags", fields.get("haproxy.flags"));
  const headerMs = Number(read("header") ?? -1);
  const server = read("server");
  if (server !== undefined && draft.service !== undefined && read("header") !== undefined)
    putTries(draft, { server, connectMs: Number(read("connect") ?? -1), headerMs, retries: read("retries") });
  if (draft.flags !== undefined && read("header") !== undefined) judgeHaproxy(draft, headerMs);
}
