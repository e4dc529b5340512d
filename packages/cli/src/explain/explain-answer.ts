/** Answers, recognised by their headers, their body, or the name of who writes them. */
import { ERROR_MESSAGES, findErrorMessage } from "@faultline/formats/access-log-knowledge";
import { CERTAINTY_WORDS, matchSignatures, type Signature, SIGNATURES } from "@faultline/playbook/signatures";
import { findIds } from "../triage/find-ids.ts";
import { CAUSE_KNOWLEDGE } from "./cause-knowledge.ts";
import { fromCode } from "./explain-code.ts";
import type { Explanation } from "./explanation.ts";
import { HEADERS } from "./headers.ts";

/** A shorter part of a message could belong to anything. */
const LEAST_PART = 10;
/** What an answer is mistaken for, by whether the hop made it. */
const MISTAKEN_FOR = {
  here: "an answer of the app: this hop wrote it, whoever is to blame",
  behind: "a failure of this hop: it only tells of the one behind it",
  passed: "an answer of this hop: it only passed here",
} as const;
const CHECK_OF_MAKER = {
  here: "its error log at that time; then the same request straight to what is behind it (faultline triage URL --direct BACKEND_URL)",
  behind: "the log of what is behind it, at that time and with the request's id",
  passed: "which hop behind it wrote the answer? (faultline triage URL)",
} as const;

/** `x-envoy-upstream-service-time`, or a whole line `Proxy-Status: edge; error=dns_error`. */
export function explainHeader(text: string): readonly Explanation[] {
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
  const known = HEADERS.filter((header) => header.name === name).map(({ name: title, ...header }) => ({ title, ...header }));
  const found = [...known, ...bearing.map(toExplanation)];
  return found.length > 0 ? found : explainId(name);
}

/** A header that is only good for searching: `cf-ray`, `x-amzn-requestid`. */
function explainId(name: string): readonly Explanation[] {
  return findIds([[name, "?"]]).map(({ finds }) => ({
    title: name,
    meaning: `an id: it finds ${finds}`,
    mistakenFor: "a sign of who failed: good answers bear it too",
    nextCheck: "search for its value there, and name it where you ask for support",
    source: "the documentation of whoever sends it",
  }));
}

/** Separates the names of several vendors that write the same. */
const BETWEEN_MAKERS = /, | or (?:another$)?/;

/** `Varnish`, `Apache`, `hapi`: every known answer of that vendor. */
export function explainMaker(text: string): readonly Explanation[] {
  const asked = `${text.toLowerCase()} `;
  return SIGNATURES.filter(({ vendor }) =>
    vendor
      .toLowerCase()
      .split(BETWEEN_MAKERS)
      .some((maker) => maker !== "" && `${maker} `.startsWith(asked)),
  ).map(toExplanation);
}

/** The text of a body, or a line of an error log. */
export function explainText(text: string): readonly Explanation[] {
  const logged = findMessages(text).map((message) =>
    fromCode({ vendor: PRODUCTS[message.product] ?? message.product, knowledge: { ...message, code: toSentence(message.code) } }),
  );
  // A pasted body has no status, so each common one is tried: a pattern may require one.
  const matches = [500, 501, 502, 503, 504, 507, 200].flatMap((status) => matchSignatures({ status, body: text, headers: {} }, SIGNATURES));
  const part = text.toLowerCase();
  const partly =
    part.length < LEAST_PART
      ? []
      : SIGNATURES.filter(({ pattern }) => pattern.bodyHas?.some((words) => words.toLowerCase().includes(part)));
  const whole = matches.map(({ signature }) => signature).filter(isAboutBody);
  const bearing = new Set(whole.length > 0 ? whole : partly);
  return [...logged, ...[...bearing].map(toExplanation)];
}

/** How products write their own names. */
const PRODUCTS: Readonly<Record<string, string>> = {
  php: "PHP",
  apache: "Apache httpd",
  caddy: "Caddy",
  envoy: "Envoy",
  lambda: "AWS Lambda",
  "cloud-run": "Cloud Run",
};

/** The message that the text contains; otherwise those that contain the text, for somebody who remembers half of a message. */
function findMessages(text: string): typeof ERROR_MESSAGES {
  const whole = findErrorMessage(text);
  if (whole !== undefined) return [whole];
  const part = text.toLowerCase().replaceAll(/\s+/g, " ");
  return part.length < LEAST_PART ? [] : ERROR_MESSAGES.filter(({ code }) => toSentence(code).toLowerCase().includes(part));
}

/** Turns the pattern of a message into readable text. */
function toSentence(pattern: string): string {
  return pattern
    .replaceAll(/\(\?:[^()|]*\)\?/g, "")
    .replaceAll(/\(\?:([^()|]*)\|[^()]*\)/g, "$1")
    .replaceAll("|", " or ")
    .replaceAll(/\[\^?[^\]]*\][*+]?|\\[SdwD][*+]?|\.\*/g, "...")
    .replaceAll(/\\(.)/g, "$1");
}

function isAboutBody({ pattern }: Signature): boolean {
  return pattern.bodyHas !== undefined || pattern.bodyIs !== undefined || pattern.json !== undefined;
}

/** Explains the answer that a signature recognises. */
export function toExplanation({ vendor, meaning, made, hop, cause, proxyError, certainty, source }: Signature): Explanation {
  const makers = {
    here: `${vendor} (${hop})`,
    behind: `what is behind ${vendor}`,
    passed: `nobody can tell: it only passed ${vendor}`,
  } as const;
  return {
    title: vendor,
    meaning: proxyError === undefined ? meaning : `${meaning}; RFC 9209 calls it ${proxyError}`,
    madeBy: makers[made],
    ...(cause === undefined ? {} : { cause }),
    mistakenFor: MISTAKEN_FOR[made],
    nextCheck: cause === undefined ? CHECK_OF_MAKER[made] : CAUSE_KNOWLEDGE[cause].nextCheck,
    source: `${source} (${CERTAINTY_WORDS[certainty]})`,
  };
}
