import type { CauseId, HopKind } from "@faultline/model";

/** How well a signature is known: read in the source or official documents, seen in real captures, or common knowledge. */
export type Certainty = "source" | "seen" | "recalled";

/** What a response must look like. Every member that is present must hold. Texts are compared after `normaliseBody`. */
export type ResponsePattern = {
  /** Status codes, or the first digit of a class: 5 means 500 to 599. */
  readonly status?: readonly number[];
  /** The whole body is one of these. */
  readonly bodyIs?: readonly string[];
  /** The body contains all of these. */
  readonly bodyHas?: readonly string[];
  /** The body contains none of these. */
  readonly bodyLacks?: readonly string[];
  /** The body is a JSON object with these members: exact text, or any value for `true`. */
  readonly json?: Readonly<Record<string, string | true>>;
  /** Headers by lower-case name: a part of the value (lower case), `true` for any value, `false` for absence. */
  readonly headers?: Readonly<Record<string, string | boolean>>;
};

/**
 * One way in which a response tells who wrote it. `made` says whether the named hop wrote the response, only passed it on (`passed`), or
 * proves that something behind it wrote it (`behind`).
 */
export type Signature = {
  readonly id: string;
  readonly vendor: string;
  readonly hop: HopKind;
  readonly made: "here" | "behind" | "passed";
  readonly pattern: ResponsePattern;
  readonly meaning: string;
  readonly cause?: CauseId;
  /** The weight for its cause in nats, if that is less than the weight for who wrote the response: one page may have several reasons. */
  readonly causeWeight?: number;
  /** The RFC 9209 error type with the same meaning. */
  readonly proxyError?: string;
  readonly certainty: Certainty;
  readonly source: string;
};

/** A response, as far as signatures examine it. Header names are in lower case. */
export type SeenResponse = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A signature that matches a response, with its weight in nats of log-odds. */
export type SignatureMatch = { readonly signature: Signature; readonly weight: number };

const BODY_CHARACTERS = 4096;
const WEIGHTS: Readonly<Record<Certainty, number>> = { source: 3, seen: 2.5, recalled: 1.5 };
/** A header that only says "passed through here" is no evidence of who failed. */
const PASSED_WEIGHT = 0;

/** The first 4 Ki characters, with CRLF as LF and each run of blanks and line ends as one blank. Case is kept. */
export function normaliseBody(body: string): string {
  return body.slice(0, BODY_CHARACTERS).replaceAll(/\s+/g, " ").trim();
}

/** The signatures that match a response, the strongest first; equal ones in the order of the table. */
export function matchSignatures(response: SeenResponse, signatures: readonly Signature[]): readonly SignatureMatch[] {
  const body = response.body === undefined ? undefined : normaliseBody(response.body);
  const json = body?.startsWith("{") === true ? parseObject(response.body ?? "") : undefined;
  return signatures
    .filter(({ pattern }) => bears({ ...response, ...(body === undefined ? {} : { body }) }, json, pattern))
    .map((signature) => ({ signature, weight: signature.made === "passed" ? PASSED_WEIGHT : WEIGHTS[signature.certainty] }))
    .sort((a, b) => b.weight - a.weight);
}

function bears(response: SeenResponse, json: Readonly<Record<string, unknown>> | undefined, pattern: ResponsePattern): boolean {
  const { status, body, headers = {} } = response;
  if (pattern.status !== undefined && !pattern.status.some((each) => each === status || each === Math.floor((status ?? 0) / 100)))
    return false;
  if (pattern.bodyIs !== undefined && !pattern.bodyIs.includes(body ?? "")) return false;
  if (pattern.bodyHas !== undefined && !pattern.bodyHas.every((part) => body?.includes(part) === true)) return false;
  if (pattern.bodyLacks?.some((part) => body?.includes(part) === true) === true) return false;
  if (pattern.json !== undefined && !hasMembers(json, pattern.json)) return false;
  return Object.entries(pattern.headers ?? {}).every(([name, wanted]) => {
    const value = headers[name];
    if (typeof wanted === "boolean") return (value !== undefined) === wanted;
    return value?.toLowerCase().includes(wanted) === true;
  });
}

function hasMembers(json: Readonly<Record<string, unknown>> | undefined, wanted: Readonly<Record<string, string | true>>): boolean {
  if (json === undefined) return false;
  return Object.entries(wanted).every(([name, value]) => (value === true ? Object.hasOwn(json, name) : String(json[name]) === value));
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A signature in words, beginning with its vendor. */
export function tellSignature({ vendor, meaning }: Signature): string {
  return meaning.toLowerCase().startsWith(vendor.toLowerCase()) ? meaning : `${vendor}: ${meaning}`;
}

/** How well a signature is known, in words. */
export const CERTAINTY_WORDS = {
  source: "read in its source or documentation",
  seen: "seen in captures",
  recalled: "common knowledge",
} as const satisfies Record<Certainty, string>;

/** A signature's id, and how it is known. */
export function citeSignature({ id, certainty, source }: Signature): string {
  return `signature ${id}, ${CERTAINTY_WORDS[certainty]}: ${source}`;
}
