/** Ids without a system call per request: random bytes come from a pool, request ids are a random prefix and a counter. */
import { randomFillSync } from "node:crypto";

const POOL_BYTES = 4096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

function takeHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString("hex", used, used + bytes);
  used += bytes;
  return hex;
}

/** A W3C trace id: 32 lower-case hex characters, never all zero. */
export function createTraceId(): string {
  const id = takeHex(16);
  return /^0+$/.test(id) ? createTraceId() : id;
}

/** A W3C span id: 16 lower-case hex characters, never all zero. */
export function createSpanId(): string {
  const id = takeHex(8);
  return /^0+$/.test(id) ? createSpanId() : id;
}

const prefix = takeHex(8);
let counter = 0;

/** A request id unique to this process and, by its random prefix, among processes. */
export function createRequestId(): string {
  counter += 1;
  return `${prefix}-${counter.toString(36)}`;
}

/** What a foreign request id may look like: it is echoed into a header and into logs, so nothing else is accepted. */
const SAFE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:@+/=-]{0,127}$/;

/** A request id from outside, or undefined when it could break a header, a log line or a page. */
export function parseRequestId(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" && SAFE_REQUEST_ID.test(value) ? value : undefined;
}
