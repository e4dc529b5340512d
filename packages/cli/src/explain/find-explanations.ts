import {
  ALB_REASONS,
  type CodeKnowledge,
  ENVOY_FLAGS,
  ERROR_MESSAGES,
  findErrorMessage,
  findGoogleDetail,
  findHaproxyTermination,
  GOOGLE_DETAILS,
  HEROKU_CODES,
} from "@faultline/formats/access-log-knowledge";
import { type CauseId, CAUSES, describeCause } from "@faultline/model";
import { CERTAINTY_WORDS, matchSignatures, type Signature, SIGNATURES } from "@faultline/playbook/signatures";
import { CAUSE_KNOWLEDGE } from "./cause-knowledge.ts";
import { BROKER_ERRORS } from "./broker-errors.ts";
import { BROWSER_ERRORS } from "./browser-errors.ts";
import { DATABASE_ERRORS, findOracleCode, findStateClass } from "./database-errors.ts";
import { type ErrorKnowledge, speaksOf } from "./error-knowledge.ts";
import { GRPC_CODES } from "./grpc-codes.ts";
import { HEADERS } from "./headers.ts";
import { findIds } from "../triage/find-ids.ts";
import { LANGUAGE_ERRORS } from "./language-errors.ts";
import { findNodeFamily, NODE_ERRORS } from "./node-errors.ts";
import { HTTP2_ERRORS } from "./http2-errors.ts";
import { findMysqlCode } from "./mysql-errors.ts";
import { PLATFORM_ERRORS } from "./platform-errors.ts";
import { findPrismaThousand, PRISMA_ERRORS } from "./prisma-errors.ts";
import { STATUSES } from "./statuses.ts";
import { findErrno, SYSTEM_ERRORS } from "./system-errors.ts";
import { VENDOR_STATUSES } from "./vendor-statuses.ts";
import { WEBSOCKET_CLOSES } from "./websocket-closes.ts";

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

const ALL_STATUSES = [...STATUSES, ...VENDOR_STATUSES];
const MOST = 12;
/** Letters of a part of a message below which it could be anything. */
const LEAST_PART = 10;
const MISTAKEN = {
  here: "an answer of the app: this hop wrote it, whoever is to blame",
  behind: "a failure of this hop: it only tells of the one behind it",
  passed: "an answer of this hop: it only passed here",
} as const;
/** Of a code that names no cause, by whose doing it tells of. */
const MISTAKEN_FOR = {
  observer: "an answer of the app: this hop decided it by itself",
  behind: "a failure of this hop: it only writes down what the one behind it did",
  client: "a failure of the servers: the client ended it",
  network: "a failure of the app: it may never have seen the request, or not been heard",
} as const;
const CHECK_OF_MAKER = {
  here: "its error log at that time; then the same request straight to what is behind it (faultline triage URL --direct BACKEND_URL)",
  behind: "the log of what is behind it, at that time and with the request's id",
  passed: "which hop behind it wrote the answer? (faultline triage URL)",
} as const;
const CERTAINTY = { H: "read in its source or documentation", M: "seen in public captures", K: "common knowledge" } as const;

/** Everything known about a status, a cause, a vendor's code or flag, a header or a body; the closest first. */
export function findExplanations(query: string): readonly Explanation[] {
  const text = query.trim();
  const found = explainWord(text);
  if (found.length > 0) return found.slice(0, MOST);
  // A product's own message says more than the words that it has in common with others.
  const said = [...explainText(text), ...explainError(text, LANGUAGE_ERRORS)];
  return (said.length > 0 ? said : explainOf(text)).slice(0, MOST);
}

function explainWord(text: string): readonly Explanation[] {
  return [
    ...explainStatus(text),
    ...explainCause(text),
    ...explainCode(text),
    ...explainError(text, CODES),
    ...explainHeader(text),
    ...explainMaker(text),
  ];
}

