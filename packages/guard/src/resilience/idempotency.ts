/**
 * `Idempotency-Key` on the server's side (draft-ietf-httpapi-idempotency-key-header): the first request with a key does the work, its
 * duplicates get the same answer byte for byte, and nobody's key finds another caller's, route's or payload's answer.
 */
import { createHash } from "node:crypto";
import { ANSWER } from "../respond/declared-rule.ts";
import type { ErrorAnswer } from "../respond/error-facts.ts";
import { type Clock, systemClock } from "./clock.ts";

/** An answer as it went out. `body` is base64, so that a store need not care. */
export type StoredAnswer = {
  readonly status: number;
  /** The words behind the status, where they are not the usual ones. */
  readonly statusText?: string;
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
 * Keeps keys, and keeps the time: callers say how long, never when, so that machines with different clocks agree.
 * - `claim` is atomic among everybody who shares the store: of any number of simultaneous claims of a key, exactly one is `claimed`.
 * - A claim ends `leaseMs` after it was made or last renewed; after that the key may be claimed again. A crash of its owner therefore costs one lease.
 * - Once its key was claimed again, an old token changes nothing: `renew` and `complete` return false.
 * - An answer is replayed for `keepMs`; after that the key is as good as new.
 */
export type IdempotencyStore = {
  claim(scope: string, fingerprint: string, leaseMs: number): Claim | Promise<Claim>;
  renew(scope: string, token: string, leaseMs: number): boolean | Promise<boolean>;
  complete(scope: string, token: string, stored: { readonly answer: StoredAnswer; readonly keepMs: number }): boolean | Promise<boolean>;
  release(scope: string, token: string): void | Promise<void>;
};

/** What an idempotent request is known by. */
export type IdempotentRequest = {
  readonly key: string | undefined;
  readonly method: string;
  /** The route's template, or the path. */
  readonly route: string;
  /** What stands behind the `?`: a part of the payload. */
  readonly query?: string;
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
  /** How long after the death of its process a request's key goes to a duplicate, ms. While the process lives, the lease is renewed. Default 60 s. */
  readonly leaseMs?: number;
  /** Says when to renew; for tests. */
  readonly clock?: Clock;
};

/** The work of an idempotent request. `signal` aborts when its lease was lost, because of a longer pause or an unavailable store. */
export type IdempotentWork = (lease: { readonly signal: AbortSignal }) => Promise<StoredAnswer>;

/** The default lease. */
export const DEFAULT_LEASE_MS = 60_000;

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

/** True for answers that are kept: nobody wants a server error replayed. */
function isKept(answer: StoredAnswer): boolean {
  return answer.status < 500;
}

/**
 * Does `work` once for a key and gives its answer to every request with that key. Rejects with an IdempotencyError (400, 409, 422), or with what the work
 * threw; after a throw or a 5xx the key is free again.
 */
export async function runIdempotent(
  request: IdempotentRequest,
  work: IdempotentWork,
  options: IdempotencyOptions,
): Promise<{ readonly answer: StoredAnswer; readonly isReplay: boolean }> {
  if (request.key === undefined) {
    if (options.isRequired === true) throw new IdempotencyError("missing-key");
    return { answer: await work({ signal: new AbortController().signal }), isReplay: false };
  }
  const key = parseIdempotencyKey(request.key);
  if (key === undefined) throw new IdempotencyError("bad-key");
  const scope = hash(key, request.caller, request.method, request.route);
  const payload = (request.query ?? "") === "" ? [request.body] : [request.body, request.query ?? ""];
  const claim = await options.store.claim(scope, hash(...payload), options.leaseMs ?? DEFAULT_LEASE_MS);
  if (claim.kind === "answered") return { answer: claim.answer, isReplay: true };
  if (claim.kind !== "claimed") throw new IdempotencyError(claim.kind);
  return { answer: await finishClaim({ scope, token: claim.token }, work, options), isReplay: false };
}

type Owned = { readonly scope: string; readonly token: string };

async function finishClaim(owned: Owned, work: IdempotentWork, options: IdempotencyOptions): Promise<StoredAnswer> {
  const { store } = options;
  const lease = holdLease(owned, options);
  let answer: StoredAnswer;
  try {
    answer = await work({ signal: lease.signal });
  } catch (thrown) {
    lease.stop();
    await release(owned, store);
    throw thrown;
  }
  lease.stop();
  if (isKept(answer)) await complete(owned, answer, options);
  else await release(owned, store);
  return answer;
}

/** How often an answer is offered to an unavailable store, a sixth of a lease apart: the claim holds that long in any case. */
const OFFERS = 4;

/** Stores an answer. An unavailable store is offered it again, because the work was done. Rejects with the error of the first offer. */
async function complete(owned: Owned, answer: StoredAnswer, options: IdempotencyOptions): Promise<void> {
  const { store, keepMs = 86_400_000, leaseMs = DEFAULT_LEASE_MS, clock = systemClock } = options;
  const offer = async (left: number): Promise<void> => {
    try {
      await store.complete(owned.scope, owned.token, { answer, keepMs });
    } catch (error) {
      if (left > 0) clock.schedule(leaseMs / 6, () => void offer(left - 1).catch(() => undefined));
      throw error;
    }
  };
  await offer(OFFERS - 1);
}

/** Gives a claim back. If the store is unavailable, the key stays claimed for one lease; the outcome of the work matters more. */
async function release({ scope, token }: Owned, store: IdempotencyStore): Promise<void> {
  try {
    await store.release(scope, token);
  } catch {
    // The lease ends by itself.
  }
}

/** Renews a claim three times per lease, so that a long request keeps its key and one whose process is gone does not. */
function holdLease({ scope, token }: Owned, options: IdempotencyOptions): { readonly signal: AbortSignal; stop(): void } {
  const { store, leaseMs = DEFAULT_LEASE_MS, clock = systemClock } = options;
  const lost = new AbortController();
  let cancel = (): void => undefined;
  let isOver = false;
  const renew = async (): Promise<void> => {
    try {
      if (await store.renew(scope, token, leaseMs)) return renewLater();
      if (!isOver) lost.abort(new Error("the claim on the Idempotency-Key was lost to another request"));
    } catch {
      // A store that is briefly unavailable has not given the key to anybody.
      renewLater();
    }
  };
  const renewLater = (): void => {
    if (!isOver) cancel = clock.schedule(leaseMs / 3, () => void renew());
  };
  renewLater();
  return {
    signal: lost.signal,
    stop() {
      isOver = true;
      cancel();
    },
  };
}
