/** Codes and flags that vendors write into their logs. */
import {
  ALB_REASONS,
  type CodeKnowledge,
  ENVOY_FLAGS,
  findGoogleDetail,
  findHaproxyTermination,
  GOOGLE_DETAILS,
  HEROKU_CODES,
} from "@faultline/formats/access-log-knowledge";
import { CAUSE_KNOWLEDGE } from "./cause-knowledge.ts";
import type { Explanation } from "./explanation.ts";

/** What a code without a cause is mistaken for, by the hop whose doing it reports. */
const MISTAKEN_FOR = {
  observer: "an answer of the app: this hop decided it by itself",
  behind: "a failure of this hop: it only writes down what the one behind it did",
  client: "a failure of the servers: the client ended it",
  network: "a failure of the app: it may never have seen the request, or not been heard",
} as const;
const CERTAINTY = { H: "read in its source or documentation", M: "seen in public captures", K: "common knowledge" } as const;

/** A code or flag, and the vendor in whose logs it stands. */
export type VendorCode = { readonly vendor: string; readonly knowledge: CodeKnowledge };

/** The codes of Envoy, Heroku, AWS ALB and Google's load balancer. */
export function listCodes(): readonly VendorCode[] {
  const of = (vendor: string, table: readonly CodeKnowledge[]): readonly VendorCode[] => table.map((knowledge) => ({ vendor, knowledge }));
  return [
    ...of("Envoy", ENVOY_FLAGS),
    ...of("Heroku", HEROKU_CODES),
    ...of("AWS ALB", ALB_REASONS),
    ...of("Google load balancer", GOOGLE_DETAILS),
  ];
}

/** `UF`, `H12`, `sH--`: exactly as written, else in any case. */
export function explainCode(text: string): readonly Explanation[] {
  const exact = listCodes().filter(({ knowledge }) => knowledge.code === text);
  const close = exact.length > 0 ? exact : listCodes().filter(({ knowledge }) => knowledge.code.toLowerCase() === text.toLowerCase());
  const haproxy = /^[A-Za-z-]{2,4}$/.test(text) ? findHaproxyTermination(text.padEnd(4, "-")) : undefined;
  const google = findGoogleDetail(text);
  const further = [
    ...(haproxy === undefined ? [] : [{ vendor: "HAProxy", knowledge: haproxy }]),
    ...(google === undefined || close.some(({ knowledge }) => knowledge === google)
      ? []
      : [{ vendor: "Google load balancer", knowledge: google }]),
  ];
  return [...close, ...further].map(fromCode);
}

/** Explains what is known of a code. */
export function fromCode({ vendor, knowledge }: VendorCode): Explanation {
  const { code, meaning, hop, cause, nextCheck, source, confidence } = knowledge;
  const makers = {
    observer: vendor,
    behind: vendor === "PHP" ? "the PHP script" : `what is behind ${vendor}`,
    client: "the client",
    network: "the way in between",
  } as const;
  return {
    title: `${vendor} ${code}`,
    meaning,
    madeBy: makers[hop],
    ...(cause === undefined ? {} : { cause }),
    mistakenFor: cause === undefined ? MISTAKEN_FOR[hop] : CAUSE_KNOWLEDGE[cause].mistakenFor,
    nextCheck,
    source: `${source} (${CERTAINTY[confidence]})`,
  };
}