/** `heroku H12`, `Cloudflare 530`: a code with the name of whose it is in front. */
function explainOf(text: string): readonly Explanation[] {
  const [, vendor, code] = /^([A-Za-z][\w .-]{0,40}?)[ :]{1,3}(\S{1,80})$/.exec(text) ?? [];
  if (vendor === undefined || code === undefined) return [];
  const own = vendor.toLowerCase();
  if (own.length < LEAST_VENDOR || ANYBODYS.test(own)) return [];
  return explainWord(code).filter(({ title, madeBy = "", source }) => namesVendor(`${title} ${madeBy} ${source}`.toLowerCase(), own));
}

/** Shorter names, and these words, stand in many sources and are no maker's. */
const LEAST_VENDOR = 3;
const ANYBODYS =
  /^(?:the|and|for|from|with|that|this|was|are|not|who|whose|its|error|errors|status|code|codes|message|answer|request|response|server|client|page)$/;
/** `postgres` is PostgreSQL: so long a beginning of a name is the name. */
const LEAST_BEGINNING = 5;

function namesVendor(words: string, vendor: string): boolean {
  const at = ` ${words.replaceAll(/[^a-z0-9.-]+/g, " ")} `;
  return at.includes(` ${vendor} `) || (vendor.length >= LEAST_BEGINNING && at.includes(` ${vendor}`));
}

/** Every word that can be asked for, for somebody who mistyped one. */
export function listWords(): readonly string[] {
  // A header that must be absent tells nothing of the answers that have it.
  const headers = SIGNATURES.flatMap(({ pattern }) =>
    Object.keys(pattern.headers ?? {}).filter((name) => pattern.headers?.[name] !== false),
  );
  return [
    ...CAUSES,
    ...ALL_STATUSES.map(({ code }) => code),
    ...listCodes().map(({ knowledge }) => knowledge.code),
    ...[...CODES, ...LANGUAGE_ERRORS].map(({ code }) => code),
    ...new Set([...HEADERS.map(({ name }) => name), ...headers]),
  ];
}

function explainStatus(text: string): readonly Explanation[] {
  // Alone, or as it stands in an answer or on a page: "HTTP/1.1 502 Bad Gateway", "status code 502", "Error 524: A timeout occurred", "HTTP ERROR 502".
  const [, status] =
    /^(?:HTTP(?:\/[\d.]+)?\s+(?:error\s+)?)?(?:(?:status(?:[ _-]?code)?|error(?: code)?)\W{0,2})?(\d{1,3})(?::?\s+[A-Za-z][A-Za-z -]*)?$/i.exec(
      text,
    ) ?? [];
  if (status === undefined) return [];
  const own = ALL_STATUSES.filter(({ code }) => code === status).map(({ code, name, ...rest }) => ({ title: `${code} ${name}`, ...rest }));
  const pages = SIGNATURES.filter(({ pattern, made }) => made === "here" && pattern.status?.includes(Number(status)) === true);
  return [...own, ...pages.map(toExplanation)];
}

