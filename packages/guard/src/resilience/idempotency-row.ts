/** What the stores on disk and on servers keep of a key, and how it is read back: what another process wrote is parsed, never trusted. */
import type { Claim, StoredAnswer } from "./idempotency.ts";

/** A key that is in use: `answer` is null while its request is under way. */
export type KeyRow = { readonly fingerprint: string; readonly answer: string | null };

/** An answer as one line of JSON. */
export function encodeAnswer(answer: StoredAnswer): string {
  const { status, statusText, headers, bodyBase64 } = answer;
  return JSON.stringify([status, headers, bodyBase64, ...(statusText === undefined ? [] : [statusText])]);
}

function isHeader(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && typeof value[1] === "string";
}

/** The answer in a line of `encodeAnswer`. Throws when it is none: a replay of something else would be worse than an error. */
export function decodeAnswer(text: string): StoredAnswer {
  const parsed: unknown = JSON.parse(text);
  const [status, headers, bodyBase64, statusText] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  if (!Number.isInteger(status) || !Array.isArray(headers) || !headers.every(isHeader) || typeof bodyBase64 !== "string") {
    throw new Error("the stored answer of an Idempotency-Key cannot be read");
  }
  return { status: Number(status), headers, bodyBase64, ...(typeof statusText === "string" ? { statusText } : {}) };
}

/** What the row of a key in use says to a claim. No row: it was given back a moment ago, and the next try will find it free. */
export function readRow(row: KeyRow | undefined, fingerprint: string): Claim {
  if (row === undefined) return { kind: "in-flight" };
  if (row.fingerprint !== fingerprint) return { kind: "mismatch" };
  return row.answer === null ? { kind: "in-flight" } : { kind: "answered", answer: decodeAnswer(row.answer) };
}
