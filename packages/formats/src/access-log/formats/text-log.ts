import { anyOf, anyWord } from "@faultline/model";

/** Text logs of no particular product (a time, a level and words), and the lines of stack traces that follow a record. */
import { readAnswerSentence } from "../application/answer-sentence.ts";
import { readAppRecord } from "../application/app-message.ts";
import { parseAnyTime, parseSyslogTime } from "../values/clock.ts";
import { putTime } from "../exchange/draft.ts";
import type { LineParser, LogMessage, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { readTextPairs } from "../values/logfmt-pairs.ts";
import { readSeverity } from "../values/severity.ts";
import { readDjangoWords } from "./django.ts";

/** `2026-11-21 10:00:00,123 ERROR name: words`, `[2026-11-21 10:00:00 +0000] [7] [ERROR] words`, `ERROR:name:words`. */
export const textLog: TextFormat = { id: "text", create: createTextLog };

const LEVEL = anyWord`
  TRACE DEBUG INFO NOTICE WARN WARNING ERROR ERR CRIT CRITICAL ALERT EMERG FATAL SEVERE PANIC
  VRB DBG INF WRN FTL ERRO DEBG TRAC BLAT`;
/** Logback writes only the time of day by default; log4j's TTCC layout writes the milliseconds since the start. */
const CLOCKED = new RegExp(String.raw`^(?:\d\d:\d\d:\d\d[.,]\d{3}|\d{1,9}) \[[^\]]{1,80}\] (${LEVEL})\b\s+(\S{1,120} -{1,3} .*)$`, "s");
const ISO_TIME = String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?`;
const TOMCAT_TIME = String.raw`\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}`;
const CLF_TIME = String.raw`\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d(?:,\d{3})?`;
const TIME = String.raw`\[?(${ISO_TIME}|${TOMCAT_TIME}|${CLF_TIME})\]?`;
/**
 * Up to three words before the level. Each includes its separator, so that a line can be split in one way only. If no word is a level, a
 * word may end with one (`main-ERROR`), or be the name of an error.
 */
const WORDS = String.raw`(?:(?:\[[^\]]{1,80}\]|[\w.$-]{1,240}(?![\w.$-])|\(\S{1,80}\))[\s|:-]*(?![\s|:-])){0,3}?`;
const TIMED = new RegExp(
  String.raw`^${TIME}(?:\s+|\s*[-|:]\s*|(?=\[))(?:${WORDS}(?=\[?${LEVEL}\b)|${WORDS}[\w.$-]{1,240})\[?(${LEVEL})\b\]?[\s|:-]*(.*)$`,
  "is",
);
const LEVELLED = new RegExp(
  String.raw`^\[?(${LEVEL}|DEFAULT(?= \d{4}-))\]?(?::|\s+- |\s+)\s*\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)?\]?\s*([\w.-]{1,80}(?:\[\d{1,9}\])?:)?(.*)$`,
  "s",
);
/** The same with the level in brackets, also in lower case. */
const BRACKETED_LEVEL = new RegExp(String.raw`^\[(${LEVEL})\] (\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)()(.*)$`, "is");
/** A level in capitals before a colon or a dash. No other line starts like this. */
const MARKED = new RegExp(String.raw`^(?:\[${LEVEL}\]|${LEVEL}(?::| -)) {1,8}\S`);
const BRACKETED = new RegExp(String.raw`^\[ ?(${LEVEL}) ?\]:? (?!\[?\d{4}-)(\S.*)$`, "is");
/** The consoles of Nest, Serilog, pino-pretty, .NET's own logger, Elixir and many scripts. None of them writes a date. */
const CONSOLES = [
  /^\[(?:\d\d:\d\d:\d\d(?:\.\d{3})?(?: UTC| [+-]\d{4})?|\d{13})\] (TRACE|DEBUG|INFO|WARN|ERROR|FATAL)(?: {1,2}\([^()]{1,120}\))?: (.*)$/s,
  /^\[\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]:? (TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b[\s|:-]*(.*)$/s,
  /^\d\d:\d\d:\d\d(?:[.,]\d{1,6})? {1,4}\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|VRB|DBG|INF|WRN|ERR|FTL)\b\]?[\s|:-]*(.*)$/s,
  /^\[\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d[:.,]\d{3}(?: [A-Z]{2,5})?\] \S{1,80}\s+(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s+(.*)$/s,
  /^\d{1,2}:\d\d[AP]M (TRC|DBG|INF|WRN|ERR|FTL|PNC) (.*)$/s,
  /^(Hibernate): (\S.*)$/s,
  /^PHP (Fatal error|Parse error|Recoverable fatal error|Warning|Notice|Deprecated): +(.*)$/s,
  /^(panic|fatal error): (.*)$/s,
  /^\[\d\d:\d\d:\d\d(?:[.,]\d{1,7})? (VRB|DBG|INF|WRN|ERR|FTL)\] (.*)$/s,
  /^\[Nest\] \d+ +- \d[\d/.,: ]{8,24}(?:[AaPp]\.?[Mm]\.? )? *(VERBOSE|DEBUG|LOG|WARN|ERROR|FATAL)\s+(.*)$/s,
  /^(trce|dbug|info|warn|fail|crit): [\w.`]{1,120}\[\d{1,6}\]\s*(.*)$/s,
  /^\d\d:\d\d:\d\d\.\d{3} (?:\w{1,40}=\S{1,200} ){0,8}\[(debug|info|notice|warn|warning|error|critical|alert|emergency)\]\s+(.*)$/s,
];
/** GitHub's runners mark their own lines. */
const RUNNER = /^##\[(group|endgroup|command|section|notice|debug|warning|error)\](.*)$/s;
const THROWN = /(?<![\w$.])(?:[\d.]*\.|\$)?([A-Za-z_][\w$.]*(?:Exception|Error|Fault|Panic))\b(?:: |$)/;

