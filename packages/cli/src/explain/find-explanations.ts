import {
  ALB_REASONS,
  type CodeKnowledge,
  ENVOY_FLAGS,
  findErrorMessage,
  findGoogleDetail,
  findHaproxyTermination,
  GOOGLE_DETAILS,
  HEROKU_CODES,
} from "@faultline/formats/access-log-knowledge";
import { type CauseId, CAUSES, describeCause } from "@faultline/model";
import { matchSignatures, type Signature, SIGNATURES } from "@faultline/playbook/signatures";
import { STATUSES } from "./statuses.ts";

/** What is known about one thing that was asked for. */
export type Explanation = {
  readonly title: string;
  readonly meaning: string;
  /** Who makes it, as far as it tells. */
  readonly madeBy?: string;
  readonly cause?: CauseId;
  readonly mistakenFor?: string;
  readonly nextCheck?: string;
  readonly source: string;
};

const MOST = 12;
const CERTAINTY = { H: "read in its source or documentation", M: "seen in public captures", K: "common knowledge" } as const;

/** Everything known about a status, a cause, a vendor's code or flag, a header or a body; the closest first. */
export function findExplanations(query: string): readonly Explanation[] {
  const text = query.trim();
  const found = [...explainStatus(text), ...explainCause(text), ...explainCode(text), ...explainHeader(text)];
  return (found.length > 0 ? found : explainText(text)).slice(0, MOST);
}

function explainStatus(text: string): readonly Explanation[] {
  if (!/^\d{1,3}$/.test(text)) return [];
  const own = STATUSES.filter(({ code }) => code === text).map(({ code, name, ...rest }) => ({ title: `${code} ${name}`, ...rest }));
  const pages = SIGNATURES.filter(({ pattern, made }) => made === "here" && pattern.status?.includes(Number(text)) === true);
  return [...own, ...pages.map(toExplanation)];
}

function explainCause(text: string): readonly Explanation[] {
  const cause = CAUSES.find((each) => each === text.toLowerCase());
  if (cause === undefined) return [];
  const signs = SIGNATURES.filter((signature) => signature.cause === cause).map(({ vendor, id }) => `${vendor} (${id})`);
  const codes = listCodes()
    .filter((each) => each.knowledge.cause === cause)
    .map(({ vendor, knowledge }) => `${vendor} ${knowledge.code}`);
  const shows = [...signs, ...codes].slice(0, 8).join(", ");
  return [
    {
      title: cause,
      meaning: describeCause(cause),
      cause,
      ...(shows === "" ? {} : { nextCheck: `it shows as: ${shows}` }),
      source: "Faultline's causes; faultline diagnose and triage weigh them",
    },
  ];
}

type VendorCode = { readonly vendor: string; readonly knowledge: CodeKnowledge };

function listCodes(): readonly VendorCode[] {
  const of = (vendor: string, table: readonly CodeKnowledge[]): readonly VendorCode[] => table.map((knowledge) => ({ vendor, knowledge }));
  return [
    ...of("Envoy", ENVOY_FLAGS),
    ...of("Heroku", HEROKU_CODES),
    ...of("AWS ALB", ALB_REASONS),
    ...of("Google load balancer", GOOGLE_DETAILS),
  ];
}

function explainCode(text: string): readonly Explanation[] {
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

function fromCode({ vendor, knowledge }: VendorCode): Explanation {
  const { code, meaning, hop, cause, nextCheck, source, confidence } = knowledge;
  const makers = { observer: vendor, behind: `what is behind ${vendor}`, client: "the client", network: "the way in between" } as const;
  return {
    title: `${vendor} ${code}`,
    meaning,
    madeBy: makers[hop],
    ...(cause === undefined ? {} : { cause }),
    nextCheck,
    source: `${source} (${CERTAINTY[confidence]})`,
  };
}

/** `x-envoy-upstream-service-time`, or a whole line `Proxy-Status: edge; error=dns_error`. */
function explainHeader(text: string): readonly Explanation[] {
  const name = /^([!#$%&'*+.^_|~0-9a-z-]+)\s*(?::|$)/.exec(text.toLowerCase())?.[1];
  if (name === undefined) return [];
  const value = text
    .slice(name.length + 1)
    .trim()
    .toLowerCase();
  const bearing = SIGNATURES.filter(({ pattern }) => {
    const wanted = pattern.headers?.[name];
    return wanted !== undefined && wanted !== false && (value === "" || wanted === true || value.includes(wanted));
  });
  return bearing.map(toExplanation);
}

/** A body, or a line of an error log. */
function explainText(text: string): readonly Explanation[] {
  const message = findErrorMessage(text);
  const logged = message === undefined ? [] : [fromCode({ vendor: message.product, knowledge: message })];
  // A pasted body has no status; each class is tried, so that a pattern with a status can match.
  const matches = [500, 501, 502, 503, 504, 507, 200].flatMap((status) => matchSignatures({ status, body: text, headers: {} }, SIGNATURES));
  const bearing = new Set(matches.filter(({ signature }) => isAboutBody(signature)).map(({ signature }) => signature));
  return [...logged, ...[...bearing].map(toExplanation)];
}

function isAboutBody({ pattern }: Signature): boolean {
  return pattern.bodyHas !== undefined || pattern.bodyIs !== undefined || pattern.json !== undefined;
}

function toExplanation({ vendor, meaning, made, hop, cause, proxyError, certainty, source }: Signature): Explanation {
  const makers = {
    here: `${vendor} (${hop})`,
    behind: `what is behind ${vendor}`,
    passed: `nobody can tell: it only passed ${vendor}`,
  } as const;
  const words = { source: "read in its source or documentation", seen: "seen in captures", recalled: "common knowledge" } as const;
  return {
    title: vendor,
    meaning,
    madeBy: makers[made],
    ...(cause === undefined ? {} : { cause }),
    ...(proxyError === undefined ? {} : { nextCheck: `RFC 9209 calls it ${proxyError}` }),
    source: `${source} (${words[certainty]})`,
  };
}
