import { anyOf, type Evidence, type SpanNode } from "@faultline/model";
import { type CauseRule, type Findings, hear } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /Unexpected token '?</,
    /invalid character '<'/,
    /(?<!\b5\d\d\b[^<]{0,80})<(?:!DOCTYPE|html)/,
    /refused the server's response as invalid/,
    /malformed HTTP/,
    /chunked encoding was invalid/,
    /transport connection broken/,
    /header (?:section |field )?(?:is |was )?too (?:large|big|long)/,
    /duplicate (?:content-length|header)/,
    /Parse Error: (?:Duplicate|Invalid header|Missing expected|Expected)/,
    /HPE_/,
    /Response does not match the HTTP\/1\.1 protocol/,
    /upstream sent (?:invalid|duplicate|too big) header/,
    /upstream sent no valid HTTP/,
    /without a status line/,
    /malformed header/,
    /malformed (?:lambda )?proxy response/,
    /Output mapping refers/,
    /Unknown content type \[?text\/html/,
    /content[- ]type.{0,40}text\/html/,
    /\{protocol_error\}/,
    /response flags [\w,]*\bUPE\b/,
    /Z_DATA_ERROR/,
    /incorrect header check/,
    /invalid (?:block type|stored block lengths|distance too far back)/,
    /gzip: invalid header/,
    /Not in GZIP format/,
    /ContentDecodingError/,
    /ERR_CONTENT_DECODING_FAILED/,
    /Error -3 while decompressing/,
  ),
  "i",
);

/** A gateway and the hop behind it do not understand each other: HTML for JSON, a changed status, a malformed header. */
export const gatewayMismatch: CauseRule = {
  sign: "an answer that changed between two hops, HTML where JSON was due, or a header that cannot be read",
  weigh: (findings) => ({
    evidence: [
      ...hear(findings, WORDS, { statement: "the answer was not in the form that was due", weight: 4.5, isOfCode: true }),
      ...fromForms(findings),
      ...fromPath(findings),
    ],
  }),
};

/**
 * Evidence from a hop that changed the status and sent a page although it had received JSON. If the hop behind it is known for sure, that
 * weighs more.
 */
function fromForms({ origin }: Findings): readonly Evidence[] {
  const steps = origin?.judgement.steps ?? [];
  return steps.flatMap((step, index): readonly Evidence[] => {
    const below = steps[index + 1];
    const call = below?.call ?? below?.hop?.call;
    if (step.fate !== "remapped" || step.hop === undefined || call === undefined) return [];
    const sent = readContentType(step.hop.entry);
    const received = readContentType(call.from) ?? (call.callee === undefined ? undefined : readContentType(call.callee.entry));
    if (sent === undefined || received === undefined || !/\bhtml\b/i.test(sent) || !/\bjson\b/i.test(received)) return [];
    return [
      {
        statement: `${step.service} answered with an HTML page where it had received JSON`,
        measured: `content-type ${sent} over ${received}, status ${step.status} over ${call.outcome.status}`,
        source: "header",
        weight: 3.8,
      },
    ];
  });
}

function readContentType({ span }: SpanNode): string | undefined {
  const value = span.attributes["http.response.header.content-type"];
  return Array.isArray(value) ? String(value[0]) : typeof value === "string" ? value : undefined;
}

function fromPath({ domain, origin }: Findings): readonly Evidence[] {
  const changed = origin?.judgement.steps.find(({ fate, hop, call }) => fate === "remapped" && hop === undefined && call !== undefined);
  if (changed !== undefined) return changed.evidence.map((each) => ({ ...each, weight: 3 }));
  const first = domain.path[0];
  const isFront = first?.fate === "remapped" && origin?.judgement.originKind !== "refused-request" && domain.path.length > 1;
  return isFront ? first.evidence.map((each) => ({ ...each, weight: 1 })) : [];
}
