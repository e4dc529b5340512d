import { type ExceptionRecord, type SpanNode, readDatabaseSystem, readNumber, readSpanExceptions } from "@faultline/model";
import { readToldCall, readToldHost } from "../told-calls.ts";
import { nameToldCall } from "../told-requests.ts";
import { isUnreachableText } from "../words/error-words.ts";
import { DEFECT } from "../words/defect-words.ts";
import type { Call, Hop } from "./hop-shape.ts";

type Part = Pick<Hop, "entry" | "spans" | "calls" | "outcome">;

/**
 * The call that a hop's own error tells of, as its client span would have said it: "billing answered 502" is no error of the one that says
 * it. Nothing where a call is known to have failed. `instead` is the call that its span says nothing of, where one was made.
 */
export function findToldCall(hop: Part): { readonly told: SpanNode; readonly instead: Call | undefined } | undefined {
  if (hop.outcome.kind !== "failed" || hop.calls.some((call) => call.outcome.kind !== "ok")) return undefined;
  const own = hop.spans.flatMap(({ span }) => readSpanExceptions(span));
  const error = [...own, ...hop.outcome.exceptions].find(({ message }) => message !== "");
  if (error === undefined || DEFECT.test(`${error.type}: ${error.message}`)) return undefined;
  const instead = findUnmarked(hop.calls, error);
  const attributes = instead === undefined ? readHost(error) : instead.from.span.attributes;
  if (attributes === undefined) return undefined;
  const span = {
    ...(instead?.from ?? hop.entry).span,
    spanId: nameToldCall(hop.entry.span.spanId),
    name: instead?.from.span.name ?? "call",
    kind: "client",
    status: "error",
    statusMessage: `${error.type}: ${error.message}`,
    attributes,
    events: [],
    links: [],
  } as const;
  return { told: { span, children: [], skewMs: hop.entry.skewMs }, instead };
}

/** "The provider did not respond" may be of the trade; a status and a refused connection are of machines. */
function readHost({ message }: ExceptionRecord): SpanNode["span"]["attributes"] | undefined {
  const host = readToldHost(message);
  return host !== undefined && ("http.response.status_code" in host || isUnreachableText(message)) ? host : undefined;
}

/** Many tracers set no status: the last call to the database that the error is of, where its span ended without any. */
function findUnmarked(calls: readonly Call[], error: ExceptionRecord): Call | undefined {
  const system = readToldCall(error)?.attributes["db.system.name"];
  const port = /:(\d{2,5})\b/.exec(error.message)?.[1];
  return calls.findLast(({ from: { span } }) => {
    const asked = readDatabaseSystem(span.attributes);
    if (asked === undefined || span.status !== "unset") return false;
    return asked === system || (port !== undefined && readNumber(span.attributes, "server.port", "net.peer.port") === Number(port));
  });
}
