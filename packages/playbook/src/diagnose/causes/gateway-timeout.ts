import { anyOf, type Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { type CauseRule, type Findings, hear } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /gateway time-?out/,
    /upstream request timeout/,
    /Endpoint request timed out/,
    /\bsH--\b/,
    /\bUT\b/,
    /upstream timed out/,
    /timeout specified has expired/,
    /timeout awaiting response headers/,
    /no complete headers within timeout/,
    /FUNCTION_INVOCATION_TIMEOUT/,
    /Execution failed due to a timeout/,
    /Timeout value of \S+ exceeded by function/,
    /\bUMSDR\b/,
    /max_stream_duration/,
  ),
  "i",
);

/** A gateway gave up while the server behind it was still working. */
export const gatewayTimeout: CauseRule = {
  sign: "a 504 made by a gateway in front of a hop that was still working",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "a gateway says that it gave up waiting", weight: 3 });
    const { steps, originKind } = findings.origin?.judgement ?? { steps: [] };
    const [impatience] = originKind === "impatient" ? (findings.origin?.step.evidence ?? []) : [];
    if (impatience !== undefined) return { evidence: [{ ...impatience, weight: 4 }, ...said] };
    // If the callee is known to have been late, the cause is the callee's; the gateway's words only describe how the gateway experienced
    // it.
    if (originKind === "slow-callee") return { evidence: said, against: hearLate(findings) };
    const cut = steps.find(({ hop, status }, index) => index < 2 && status === "504" && hop !== undefined);
    if (cut?.hop === undefined || said.length === 0) return { evidence: said };
    const { entry } = cut.hop;
    return {
      evidence: [
        ...said,
        { statement: `${cut.service} answered 504`, measured: formatMs(entry.span.endMs - entry.span.startMs), source: "span", weight: 1 },
      ],
    };
  },
};

function hearLate({ origin }: Findings): readonly Evidence[] {
  const [late] = origin?.step.evidence ?? [];
  return late === undefined ? [] : [{ ...late, weight: 1.5 }];
}
