import type { LogRecord } from "@faultline/model";

/** What one log record says about a failure. */
export type LogWords = {
  /** Its text without the frames of a stack, with the error that its logger keeps in an attribute. */
  readonly text: string;
  /** True when the record is of an exception or a panic, by its attributes or by the way in which its text is written. */
  readonly isException: boolean;
};

/** What an error says, it says at its beginning; dumps behind it are only slow to search. */
const MAX_TEXT = 1500;
const MAX_LINES = 200;

/**
 * Where structured loggers put an error: OpenTelemetry, the Elastic Common Schema, slog, zap, zerolog, logrus, pino, structlog, Monolog,
 * Serilog. The first of each group that is a text counts.
 */
const ERROR_KEYS = [
  ["exception.type", "error.type", "error.kind", "err.type", "exception.class"],
  ["exception.message", "error.message", "err.message", "error", "err", "exc_info", "exception", "Exception", "context.exception"],
] as const;

/** A line that says where code stood: Java, .NET and V8; Python; PHP; Go; Ruby and Rust backtraces. */
const FRAME =
  /^\s*(?:at \S|File "|#\d+ (?:\S+\.php|\[internal|\{main)|\.{3} \d+ more|goroutine \d+ \[|created by |\S+\.go:\d+|(?:from )?\S+\.rb:\d+:in|\d+: +\S+::)/;
/** Code that a frame quotes, or the arguments that it was called with, stand below it and further in. */
const QUOTED = /^\s{2,}\S|^\t/;
/** A chain of exceptions goes on behind the frames of the one before. */
const LINK = /^\s*(?:Caused by|-+> |\[cause\]|Suppressed|Previous|Next |Wrapped by)/;
const PANIC =
  /panicked at|panic recovered|^(?:http: )?panic(?: serving)?[: ]|Traceback \(most recent call last\)|^Unhandled exception\b|^Uncaught /m;

/** Reads a log record's words. */
export function readLogWords({ body, attributes }: LogRecord): LogWords {
  const { text, frames } = withoutFrames(body);
  const details = ERROR_KEYS.flatMap((group) => {
    const found = group.map((key) => attributes[key]).find((value) => typeof value === "string" && value !== "");
    return typeof found === "string" && !text.includes(found) ? [withoutFrames(found).text] : [];
  });
  const isRecorded = attributes["exception.type"] !== undefined || attributes["error.stack_trace"] !== undefined;
  return {
    text: [text, ...details]
      .filter((part) => part !== "")
      .join(": ")
      .slice(0, MAX_TEXT),
    isException: isRecorded || frames > 0 || PANIC.test(body.slice(0, MAX_TEXT)),
  };
}

/** Frames name functions and files, not what went wrong. */
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
