import { anyOf, type Evidence } from "@faultline/model";
import { type CauseRule, type Findings, fromDifference, hear, readRefusal } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /PayloadTooLarge/,
    /request entity too large/,
    /entity\.too\.large/,
    /(?:body|request|payload|message|upload|file|object|document) (?:is |was )?too (?:large|big)/,
    /\b(?:Request|Payload|Body|Content|Message|Upload|File|Object)TooLarge/,
    /FST_ERR_CTP_BODY_TOO_LARGE/,
    /body (?:limit|size).{0,30}exceed/,
    /exceed.{0,40}(?:body|payload|request|message|upload).{0,10}(?:size|limit|length)/,
    /MaxUploadSizeExceeded/,
    /client intended to send too large body/,
    /RequestBodyTooLarge/,
    /max(?:imum)? (?:body|request|payload|message) (?:size|length)/,
    /larger than max/,
    /Received message larger/,
    /message exceeds maximum size \d/,
    /LIMIT_FILE_SIZE/,
    /(?:message|body|payload|request|upload|file|entity|content).{0,80}(?:larger|bigger|greater) than/,
    /size \(\d+\) exceeds/,
    /entries in the request is over the limit/,
    /nats: maximum payload exceeded/,
    /Item size (?:to update )?has exceeded the maximum allowed size/,
    /SizeLimitExceeded/,
    /RequestEntityTooLarge/,
    /BodyLimit/,
    /length limit exceeded/,
    /POST Content-Length of/,
    /DATA_UPLOAD_MAX/,
    /message length too large/,
    /RecordTooLarge/,
    /MessageSizeTooLarge/,
    /request header(?: fields| or cookie)? too large/,
    /max\.request\.size/,
    /(?:status|code|http|error|answered|returned|responded)\W{0,3}(?:with |code |status )*\W{0,3}(?:413|431)\b/,
    /\b413\b\W{0,3}(?:payload|request|content)/,
    /(?:must|should) be (?:shorter|smaller|less) than \d+ bytes/,
  ),
  "i",
);
const SIZE = /(?:request|body|payload|content)[._-].*(?:size|length|bytes)|content[_-]?length/i;

/** Elasticsearch says this if it lacks memory, which is not about a body over a limit. */
const NO_MEMORY = /Data too large, data for/;

/** A body exceeded a limit, and the answer was a 5xx where a 413 belongs. */
export const bodyTooLarge: CauseRule = {
  sign: "an error about a body over a limit, or failing requests that are larger than every good one",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "the error says that the body is over a limit", weight: 4.5 }).filter(
      ({ measured }) => !NO_MEMORY.test(measured),
    );
    const larger = findings.contrast.filter(({ attribute, kind }) => kind === "above" && SIZE.test(attribute)).slice(0, 1);
    return { evidence: [...said, ...hearRefused(findings), ...larger.map((difference) => fromDifference(difference, 3))] };
  },
};

/** The statuses with which a callee refuses something too large (RFC 9110, 15.5.14; RFC 6585, 5), and what was too large. */
const TOO_LARGE: ReadonlyMap<string | undefined, string> = new Map([
  ["413", "the body"],
  ["431", "the headers"],
]);

function hearRefused(findings: Findings): readonly Evidence[] {
  const refused = readRefusal(findings);
  const part = TOO_LARGE.get(refused);
  if (part === undefined) return [];
  return [
    { statement: `the callee refused ${part} of the request as too large`, measured: `status ${refused}`, source: "span", weight: 3.5 },
  ];
}
