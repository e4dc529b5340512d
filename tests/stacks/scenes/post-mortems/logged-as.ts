/** An error as the loggers of other makers write it in a record: each has names of its own for the class, the words and the stack. */
import type { Attributes, Visit } from "../../plan.ts";
import { line } from "../../compose.ts";

/** An error's class, its words, and the frames below. */
type Failure = readonly [type: string, message: string, ...frames: string[]];

/** A failed request whose error stands in one log record only. */
const failed = (body: string, attributes: Attributes, scope = ""): Partial<Visit> => ({
  status: 500,
  lines: [line(17, body, { attributes, scope })],
});

const stackOf = ([type, message, ...frames]: Failure): string => [`${type}: ${message}`, ...frames].join("\n");

/** Logback with the encoder for Logstash. */
export const logback = (body: string, failure: Failure): Partial<Visit> =>
  failed(body, { stack_trace: stackOf(failure), level: "ERROR", logger_name: "c.a.s.web.Errors" });

/** Log4j 2's JSON layout. */
export const log4j = (body: string, failure: Failure): Partial<Visit> =>
  failed(body, { "thrown.name": failure[0], "thrown.message": failure[1], "thrown.extendedStackTrace": stackOf(failure) });

/** The names of the Elastic Common Schema. */
export const elastic = (body: string, failure: Failure): Partial<Visit> =>
  failed(body, { "error.type": failure[0], "error.message": failure[1], "error.stack_trace": stackOf(failure), "log.level": "error" });

/** Serilog's compact JSON. */
export const serilog = (body: string, failure: Failure): Partial<Visit> =>
  failed(body, { "@l": "Error", "@x": stackOf(failure), SourceContext: "Acme.Web.Errors" });

/** NLog's JSON layout. */
export const nlog = (body: string, failure: Failure): Partial<Visit> => failed(body, { exception: stackOf(failure), logger: "Acme.Web" });

/** zap. */
export const zap = (body: string, error: string): Partial<Visit> => failed(body, { error, caller: "api/handler.go:88" });

/** slog and logfmt, which name it `err`. */
export const slog = (body: string, err: string): Partial<Visit> => failed(body, { err, "source.function": "main.handle" });

/** structlog. */
export const structlog = (body: string, failure: Failure): Partial<Visit> =>
  failed(body, { exception: ["Traceback (most recent call last):", ...failure.slice(2), `${failure[0]}: ${failure[1]}`].join("\n") });

/** Monolog with its context made flat. */
export const monolog = (body: string, [type, message, ...frames]: Failure): Partial<Visit> =>
  failed(body, { "context.exception.class": type, "context.exception.message": message, "context.exception.trace": frames.join("\n") });

/** Semantic Logger. */
export const semantic = (body: string, [type, message, ...frames]: Failure): Partial<Visit> =>
  failed(body, { "exception.name": type, "exception.message": message, "exception.stack_trace": frames.join("\n") });

/** winston, which puts the stack beside the message. */
export const winston = (body: string, failure: Failure): Partial<Visit> => failed(body, { stack: stackOf(failure), service: "web" });

/** tracing of Rust, whose error is written by its Debug. */
export const tracing = (body: string, error: string): Partial<Visit> => failed(body, { error: error, target: "api::routes" });

/** Powertools for AWS Lambda. */
export const powertools = (body: string, failure: Failure): Partial<Visit> =>
  failed(body, { exception_name: failure[0], exception: stackOf(failure), cold_start: false });

/** The attributes that Datadog's tracers put on a span instead of an event. */
export const datadog = (failure: Failure): Partial<Visit> => ({
  status: 500,
  attributes: { "error.type": failure[0], "error.message": failure[1], "error.stack": stackOf(failure), "span.type": "web" },
});
