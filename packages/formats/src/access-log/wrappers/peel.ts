/** Removes what shippers and runtimes put around a log line. The wrapper's time is kept for lines without a time. */
import { parseAnyTime, parseIsoTime, parseSyslogTime } from "../values/clock.ts";
import { readObject } from "../exchange/draft.ts";
import type { JsonObject, ParseContext } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** The line inside a wrapper. */
export type Peeled = {
  readonly text: string;
  readonly timeMs?: number;
  /** The stream or container of the line, by which partial lines are joined. */
  readonly stream?: string;
  /** True for a piece of a line that continues with the next line of the stream. */
  readonly partial?: boolean;
  readonly service?: string;
  /** The severity of syslog or of a stream as OpenTelemetry's number, 0 if there is no priority. */
  readonly severity?: number;
  /** A tag that connects the lines of one request. */
  readonly requestId?: string;
  /** The wrapper's name, if the wrapped line is a record by itself, whatever its words are. */
  readonly record?: "syslog" | "container" | "journald" | "rails" | "text";
};

/** Removes the byte order mark, carriage return and terminal colours. */
export function cleanLine(line: string): string {
  let text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
  if (text.charCodeAt(text.length - 1) === 13) text = text.slice(0, -1);
  return text.includes("\u001B") ? text.replace(/\u001B\[[0-9;?]*[ -/]*[@-~]/g, "") : text;
}

function withTime(peeled: Omit<Peeled, "timeMs">, timeMs: number | undefined): Peeled {
  return timeMs === undefined ? peeled : { ...peeled, timeMs };
}

const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?) (stdout|stderr) ([FP])(?::\S*)?(?: |$)/;
const SYSLOG_5424 = /^(?:\d+ )?<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+)(?: (?:-|(?:\[(?:[^\]\\]|\\.)*\])+))?(?: |$)\uFEFF?/;
const SYSLOG_3164 =
  /^(?:<(\d{1,3})>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?) (?:(\S+) )?([\w./()-]+)(?:\[(\d+)\])?:(?: |$|(?=[[{"<]))/;
/** Heroku's lines as stored: RFC 5424's fields without priority and host. */
const LOGPLEX = /^()(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (heroku|app) ([\w.-]+) - - /;
const SYSLOG_ISO =
  /^(?:<(\d{1,3})>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) (?:(\S+) )?([\w./-]+)(?:\[([\w.-]+)\])?:(?: |$|(?=[[{"<]))/;

/** fluentd's file output: time, tag and the record as JSON, separated by tabs, or by the spaces that a terminal makes of them. */
const FLUENTD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))(?:\t| {4,16})([\w.-]+)(?:\t| {4,16})(?=\{)/;
/** fluentd's standard output, with spaces, nanoseconds and a colon. */
const FLUENTD_STDOUT = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} [+-]\d{4}) ([\w.*-]{1,200}): (?=\{)/;
const COMPOSE = /^ ?\[?((?=[\w.-]*[A-Za-z])[\w.-]{1,80})\]?(?:@[\w.-]{1,80}| (?:stdout|stderr))? +\| /;
/** pm2 numbers its processes; foreman writes the time of day. */
const NUMBERED = /^(?:\d{1,4}\||\d\d:\d\d:\d\d )([\w.@-]{1,80}) +\| ?/;
/** Railway's CLI writes the runtime's time and a level for the stream before each line. */
const RAILWAY = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z) \[(inf|err|wrn|dbg)\] {2}/;
const KUBECTL = /^\[(?:pod|job|deployment|statefulset|daemonset)\/([\w.-]+)(?:\/([\w.-]+))?\] /;

/** Removes wrappers that cannot be mistaken for a format. */
export function peelStrict(line: string, context: ParseContext): Peeled | undefined {
  const cri = CRI.exec(line);
  if (cri !== null) {
    const peeled = { text: line.slice(cri[0].length), stream: cri[2] ?? "", partial: cri[3] === "P", record: "container" } as const;
    return withTime(peeled, parseIsoTime(cri[1] ?? "", 0));
  }
  const syslog = peelSyslog(line, context);
  if (syslog !== undefined) return syslog;
  const fluentd = FLUENTD.exec(line) ?? FLUENTD_STDOUT.exec(line);
  if (fluentd !== null) return withTime({ text: line.slice(fluentd[0].length) }, parseIsoTime(fluentd[1] ?? "", 0));
  const railway = RAILWAY.exec(line);
  if (railway !== null)
    return withTime(
      { text: line.slice(railway[0].length), severity: readSeverity(railway[2]), record: "container" },
      parseIsoTime(railway[1] ?? "", 0),
    );
  const prefix = COMPOSE.exec(line) ?? NUMBERED.exec(line) ?? KUBECTL.exec(line);
  return prefix === null ? undefined : { text: line.slice(prefix[0].length), service: prefix[2] ?? prefix[1] ?? "", record: "container" };
}

/** OpenTelemetry's severity for syslog's eight (RFC 5424, table 2), the low three bits of the priority. */
const SYSLOG_SEVERITIES = [21, 19, 18, 17, 13, 10, 9, 5];

function readPriority(text: string | undefined): number {
  return text === undefined || text === "" ? 0 : (SYSLOG_SEVERITIES[Number(text) % 8] ?? 0);
}

function peelSyslog(line: string, context: ParseContext): Peeled | undefined {
  const modern = SYSLOG_5424.exec(line);
  if (modern !== null) {
    const service = modern[4] === "-" ? {} : { service: modern[4] ?? "" };
    return withTime(
      { text: line.slice(modern[0].length), severity: readPriority(modern[1]), record: "syslog", ...service },
      parseIsoTime(modern[2] ?? "", 0),
    );
  }
  const old = SYSLOG_3164.exec(line);
  const match = old ?? SYSLOG_ISO.exec(line) ?? LOGPLEX.exec(line);
  if (match === null) return undefined;
  const timeMs = old === null ? parseIsoTime(match[2] ?? "", 0) : parseSyslogTime(match[2] ?? "", context);
  return withTime(
    { text: peelCookie(line.slice(match[0].length)), severity: readPriority(match[1]), record: "syslog", service: match[4] ?? "" },
    timeMs,
  );
}

/** Removes CEE's mark before a JSON payload. */
function peelCookie(text: string): string {
  return text.replace(/^@cee: ?(?=\{)/, "");
}

const TIMESTAMP = /^(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?):?[ \t]+(?=\S)/;
/** Go's own logger writes the place in the source after the time. A time alone does not make the rest a record. */
const SOURCE = /^[\w./-]{1,120}\.go:\d+: /;
/** Rails' tag of a request, which the logger puts before each line. */
const TAGGED = /^\[([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{32})\](?: |$)/;
const EPOCH = /^(?:(\d{13})|\[(\d{13})\])[ \t]+(?=\S)/;
/** The time of day, as a viewer shows it before the line's own time. */
const CLOCK = /^\d\d:\d\d:\d\d\.\d{3} (?=\d{4}-\d\d-\d\d[T ]\d\d:)/;
/** A date in numbers before JSON. Its day and month cannot be told apart, so it gives no time. */
const NUMERIC_DATE = /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d:? (?=\{)/;
const PRIORITY = /^<\d{1,3}>(?=\S)/;
const BRACKETED = /^\[([\w.-]+(?:\/[\w.-]+)+)\] (?=\S)/;
const TAG = /^ ?(?:[\w.-]+ )?([\w./-]{1,64})\[([\w.-]+)\]: ?/;
const NAME = /^([a-z][\w.-]{1,40}): (?=\S)/;
/** Heroku's lines copied without their time. */
const DYNO = /^((?:heroku|app)\[[a-z][\w-]*(?:\.[\w-]+)?\]): /;
/** A container's name before JSON, as `stern` and `kubectl` write it when there are several containers. */
const BEFORE_JSON = /^((?=\D)[\w./@=-]{1,100}) ?(?=\{"[\s\S]*\}\s*$)/;

/** The pod's name, perhaps with namespace and container, as `stern` writes it before any line. */
const STERN = /^((?=\S*-|\S+ \S*-)(?:[a-z][\w.-]{0,100} ){1,3})(?=\{"|\[?\d{4}-\d\d-\d\dT\d\d:)/;
/** The script's name, which `concurrently` writes before JSON, requests and also stack frames. */
const SCRIPT = /^\[([\w:.@-]{1,40})\] (?=\{"|\s+at |\d|[A-Z]{3,8} \/)/;

/** The beginnings of access lines: an address, a host with its port, a time, a request, a type of load balancer, a level of uvicorn. */
const BEGINS =
  /^(?:[\da-f.:]{2,45}[ ,:]|\[|"|[A-Z-]{3,16} [/*]|[\w.-]{1,100} [\d.]{7,15} - |[\w.-]{1,100}:\d{1,5} |(?:https?|h2|wss?) \d|[A-Z]{4,8}: {4})/;

/** A time as runtimes and shippers write it, with a fraction of a second and a zone. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:?\d\d):?[ \t]/;

/** Removes a time before what may be an access line. Its reader decides whether it is one. */
export function peelTime(line: string): Peeled | undefined {
  const timestamp = STAMP.test(line) ? TIMESTAMP.exec(line) : null;
  if (timestamp === null) return undefined;
  const text = peelStreamName(line.slice(timestamp[0].length));
  return BEGINS.test(text) ? withTime({ text }, parseIsoTime(timestamp[1] ?? "", 0)) : undefined;
}

/** Removes wrappers that could also be part of a line. Tried only if the line as it is was not recognised. */
export function peelLoose(line: string): Peeled | undefined {
  const timestamp = TIMESTAMP.exec(line);
  if (timestamp !== null) {
    const text = peelStreamName(line.slice(timestamp[0].length));
    const words = text.replace(SOURCE, "");
    const record = words === text ? {} : ({ record: "text" } as const);
    return withTime({ text: words, ...record }, parseIsoTime(timestamp[1] ?? "", 0));
  }
  const tagged = TAGGED.exec(line);
  if (tagged !== null) return { text: line.slice(tagged[0].length), requestId: tagged[1] ?? "", record: "rails" };
  const epoch = EPOCH.exec(line);
  if (epoch !== null) return { text: line.slice(epoch[0].length), timeMs: Number(epoch[1] ?? epoch[2]) };
  const dyno = DYNO.exec(line);
  if (dyno !== null) return { text: line.slice(dyno[0].length), service: dyno[1] ?? "", record: "text" };
  for (const pattern of [CLOCK, NUMERIC_DATE, PRIORITY, BRACKETED, TAG, NAME, BEFORE_JSON, STERN, SCRIPT]) {
    const match = pattern.exec(line);
    if (match !== null) return { text: line.slice(match[0].length), ...(match[1] === undefined ? {} : { service: match[1].trim() }) };
  }
  return undefined;
}

/** Removes the stream's name, which `aws logs tail` writes after the time. */
function peelStreamName(text: string): string {
  return text.replace(
    /^(?!\d{4}\/\d\d\/\d\d |[[{"])(?=\S*[/[\]])(?=\S+?\/\S)\S+ (?=[[({"\dA-Z]|(?:https?|h2|wss?) \d|[\w.-]{1,100}(?::\d{1,5})? [\d.]{7,15} - )/,
    "",
  );
}

/** Removes wrappers that are JSON objects: Docker's json-file, fluentd's Kubernetes record, journald, CloudWatch events, GELF. */
export function peelJson(object: JsonObject, context: ParseContext): Peeled | undefined {
  const { log, message, MESSAGE } = object;
  if (
    typeof log === "string" &&
    ("stream" in object || "kubernetes" in object || "container_name" in object || Object.keys(object).length === 1)
  ) {
    const stream = typeof object["stream"] === "string" ? object["stream"] : "";
    const peeled = {
      text: log.replace(/\r?\n$/, ""),
      stream,
      partial: "stream" in object && "time" in object && !log.endsWith("\n") && log.length >= 16_384,
      record: "container",
    } as const;
    return withTime(peeled, parseAnyTime(object["time"] ?? object["@timestamp"] ?? object["date"], context));
  }
  const isJournal = "__REALTIME_TIMESTAMP" in object || "_SYSTEMD_UNIT" in object || "SYSLOG_IDENTIFIER" in object;
  if (MESSAGE !== undefined && isJournal) {
    return withTime({ text: readJournalText(MESSAGE), record: "journald" }, parseAnyTime(Number(object["__REALTIME_TIMESTAMP"]), context));
  }
  const isCloudWatch =
    typeof message === "string" &&
    typeof object["timestamp"] === "number" &&
    ("ingestionTime" in object || "logStreamName" in object || "eventId" in object || "id" in object);
  if (isCloudWatch) return withTime({ text: message }, parseAnyTime(object["timestamp"], context));
  return undefined;
}

/** journald writes text that is not plain as a list of bytes. Bytes that are not UTF-8 stay as they are. */
function readJournalText(message: unknown): string {
  if (typeof message === "string") return message;
  if (!Array.isArray(message)) return "";
  const bytes = message.slice(0, 65_536).map((byte) => Number(byte) & 255);
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return String.fromCharCode(...bytes);
  }
}

/**
 * A raw line that a shipper put into `message`, `log`, `event.original` or `short_message` of its own record, or Windows' LogMonitor into
 * its entry.
 */
export function findInnerLine(object: JsonObject): string | undefined {
  const original = object["event.original"] ?? readObject(object["event"])?.["original"];
  for (const value of [
    original,
    object["message"],
    object["log"],
    object["short_message"],
    object["MESSAGE"],
    object["textPayload"],
    object["line"],
    object["_raw"],
    object["content"],
    object["raw_log"],
    readObject(object["LogEntry"])?.["Logline"],
  ]) {
    if (typeof value === "string" && value.length > 20) return value.replace(/\r?\n$/, "");
  }
  return undefined;
}
