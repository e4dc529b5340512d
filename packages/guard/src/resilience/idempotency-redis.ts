/**
 * Idempotency keys in Redis, for any number of machines: one hash a key, whose expiry is the lease and later the time its answer is kept.
 * What happens to a key is one script, which Redis runs with nothing in between; the time is the server's.
 *
 * Redis keeps what it is configured to keep. An eviction policy other than `noeviction`, or a failover to a replica that has not heard of a
 * claim yet, can forget a key, whose request is then done again.
 */
import { randomUUID } from "node:crypto";
import type { Claim, IdempotencyStore } from "./idempotency.ts";
import { decodeAnswer, encodeAnswer } from "./idempotency-row.ts";

/** A client of yours, connected: of `ioredis` (which has `call`), or of `redis` (which has `sendCommand`). The store never closes it. */
export type RedisClient =
  | { call(command: string, ...parts: string[]): Promise<unknown> }
  | { sendCommand(parts: readonly string[]): Promise<unknown> };

const CLAIM = `
  local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'answer')
  if not found[1] then
    redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    return {'claimed'}
  end
  if found[1] ~= ARGV[1] then return {'mismatch'} end
  if found[2] then return {'answered', found[2]} end
  return {'in-flight'}`;

/** The scripts of an owner begin alike: another owner's token, or none, changes nothing. */
const OWNED = "if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end";
const RENEW = `${OWNED}
  if redis.call('HEXISTS', KEYS[1], 'answer') == 1 then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const COMPLETE = `${OWNED}
  redis.call('HSET', KEYS[1], 'answer', ARGV[2])
  return redis.call('PEXPIRE', KEYS[1], ARGV[3])`;
const RELEASE = `${OWNED}
  return redis.call('DEL', KEYS[1])`;

function toClaim(reply: unknown, token: string): Claim {
  const [kind, answer] = Array.isArray(reply) ? reply.map(String) : [];
  if (kind === "claimed") return { kind, token };
  if (kind === "mismatch" || kind === "in-flight") return { kind };
  if (kind === "answered") return { kind, answer: decodeAnswer(answer ?? "") };
  throw new Error(`Redis answered a claim with ${JSON.stringify(reply)}`);
}

/** A store behind `client`; its keys begin with `prefix`, default `faultline:idempotency:`. */
export function createRedisIdempotencyStore(client: RedisClient, options: { readonly prefix?: string } = {}): IdempotencyStore {
  const { prefix = "faultline:idempotency:" } = options;
  const run = (script: string, scope: string, parts: readonly (string | number)[]): Promise<unknown> => {
    const command = ["EVAL", script, "1", prefix + scope, ...parts.map(String)] as const;
    return "call" in client ? client.call(...command) : client.sendCommand(command);
  };
  return {
    async claim(scope, fingerprint, leaseMs) {
      const token = randomUUID();
      return toClaim(await run(CLAIM, scope, [fingerprint, token, leaseMs]), token);
    },
    renew: async (scope, token, leaseMs) => (await run(RENEW, scope, [token, leaseMs])) === 1,
    complete: async (scope, token, { answer, keepMs }) => (await run(COMPLETE, scope, [token, encodeAnswer(answer), keepMs])) === 1,
    async release(scope, token) {
      await run(RELEASE, scope, [token]);
    },
  };
}
