import { parseStack } from "../../detect/parse-stack.ts";
import { anyOf, type ExceptionRecord, type LogRecord, readLogException } from "@faultline/model";

/** What one log record says about a failure. */
export type LogWords = {
  /** Its text without the frames of a stack, with the error that its logger keeps in an attribute. */
  readonly text: string;
  /** True if the record is about an exception or a panic, by its attributes or by how its text is written. */
  readonly isException: boolean;
};

/** An error is described at its beginning; dumps after that are only slow to search. */
const MAX_TEXT = 1500;
const MAX_LINES = 200;

/**
 * The attributes in which structured loggers put an error: OpenTelemetry, the Elastic Common Schema, Log4j 2, slog, zap, zerolog, logrus,
 * pino, structlog, Powertools for AWS Lambda, Semantic Logger, Monolog, Serilog. In each group, the first one that is a text counts.
 */
const ERROR_KEYS = [
  [
    "exception.type",
    "error.type",
    "error.kind",
    "err.type",
    "err.name",
    "thrown.name",
    "exception.class",
    "exception.name",
    "exception_name",
    "context.exception.class",
  ],
  [
    "exception.message",
    "error.message",
    "err.message",
    "thrown.message",
    "context.exception.message",
    "error",
    "err",
    "exc_info",
    "exception",
    "Exception",
    "@x",
    "context.exception",
  ],
] as const;

/**
 * The attributes in which the same loggers put the stack, or, with Logback, the whole error. Loggers without such an attribute write it
 * into the text.
 */
const STACK_KEYS = [
  "error.stack_trace",
  "err.stack",
  "error.stack",
  "stack_trace",
  "stacktrace",
  "stack",
  "thrown.extendedStackTrace",
  "exception.stack_trace",
  "@x",
  "errorVerbose",
] as const;
/** Attributes that only a record of an exception has. */
const EXCEPTION_KEYS = ["exception.type", "error.stack_trace", "stack_trace", "thrown.name", "context.exception.class", "@x"] as const;

/** A text that begins with the type of an error, and not with a file or a module that says something. */
const NAMED = /^(?:Uncaught |Unhandled exception\. |\*\* \()?[\w$.\\:]*(?:Error|Exception|Failure)\b/;

/** A line with a position in code: Java, .NET and V8; Python; PHP; Go; Ruby and Rust backtraces; Elixir. */
const FRAME = new RegExp(
  String.raw`^\s*${anyOf(
    /at \S/,
    /File "/,
    /#\d+ (?:\S+\.php|\[internal|\{main)/,
    /\.{3} \d+ more/,
    /goroutine \d+ \[/,
    /created by /,
    /\S+\.go:\d+/,
    /(?:from )?\S+\.rb:\d+:in/,
    /\d+: +\S+::/,
    /(?:\([a-z]\w* [^()\s]+\) )?\S+\.(?:exs?|erl):\d+: /,
  )}`,
);
/** Code that a frame quotes, or arguments of the call, which are below the frame and indented further. */
const QUOTED = /^\s{2,}\S|^\t/;
/** A chain of exceptions continues after the frames of the previous one. */
const LINK = /^\s*(?:Caused by|-+> |\[cause\]|Suppressed|Previous|Next |Wrapped by)/;
const PANIC =
  /panicked at|panic recovered|^(?:http: )?panic(?: serving)?[: ]|Traceback \(most recent call last\)|^Unhandled exception\b|^Uncaught /m;

/** Reads a log record's words. */
export function readLogWords({ body, attributes }: LogRecord): LogWords {
  const { text, frames } = withoutFrames(body);
  const told = ERROR_KEYS.map((keys) => findText(attributes, keys));
  const parts = told.some((each) => each !== undefined) ? told : [findText(attributes, STACK_KEYS)];
  const details = parts.flatMap((found) => (found !== undefined && !text.includes(found) ? [withoutFrames(found).text] : []));
  const isRecorded = EXCEPTION_KEYS.some((key) => attributes[key] !== undefined);
  return {
    text: [text, ...details]
      .filter((part) => part !== "")
      .join(": ")
      .slice(0, MAX_TEXT),
    isException: isRecorded || frames > 0 || PANIC.test(body.slice(0, MAX_TEXT)),
  };
}

/**
 * The error in a record, wherever its logger keeps type, message and stack. A record without an exception gives an error without a type.
 */
export function readLogError(log: LogRecord): ExceptionRecord {
  const recorded = readLogException(log);
  if (recorded !== undefined) return recorded;
  const [type, message] = ERROR_KEYS.map((keys) => findText(log.attributes, keys));
  const stack = findText(log.attributes, STACK_KEYS) ?? (log.body.includes("\n") ? log.body : undefined);
  const text = message ?? withoutFrames(log.body).text;
  const named = type === undefined ? [text, stack].find((each) => each !== undefined && NAMED.test(each)) : undefined;
  const [head] = named === undefined ? [] : parseStack(named);
  return {
    type: type ?? head?.type ?? "",
    message: named !== text || head === undefined || head.message === "" ? text : head.message,
    ...(stack === undefined ? {} : { stack }),
    timeMs: log.timeMs,
  };
}

function findText(attributes: LogRecord["attributes"], keys: readonly string[]): string | undefined {
  const found = keys.map((key) => attributes[key]).find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found : undefined;
}

/** The text without frames, which name functions and files but not what went wrong. */
function withoutFrames(written: string): { readonly text: string; readonly frames: number } {
  if (!written.includes("\n")) return { text: written, frames: 0 };
  const kept: string[] = [];
  let frames = 0;
  let isBelowFrame = false;
  for (const line of written.split("\n", MAX_LINES)) {
    const isFrame = FRAME.test(line);
    if (isFrame) frames += 1;
    const isQuoted: boolean = isBelowFrame && QUOTED.test(line) && !LINK.test(line);
    isBelowFrame = isFrame || isQuoted;
    if (!isBelowFrame) kept.push(line);
  }
  return { text: kept.join("\n").trim(), frames };
}
