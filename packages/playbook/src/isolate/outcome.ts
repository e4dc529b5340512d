import {
  type ExceptionRecord,
  type LogRecord,
  type SpanNode,
  readLogException,
  readNumber,
  readSpanExceptions,
  readStatusCode,
  readText,
} from "@faultline/model";
import { findHiddenFailure } from "./hidden-failure.ts";
import { findRejection, isTimeoutText } from "./words/error-words.ts";
import { withEnglish } from "./words/other-tongues.ts";

/**
 * How a span ended. `refused`: the callee answered that the request was wrong (4xx, a violated constraint), so whoever made the request is
 * at fault. `local`: the caller never sent it, because of no free connection, an open circuit, or its own time-out before sending.
 */
type OutcomeKind = "ok" | "refused" | "failed" | "timed-out" | "local" | "unknown";

/** How a span ended, with the status to show and the reason for the judgement. */
export type Outcome = {
  readonly kind: OutcomeKind;
  /** HTTP code, gRPC code, `error`, `ok` or `unknown`, as the path shows it. */
  readonly status: string;
  readonly code?: number;
  readonly errorType?: string;
  /** All text of the span about its failure: status message, exceptions, error type. */
  readonly words: string;
  readonly exceptions: readonly ExceptionRecord[];
  /** A failure behind a good status: an error of JSON-RPC or GraphQL, or a page that mentions one. */
  readonly hidden?: string;
};

const LOG_ERROR = 17;
/** An error is described at its beginning. */
const MAX_WORDS = 1500;

/** gRPC codes that mean the server failed: 2 UNKNOWN, 12 UNIMPLEMENTED, 13 INTERNAL, 14 UNAVAILABLE, 15 DATA_LOSS; 4 is a time-out. */
const GRPC_SERVER_ERRORS: ReadonlySet<number> = new Set([2, 12, 13, 14, 15]);
const GRPC_DEADLINE_EXCEEDED = 4;
/** The client went away before the answer, for which nobody is to blame: gRPC's CANCELLED, nginx's 499, 460 of AWS's load balancers. */
const GRPC_CANCELLED = 1;
const CLIENT_CLOSED: ReadonlySet<number | undefined> = new Set([460, 499]);

/** True for a code that says that the client went away before the answer. */
export function isClientClosed(code: number | undefined): boolean {
  return CLIENT_CLOSED.has(code);
}

/** Reads how a span ended, from its status, codes, error type, exceptions and the log records written during it. */
export function readOutcome(node: SpanNode, logs: readonly LogRecord[]): Outcome {
  const { span } = node;
  const exceptions = [...readSpanExceptions(span), ...logs.flatMap((log) => readLogException(log) ?? [])];
  const errorType = readText(span.attributes, "error.type");
  const hidden = findHiddenFailure(node);
  const code = readStatusCode(span.attributes);
  const grpc = readNumber(span.attributes, "rpc.grpc.status_code", "rpc.response.status_code");
  const said = [errorType, span.statusMessage, ...exceptions.map(({ type, message }) => `${type}: ${message}`)];
  // One exception appears in the span's status, in its event and in a log record.
  const words = withEnglish([...new Set(said.filter((text) => text !== undefined && text !== ""))].join("\n").slice(0, MAX_WORDS));
  const rest = {
    words,
    exceptions,
    ...(code === undefined ? {} : { code }),
    ...(errorType === undefined ? {} : { errorType }),
    ...(hidden === undefined ? {} : { hidden }),
  };
  const status =
    code !== undefined && !(grpc !== undefined && grpc > 0 && code < 400) ? String(code) : grpc !== undefined ? `grpc ${grpc}` : undefined;
  const isMarked = span.status === "error" || errorType !== undefined;
  const kind = judge({ span, code, grpc, isMarked, words, hasErrorLog: logs.some((log) => log.severity >= LOG_ERROR), exceptions });
  return { kind, status: status ?? (kind === "ok" ? "ok" : kind === "unknown" ? "unknown" : "error"), ...rest };
}

type Signs = {
  readonly span: SpanNode["span"];
  readonly code: number | undefined;
  readonly grpc: number | undefined;
  readonly isMarked: boolean;
  readonly words: string;
  readonly hasErrorLog: boolean;
  readonly exceptions: readonly ExceptionRecord[];
};

function judge(signs: Signs): OutcomeKind {
  const { code, grpc, span } = signs;
  // gRPC reports the result of a call in its own status; the HTTP status is then 200 (gRPC over HTTP/2, "Responses").
  const isGrpcError = grpc !== undefined && grpc > 0 && (code ?? 200) < 400;
  if (code !== undefined && code > 0 && !isGrpcError) return judgeStatusCode(code, signs);
  if (grpc !== undefined) {
    if (grpc === GRPC_DEADLINE_EXCEEDED) return "timed-out";
    if (grpc === GRPC_CANCELLED) return "unknown";
    return grpc === 0 ? "ok" : GRPC_SERVER_ERRORS.has(grpc) ? "failed" : "refused";
  }
  if (signs.isMarked) return judgeWords(signs.words, span.kind);
  if (span.status === "ok") return "ok";
  // A server span without a status that has an exception or logged an error has most probably failed.
  if (signs.exceptions.length > 0 && span.kind === "server") return judgeWords(signs.words, span.kind);
  return signs.hasErrorLog ? "unknown" : "ok";
}

function judgeStatusCode(code: number, signs: Signs): OutcomeKind {
  if (code >= 500) return code === 504 && signs.span.kind !== "server" ? "timed-out" : "failed";
  if (isClientClosed(code)) return "unknown";
  if (code >= 400) return code === 408 && signs.span.kind !== "server" ? "timed-out" : "refused";
  // A client may fail after the headers: a body may break off or be unreadable under a status of 200.
  return signs.span.status === "error" && signs.span.kind !== "server" ? judgeWords(signs.words, signs.span.kind) : "ok";
}

function judgeWords(words: string, kind: SpanNode["span"]["kind"]): OutcomeKind {
  if (kind === "server" || kind === "consumer") return "failed";
  const rejection = findRejection(words);
  if (rejection !== undefined) return rejection;
  return isTimeoutText(words) ? "timed-out" : "failed";
}
