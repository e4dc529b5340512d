import type { Call, Hop } from "../hops/hop-shape.ts";
import type { Step } from "../judgement.ts";

/** The status changed on the way, so whoever the call was addressed to is in between and sent no telemetry. */
export function toIntermediary(call: Call, callee: Hop): Step | undefined {
  const [seen, made] = [call.outcome.code, callee.outcome.code];
  if (!call.hasClientSpan || seen === undefined || made === undefined || seen === made) return undefined;
  return {
    service: nameBetween(call, callee),
    operation: call.operation,
    status: String(seen),
    fate: made >= 500 ? "remapped" : "created",
    evidence: [
      {
        statement: `${callee.service} answered ${made}, its caller received ${seen}: something between them changed it`,
        measured: `client span ${seen}, server span ${made}`,
        source: "span",
        weight: 3,
      },
    ],
    call,
  };
}

function nameBetween(call: Call, callee: Hop): string {
  const address = call.from.span.attributes["server.address"];
  return typeof address === "string" && address !== callee.service ? address : `intermediary before ${callee.service}`;
}