function explainCause(text: string): readonly Explanation[] {
  const cause = CAUSES.find((each) => each === text.toLowerCase());
  if (cause === undefined) return [];
  const { mistakenFor, nextCheck } = CAUSE_KNOWLEDGE[cause];
  const signs = SIGNATURES.filter((signature) => signature.cause === cause).map(({ vendor, id }) => `${vendor} (${id})`);
  const codes = listCodes()
    .filter((each) => each.knowledge.cause === cause)
    .map(({ vendor, knowledge }) => `${vendor} ${knowledge.code}`);
  const shows = [...signs, ...codes].slice(0, 8).join(", ");
  return [
    {
      title: cause,
      meaning: `${describeCause(cause)}${shows === "" ? "" : `; it shows as ${shows}`}`,
      cause,
      mistakenFor,
      nextCheck,
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

/** Errors that have a code of their own, which nothing else is called by. */
const CODES: readonly ErrorKnowledge[] = [
  ...PRISMA_ERRORS,
  ...DATABASE_ERRORS,
  ...GRPC_CODES,
  ...PLATFORM_ERRORS,
  ...BROKER_ERRORS,
  ...WEBSOCKET_CLOSES,
  ...HTTP2_ERRORS,
  ...BROWSER_ERRORS,
  ...SYSTEM_ERRORS,
  ...NODE_ERRORS,
];
/** A line that speaks of several errors is mostly about the first of them. */
const MOST_ERRORS = 2;

/** `ECONNREFUSED`, `SQLSTATE[40001]` or `OOMKilled` alone, or somewhere in a line of a log. */
function explainError(text: string, errors: readonly ErrorKnowledge[]): readonly Explanation[] {
  const known = errors.filter((error) => speaksOf(error, text)).slice(0, MOST_ERRORS);
  const found = known.length > 0 || errors !== CODES ? known : findFamily(text);
  return found.map(fromError);
}

/** What is known of a code that is not listed by itself: by its class, its thousand or its beginning. */
function findFamily(text: string): readonly ErrorKnowledge[] {
  return [
    findStateClass(text),
    findPrismaThousand(text),
    findOracleCode(text),
    findMysqlCode(text),
    findNodeFamily(text),
    findErrno(text),
  ].filter((error) => error !== undefined);
}

/** What an error says of itself goes before what its cause says of all like it. */
function fromError(error: ErrorKnowledge): Explanation {
  const { code, pattern: _pattern, ...known } = error;
  return { title: code, ...(known.cause === undefined ? {} : CAUSE_KNOWLEDGE[known.cause]), ...known };
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
  const known = HEADERS.filter((header) => header.name === name).map(({ name: title, ...header }) => ({ title, ...header }));
  const found = [...known, ...bearing.map(toExplanation)];
  return found.length > 0 ? found : explainId(name);
}

/** A header that is worth nothing but to be searched for: `cf-ray`, `x-amzn-requestid`. */
function explainId(name: string): readonly Explanation[] {
  return findIds([[name, "?"]]).map(({ finds }) => ({
    title: name,
    meaning: `an id: it finds ${finds}`,
    mistakenFor: "a sign of who failed: good answers bear it too",
    nextCheck: "search for its value there, and name it where you ask for support",
    source: "the documentation of whoever sends it",
  }));
}

/** Between the names of several who write the same. */
const BETWEEN_MAKERS = /, | or (?:another$)?/;

/** `Varnish`, `Apache`, `hapi`: every answer that is known by that maker's look. */
function explainMaker(text: string): readonly Explanation[] {
  const asked = `${text.toLowerCase()} `;
  return SIGNATURES.filter(({ vendor }) =>
    vendor
      .toLowerCase()
      .split(BETWEEN_MAKERS)
      .some((maker) => maker !== "" && `${maker} `.startsWith(asked)),
  ).map(toExplanation);
}

/** A body, or a line of an error log. */
function explainText(text: string): readonly Explanation[] {
  const logged = findMessages(text).map((message) =>
    fromCode({ vendor: PRODUCTS[message.product] ?? message.product, knowledge: { ...message, code: toSentence(message.code) } }),
  );
  // A pasted body has no status; each class is tried, so that a pattern with a status can match.
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

/** Products as they write themselves. What the script behind PHP's messages did is PHP's own. */
const PRODUCTS: Readonly<Record<string, string>> = {
  php: "PHP",
  apache: "Apache httpd",
  caddy: "Caddy",
  envoy: "Envoy",
  lambda: "AWS Lambda",
  "cloud-run": "Cloud Run",
};

/** A message that the text holds; else those that the text is a part of, as somebody types who remembers half of it. */
function findMessages(text: string): typeof ERROR_MESSAGES {
  const whole = findErrorMessage(text);
  if (whole !== undefined) return [whole];
  const part = text.toLowerCase().replaceAll(/\s+/g, " ");
  return part.length < LEAST_PART ? [] : ERROR_MESSAGES.filter(({ code }) => toSentence(code).toLowerCase().includes(part));
}

/** A pattern of a message as a person reads it. */
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

function toExplanation({ vendor, meaning, made, hop, cause, proxyError, certainty, source }: Signature): Explanation {
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
    mistakenFor: MISTAKEN[made],
    nextCheck: cause === undefined ? CHECK_OF_MAKER[made] : CAUSE_KNOWLEDGE[cause].nextCheck,
    source: `${source} (${CERTAINTY_WORDS[certainty]})`,
  };
}
