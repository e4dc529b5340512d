/** Ids without a system call per request: random digits are cut from a block, request ids are a random prefix and a counter. */
import { randomBytes } from "node:crypto";

const BLOCK_BYTES = 2048;
/** Random digits as text: cutting a piece off copies nothing and asks no native code. */
let block = "";
let used = 0;

function takeHex(digits: number): string {
  if (used + digits > block.length) {
    block = randomBytes(BLOCK_BYTES).toString("hex");
    used = 0;
  }
  const hex = block.slice(used, used + digits);
  used += digits;
  return hex;
}

/** A W3C trace id: 32 lower-case hex characters. All of them zero, which is invalid, is one in 2^128. */
export const createTraceId = (): string => takeHex(32);

/** A W3C span id: 16 lower-case hex characters. All of them zero, which is invalid, is one in 2^64, at a million a second once in 580,000 years. */
export const createSpanId = (): string => takeHex(16);

const prefix = takeHex(16);
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
