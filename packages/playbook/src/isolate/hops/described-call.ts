import { type ExceptionRecord, type SpanNode, readDatabaseSystem, readNumber, readSpanExceptions } from "@faultline/model";
import { readDescribedCall, readDescribedHost } from "../words/described-calls.ts";
import { nameDescribedCall } from "../log-only/log-only-requests.ts";
import { DATABASE_FULL, DATABASE_WORDS, GENERAL_DATABASE_WORDS } from "../words/database-words.ts";
import { findRejection, isTimeoutText, isUnreachableText } from "../words/error-words.ts";
import { DEFECT } from "../words/defect-words.ts";
import type { Call, Hop } from "./hop-shape.ts";

type Part = Pick<Hop, "entry" | "spans" | "calls" | "outcome">;

/**
 * The call that a hop's own error describes, as its client span would have: "billing answered 502" is not an error of the hop that says it.
 * Undefined if a call is known to have failed. `instead` is the call of which its span says nothing, if there was one.
 */
export function findDescribedCall(hop: Part): { readonly told: SpanNode; readonly instead: Call | undefined } | undefined {
  if (hop.outcome.kind !== "failed" || hop.calls.some((call) => call.outcome.kind !== "ok")) return undefined;
  const errors = [...hop.spans.flatMap(({ span }) => readSpanExceptions(span)), ...hop.outcome.exceptions];
  const error = errors.find(({ message }) => message !== "");
  // Beside a defect, the failure of a call may have been handled.
  if (error === undefined || errors.some((each) => DEFECT.test(toWords(each)))) return undefined;
  const instead = findUnmarked(hop.calls, error);
  const attributes = instead === undefined ? readHost(error) : instead.from.span.attributes;
  if (attributes === undefined) return undefined;
  const span = {
    ...(instead?.from ?? hop.entry).span,
    spanId: nameDescribedCall(hop.entry.span.spanId),
    name: instead?.from.span.name ?? "call",
    kind: "client",
    status: "error",
    statusMessage: toWords(error),
    attributes,
    events: [],
    links: [],
  } as const;
  return { told: { span, children: [], skewMs: hop.entry.skewMs }, instead };
}

/** "The provider did not respond" may be about the business. A status or a refused connection is technical. */
function readHost({ message }: ExceptionRecord): SpanNode["span"]["attributes"] | undefined {
  const host = readDescribedHost(message);
  return host !== undefined && ("http.response.status_code" in host || isUnreachableText(message)) ? host : undefined;
}

/**
 * Many tracers set no status on any call. So this finds the last call to the database that the error is about, if its span ended without a
 * status and the words are those of a database that refused, failed or did not answer. Other words that mention a database may be the
 * code's own.
 */
function findUnmarked(calls: readonly Call[], error: ExceptionRecord): Call | undefined {
  if (!isOfDatabase(toWords(error))) return undefined;
  const system = readDescribedCall(error)?.attributes["db.system.name"];
  const port = /:(\d{2,5})\b/.exec(error.message)?.[1];
  return calls.findLast(({ from: { span } }) => {
    const asked = readDatabaseSystem(span.attributes);
    if (asked === undefined || span.status !== "unset") return false;
    return asked === system || (port !== undefined && readNumber(span.attributes, "server.port", "net.peer.port") === Number(port));
  });
}

function isOfDatabase(words: string): boolean {
  const isSaid = [DATABASE_WORDS, GENERAL_DATABASE_WORDS, DATABASE_FULL].some((pattern) => pattern.test(words));
  return isSaid || isUnreachableText(words) || isTimeoutText(words) || findRejection(words) !== undefined;
}

function toWords({ type, message }: ExceptionRecord): string {
  return `${type}: ${message}`;
}
