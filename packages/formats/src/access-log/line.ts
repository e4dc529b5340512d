import type { Exchange } from "@faultline/model";

/** A unit of numbers that lines write without one; `unknown` means that they cannot be microseconds, and may be milliseconds or seconds. */
export type WholeDurations = "us" | "ms" | "unknown";

/** What a parser cannot read from the line itself. */
export type ParseContext = {
  /** The present, Unix ms: the year of syslog's dates, which carry none, is the one that puts them before it. */
  readonly nowMs: number;
  /** Offset from UTC, in minutes, of times that are written without a zone (nginx error log, HAProxy, uWSGI). */
  readonly zoneOffsetMinutes: number;
  /** What a `DurationJudge` says of the file's whole numbers behind the known fields; microseconds when absent. */
  readonly wholeDurations?: WholeDurations;
  /** What `judgeNamedDurations` says of the file's whole numbers that are called a duration. */
  readonly namedDurations?: Exclude<WholeDurations, "unknown"> | undefined;
  /** What `judgeLayout` says of the file's own layout. */
  readonly layout?: LayoutColumns | undefined;
};

/** Where an operators' own layout has what, by the index of its cells; -1 and undefined where nothing tells. */
export type LayoutColumns = {
  readonly separator: string;
  readonly count: number;
  readonly time: number;
  readonly client: number;
  /** A whole request, or its method. */
  readonly request: number;
  readonly status: number;
  /** Places that hold what the status' does: where they differ, it is not known which is the status. */
  readonly twins: readonly number[];
  /** Places of numbers that are no status. */
  readonly numbers: readonly number[];
  readonly size: number | undefined;
  readonly duration: { readonly index: number; readonly unitMs: number } | undefined;
  readonly upstreamStatus: number | undefined;
};

/** One line of an application or error log: something a program said, most often about one request. */
export type LogMessage = {
  readonly timeMs?: number;
  /** OpenTelemetry's severity number: 5 DEBUG, 9 INFO, 13 WARN, 17 ERROR, 21 FATAL, 0 unknown. */
  readonly severity: number;
  readonly text: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly host?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly clientAddress?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly service?: string;
  readonly upstreamAddress?: string;
  readonly exceptionType?: string;
  readonly exceptionStack?: string;
};

/**
 * What one line says. `message` is an application or error log record; `continuation` belongs to the record before it (a stack
 * frame); `directive` describes the file (`#Fields:`). Each carries the id of the format that recognised it.
 */
export type ParsedLine =
  | { readonly kind: "exchange"; readonly format: string; readonly exchange: Exchange }
  | { readonly kind: "message"; readonly format: string; readonly message: LogMessage }
  | { readonly kind: "continuation"; readonly format: string; readonly text: string }
  | { readonly kind: "directive"; readonly format: string; readonly text: string };

/** Reads one line, already peeled of its wrappers; undefined means that the line is of another format. */
export type LineParser = (line: string) => ParsedLine | undefined;

/** A JSON object whose members nobody has looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** Reads one line that is a JSON object; undefined means that the line is of another format. */
export type JsonLineParser = (object: JsonObject) => ParsedLine | undefined;

/** A text format. A parser may keep state about its file (field lists, open requests), so each file gets its own. */
export type TextFormat = {
  readonly id: string;
  readonly create: (context: ParseContext) => LineParser;
  /** True for the operators' own format when it writes JSON objects: it is then asked before the readers of JSON. */
  readonly isJson?: boolean;
};

/** A format whose lines are JSON objects. */
export type JsonFormat = { readonly id: string; readonly create: (context: ParseContext) => JsonLineParser };
