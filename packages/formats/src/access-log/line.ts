import type { Exchange } from "@faultline/model";

/**
 * The unit of numbers that lines write without one. `unknown` means that they cannot be microseconds, but may be milliseconds or seconds.
 */
export type WholeDurations = "us" | "ms" | "unknown";

/** What a parser cannot learn from the line itself. */
export type ParseContext = {
  /** The present, Unix ms. Syslog's dates have no year; it is chosen so that they precede the present. */
  readonly nowMs: number;
  /** The offset from UTC, in minutes, of times written without a zone (nginx's error log, HAProxy, uWSGI). */
  readonly zoneOffsetMinutes: number;
  /** The judgement of a `DurationJudge` on the file's whole numbers after the known fields; microseconds if absent. */
  readonly wholeDurations?: WholeDurations;
  /** The judgement of `judgeNamedDurations` on the file's whole numbers named as durations. */
  readonly namedDurations?: Exclude<WholeDurations, "unknown"> | undefined;
  /** The judgement of `judgeLayout` on the file's own layout. */
  readonly layout?: LayoutColumns | undefined;
};

/** The columns of an operator's own layout, as indexes of its cells; -1 or undefined if a column is unknown. */
export type LayoutColumns = {
  readonly separator: string;
  readonly count: number;
  readonly time: number;
  readonly client: number;
  /** A whole request, or its method. */
  readonly request: number;
  readonly status: number;
  /** Columns that are equal to the status. In rows where they differ, it is not known which is the status. */
  readonly twins: readonly number[];
  /** Columns of numbers that are no statuses. */
  readonly numbers: readonly number[];
  readonly size: number | undefined;
  readonly duration: { readonly index: number; readonly unitMs: number } | undefined;
  readonly upstreamStatus: number | undefined;
};

/** One line of an application or error log: a program's message, usually about one request. */
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
  /** The words of the error itself, if the text is the program's own about it. */
  readonly exceptionMessage?: string;
  readonly exceptionStack?: string;
};

/**
 * The content of one line. `message` is a record of an application or error log; `continuation` belongs to the record before it (a stack
 * frame); `directive` describes the file (`#Fields:`). Each names the format that recognised it.
 */
export type ParsedLine =
  | { readonly kind: "exchange"; readonly format: string; readonly exchange: Exchange }
  | { readonly kind: "message"; readonly format: string; readonly message: LogMessage }
  | { readonly kind: "continuation"; readonly format: string; readonly text: string }
  | { readonly kind: "directive"; readonly format: string; readonly text: string };

/** Reads one line without its wrappers; undefined if the line is in another format. */
export type LineParser = (line: string) => ParsedLine | undefined;

/** A JSON object whose members are not yet checked. */
export type JsonObject = { readonly [key: string]: unknown };

/** Reads one line that is a JSON object; undefined if it is in another format. */
export type JsonLineParser = (object: JsonObject) => ParsedLine | undefined;

/** A text format. A parser may keep state about its file (lists of fields, open requests), so each file gets its own. */
export type TextFormat = {
  readonly id: string;
  readonly create: (context: ParseContext) => LineParser;
  /** True for an operator's own format that writes JSON objects. It is then tried before the readers of JSON. */
  readonly isJson?: boolean;
};

/** A format whose lines are JSON objects. */
export type JsonFormat = { readonly id: string; readonly create: (context: ParseContext) => JsonLineParser };