/** zap's console with its time as a number. */
const COUNTED = /^(\d\.\d{1,18}e\+09|\d{10}\.\d{1,9})\t(debug|info|warn|error|dpanic|panic|fatal)\t(.*)$/s;

/** Rust's tracing before 2022: syslog's date with milliseconds, and no host. */
const TRACING = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3}) {1,2}(TRACE|DEBUG|INFO|WARN|ERROR) (.*)$/s;

/** winston's printf layout with levels that only npm has. */
const WINSTON = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z?)\]? (http|verbose|silly): (.*)$/s;

/** winston's `simple()`: npm's levels and the words, followed by the rest of the record as JSON. */
const SIMPLE = /^(error|warn|info|http|verbose|debug|silly): (\S.*)$/s;

/** winston's lines in a layout that many tools use for words that are not records, so they are tried last. */
export const winstonSimple: TextFormat = {
  id: "winston",
  create: (context) => (line) => {
    const [, level, text = ""] = SIMPLE.exec(line) ?? [];
    if (level === undefined || /^\w+\[\d+\]/.test(text)) return undefined;
    const stamp = text.endsWith("}") ? /"timestamp":"([^"]{10,40})"/.exec(text)?.[1] : undefined;
    return { ...toLine(text, context, { level, timeMs: parseAnyTime(stamp, context) }), format: "winston" };
  },
};

/** A time in brackets followed by nothing but an answer, as pino-http-print and many scripts write it. */
const STAMPED =
  /^\[(\d{13}|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT|\d\d:\d\d:\d\d(?:\.\d{1,6})?|\d{4}-\d\d-\d\d[T ][\d:.,]{8,18}(?:Z| ?[+-]\d\d:?\d\d)?)\] (?:- )?((?:[A-Z]{3,10} \S+|\d{3}) .*)$/s;

function createTextLog(context: ParseContext): LineParser {
  return (line) => {
    const timed = TIMED.exec(line) ?? WINSTON.exec(line) ?? COUNTED.exec(line);
    if (timed !== null) {
      const [, time = "", level, text = ""] = timed;
      return toLine(text, context, { level, timeMs: parseAnyTime(time.includes("e+") ? Number(time) : time, context) });
    }
    const traced = TRACING.exec(line);
    if (traced !== null) return toLine(traced[3] ?? "", context, { level: traced[2], timeMs: parseSyslogTime(traced[1] ?? "", context) });
    const answered = readBareAnswer(line, context);
    if (answered !== undefined) return answered;
    for (const pattern of [CLOCKED, BRACKETED, RUNNER, ...CONSOLES]) {
      const clocked = pattern.exec(line);
      if (clocked !== null) return toLine(clocked[2] ?? "", context, { level: clocked[1]?.split(" ").at(-1), timeMs: undefined });
    }
    const levelled = LEVELLED.exec(line) ?? BRACKETED_LEVEL.exec(line);
    const isMarked = MARKED.test(line) || levelled?.[2] !== undefined || levelled?.[3] !== undefined;
    if (levelled === null || !isMarked) return undefined;
    return toLine(levelled[4] ?? "", context, { level: levelled[1], timeMs: parseAnyTime(levelled[2], context) });
  };
}

