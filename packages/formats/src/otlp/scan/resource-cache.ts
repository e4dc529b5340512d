import type { Resource } from "@faultline/model";
import { DEFAULT_LIMITS } from "../limits.ts";
import { readResource } from "../protobuf/envelope.ts";
import { ProtobufReader } from "../protobuf/reader.ts";

/** A resource as it was sent, and decoded. */
export type ScannedResource = {
  /** The body of the Resource message, as a copy of its own. */
  readonly bytes: Uint8Array;
  readonly resource: Resource;
};

const SLOTS = 1_024;
/** Larger resources are decoded each time, so that the cache stays small. */
const MAX_CACHED_BYTES = 8_192;

/**
 * The resources seen last, by their bytes, because a process sends the same one with every payload. Each slot of the hash holds at most
 * one.
 */
export class ResourceCache {
  private readonly slots: (ScannedResource | undefined)[] = Array.from({ length: SLOTS });

  /** The resource whose message body is `bytes[start]` to `bytes[end - 1]`. Throws `MalformedPayload`. */
  find(bytes: Uint8Array, start: number, end: number): ScannedResource {
    let hash = end - start;
    for (let at = start; at < end; at += 2) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.slots[slot];
    if (known !== undefined && equals(known.bytes, bytes, start) && known.bytes.length === end - start) return known;
    const copy = bytes.slice(start, end);
    const found = { bytes: copy, resource: readResource(new ProtobufReader(copy), copy.length, DEFAULT_LIMITS) };
    if (copy.length <= MAX_CACHED_BYTES) this.slots[slot] = found;
    return found;
  }
}

function equals(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < known.length; index += 1) {
    if (known[index] !== bytes[start + index]) return false;
  }
  return true;
}
