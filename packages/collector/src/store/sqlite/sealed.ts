/**
 * Check sums for what lies in the database. SQLite does not notice a flipped bit in a row; a value that carries its own check sum is
 * either what was written or known to be damaged.
 */
import { crc32 } from "node:zlib";

/** A JSON text and its check sum, ready to be bound. */
export type Sealed = { readonly json: string; readonly crc: number };

/** Writes a value as JSON with its check sum. `key` is what the row is found by: a value under the wrong key counts as damage too. */
export function seal(key: string | number, value: unknown): Sealed {
  const json = JSON.stringify(value);
  return { json, crc: crc32(json, crc32(String(key))) };
}

/** Reads such a value back; undefined when it is damaged. */
export function unseal(key: string | number, row: { readonly json?: unknown; readonly crc?: unknown }): unknown {
  if (typeof row.json !== "string" || row.crc !== crc32(row.json, crc32(String(key)))) return undefined;
  return JSON.parse(row.json);
}

/** Check sum of bytes under a key. */
export function sealBytes(key: string | number, bytes: Uint8Array): number {
  return crc32(bytes, crc32(String(key)));
}

/** Bytes of a row when they are what was written under the key. */
export function unsealBytes(key: string | number, row: { readonly bytes?: unknown; readonly crc?: unknown }): Uint8Array | undefined {
  return row.bytes instanceof Uint8Array && row.crc === sealBytes(key, row.bytes) ? row.bytes : undefined;
}