const ANSWER_START = /^ {0,2}(?:[A-Z]{3,8} [/*]|\[[\dA-Za-z:.,<> +-]{1,32}\] |\d{3} [A-Z]|(?:-->|xxx) [A-Z])/;
/** The number of a process in brackets, as gunicorn writes it, before an answer. */
const PROCESS = /^\[<?\d{1,7}>?\] (?=[A-Z]{3,8} [/*])/;

/** Reads a line that is nothing but an answer, as development servers print it: after its time, or with its duration. */
function readBareAnswer(line: string, context: ParseContext): ParsedLine | undefined {
  if (!ANSWER_START.test(line)) return undefined;
  const stamped = STAMPED.exec(line);
  // pino-http-print writes the whole URL, which no other program does after such a time.
  const text =
    stamped === null
      ? line.trim().replace(PROCESS, "")
      : (stamped[2] ?? "").replace(/^([A-Z]{3,10}) https?:\/\/[^/\s]+(?=\/)/, stamped[1]?.length === 13 ? "$1 " : "$&");
  const answer = readAnswerSentence(text);
  if (answer === undefined || (stamped === null && answer.durationMs === undefined)) return undefined;
  putTime(answer, parseAnyTime(stamped?.[1], context));
  return { kind: "exchange", format: "text", exchange: answer };
}

type Seen = { readonly level: string | undefined; readonly timeMs: number | undefined };

function toLine(text: string, context: ParseContext, seen: Seen): ParsedLine {
  const pairs = readTextPairs(text);
  if (pairs !== undefined) {
    const record = { ...Object.fromEntries(pairs), level: seen.level ?? "", message: text };
    const parsed = readAppRecord(record, { id: "text", observer: "application" }, context);
    if (parsed.kind === "exchange") {
      putTime(parsed.exchange, seen.timeMs);
      return parsed;
    }
  }
  const answer = readAnswerSentence(text);
  if (answer === undefined) return { kind: "message", format: "text", message: build(text, seen) };
  putTime(answer, seen.timeMs);
  return { kind: "exchange", format: "text", exchange: answer };
}

function build(text: string, seen: Seen): LogMessage {
  const thrown = THROWN.exec(text)?.[1];
  const request = /\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/[^\s"'?]*)/.exec(text);
  const requestId = /\b(?:request[_-]?id|req[_-]?id|x-request-id|correlation[_-]?id)["']?[=:]\s*["']?([\w-]{6,64})/i.exec(text)?.[1];
  return {
    severity: readSeverity(seen.level),
    text,
    ...(seen.timeMs === undefined ? {} : { timeMs: seen.timeMs }),
    ...(thrown === undefined ? {} : { exceptionType: thrown }),
    ...(request === null ? {} : { method: request[1] ?? "", path: request[2] ?? "" }),
    ...(requestId === undefined ? {} : { requestId }),
    ...readDjangoWords(text),
  };
}

const CONTINUATION = new RegExp(
  `^${anyOf(
    /\s+at \S/,
    /\s*\.{3} \d+ (?:more|common frames)/,
    /Caused by: /,
    /PHP message: /,
    /\s*Suppressed: /,
    /Traceback \(most recent call last\):/,
    /\s+File "[^"]*", line \d+/,
    /\s+raise \S/,
    /During handling of the above exception/,
    /The above exception was the direct cause/,
    /\s{2,}\S.*/,
    / [\w.$]+\([\w.$ ]{1,80}(?::\d+)?\)$/,
    /(?:Uncaught )?(?:Error|Exception): \S.*/,
    /[^\s/]{1,80}(?:\/[^\s/]{1,80}){1,9}(?:\.func\d+(?:\.\d+){0,3}|\(\*\w{1,80}(?:\[\.\.\.\])?\)\.\w{1,80})$/,
    /\s*[\^~]+\s*$/,
    /goroutine \d+ \[/,
    /created by \S+\.\S+/,
    /[\w./*()-]+\((?:0x[0-9a-f]+\b[^()]*|\.{3}|)\)$/,
    /#\d+ \S/,
    /\[(?:stacktrace|previous exception)\]/,
    /Stack trace:$/,
    /stack traceback:$/,
    /stack backtrace:$/,
    /note: (?:run with|Some details are omitted, run with) `RUST_BACKTRACE=/,
    /called `(?:Option|Result)::\w+\(\)` on an? `/,
    /\[signal SIG[A-Z]{2,6}(?:: |\])/,
    /SIG[A-Z]{2,6}: [a-z][a-z ]{2,40}$/,
    /PC=0x[0-9a-f]+ m=\d+ sigcode=/,
    /exit status \d{1,3}$/,
    /coroutine \d+:$/,
    /\t\S/,
    /'[:\w-]{1,80}', ?'.*'$/,
    /\[Errno \d+\] /,
    /(?:[a-z][\w$]*\.)*[A-Z][\w$.]*(?:Error|Exception|Warning)(?:: .*)?$/,
  )}`,
);

/** The lines of a stack trace, which belong to the record before them. */
export const stackTrace: TextFormat = {
  id: "stack-trace",
  create: () => (line) => (CONTINUATION.test(line) ? { kind: "continuation", format: "stack-trace", text: line } : undefined),
};
