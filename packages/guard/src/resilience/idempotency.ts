/**
 * `Idempotency-Key` on the server's side (draft-ietf-httpapi-idempotency-key-header): the first request with a key does the work, its
 * duplicates get the same answer byte for byte, and nobody's key finds another caller's, route's or payload's answer.
 */
import { createHash } from "node:crypto";
import { ANSWER } from "../respond/declared-rule.ts";
import type { ErrorAnswer } from "../respond/error-facts.ts";

/** An answer as it went out. `body` is base64, so that a store need not care. */
export type StoredAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
};

/** What a store says to a claim of a key. */
export type Claim =
  /** Nobody had it: do the work, then `complete` or `release` with this token. */
  | { readonly kind: "claimed"; readonly token: string }
  | { readonly kind: "in-flight" }
  | { readonly kind: "mismatch" }
  | { readonly kind: "answered"; readonly answer: StoredAnswer };

/**
 * Keeps keys. `claim` is atomic among everybody who shares the store: of any number of simultaneous claims of a key exactly one is
 * `claimed`. A claim whose owner died ends after its lease, and the key may be claimed again.
 */
export type IdempotencyStore = {
  claim(scope: string, fingerprint: string, at: { readonly nowMs: number; readonly leaseMs: number }): Claim | Promise<Claim>;
  complete(scope: string, token: string, stored: { readonly answer: StoredAnswer; readonly expiresAtMs: number }): void | Promise<void>;
  release(scope: string, token: string): void | Promise<void>;
};

/** What an idempotent request is known by. */
export type IdempotentRequest = {
  readonly key: string | undefined;
  readonly method: string;
  /** The route's template, or the path. */
  readonly route: string;
  /** Who asks: a tenant, a user, a hash of the credential. Two callers may use the same key. */
  readonly caller: string;
  readonly body: Uint8Array | string;
};

/** How long things are kept, and whether a key is a must. */
export type IdempotencyOptions = {
  readonly store: IdempotencyStore;
  /** Answer 400 when there is no key. Default false: the request is then done as it is. */
  readonly isRequired?: boolean;
  /** How long an answer can be replayed, ms. Default 24 h. */
  readonly keepMs?: number;
  /** How long a request may be under way before its key is given to a duplicate, ms. Default 60 s. */
  readonly leaseMs?: number;
  readonly nowMs?: () => number;
};

const PROBLEMS = {
  "missing-key": { status: 400, title: "Idempotency-Key is missing" },
  "bad-key": { status: 400, title: "Idempotency-Key is not valid" },
  "in-flight": {
    status: 409,
    title: "A request with this Idempotency-Key is still being processed",
    retryable: true,
    retryAfterSeconds: 1,
  },
  mismatch: { status: 422, title: "This Idempotency-Key was used for another request" },
} as const satisfies Record<string, ErrorAnswer>;

/** Refused because of its key. */
export class IdempotencyError extends Error {
  override readonly name = "IdempotencyError";
  readonly code: keyof typeof PROBLEMS;
  readonly [ANSWER]: ErrorAnswer;

  constructor(code: keyof typeof PROBLEMS) {
    super(PROBLEMS[code].title);
    this.code = code;
    this[ANSWER] = PROBLEMS[code];
  }
}

/** The key in the header: a structured-field String (`"8e03"`), or the bare token that most clients send; undefined when it is neither. */
export function parseIdempotencyKey(header: string): string | undefined {
  const text = header.trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1");
  const key = quoted ?? text;
  return /^[\x21-\x7e]{1,255}$/.test(key) && (quoted !== undefined || !key.includes('"')) ? key : undefined;
}

function hash(...parts: readonly (Uint8Array | string)[]): string {
  const digest = createHash("sha256");
  // The length before each part: "ab" + "c" is not "a" + "bc".
  for (const part of parts) digest.update(`${Buffer.byteLength(part)}:`).update(part);
  return digest.digest("base64url");
}

/** Answers that are kept: of a server error nobody wants the same again. */
function isKept(answer: StoredAnswer): boolean {
  return answer.status < 500;
}

/**
 * Does `work` once for a key, and gives its answer to all. Rejects with an IdempotencyError (400, 409, 422), or with what the work threw;
 * after a throw or a 5xx the key is free again.
 */
export async function runIdempotent(
  request: IdempotentRequest,
  work: () => Promise<StoredAnswer>,
  options: IdempotencyOptions,
): Promise<{ readonly answer: StoredAnswer; readonly isReplay: boolean }> {
  if (request.key === undefined) {
    if (options.isRequired === true) throw new IdempotencyError("missing-key");
    return { answer: await work(), isReplay: false };
  }
  const key = parseIdempotencyKey(request.key);
  if (key === undefined) throw new IdempotencyError("bad-key");
  const nowMs = options.nowMs ?? Date.now;
  const scope = hash(key, request.caller, request.method, request.route);
  const claim = await options.store.claim(scope, hash(request.body), { nowMs: nowMs(), leaseMs: options.leaseMs ?? 60_000 });
  if (claim.kind === "answered") return { answer: claim.answer, isReplay: true };
  if (claim.kind !== "claimed") throw new IdempotencyError(claim.kind);
  return { answer: await finishClaim(scope, claim.token, { work, options, nowMs }), isReplay: false };
}

async function finishClaim(
  scope: string,
  token: string,
  so: { work: () => Promise<StoredAnswer>; options: IdempotencyOptions; nowMs: () => number },
): Promise<StoredAnswer> {
  const { store, keepMs = 86_400_000 } = so.options;
  let answer: StoredAnswer;
  try {
    answer = await so.work();
  } catch (thrown) {
    await store.release(scope, token);
    throw thrown;
  }
  if (isKept(answer)) await store.complete(scope, token, { answer, expiresAtMs: so.nowMs() + keepMs });
  else await store.release(scope, token);
  return answer;
}
