/** Payloads that can be sent again and again as new traces at a new time: ids and times are written over in place. */
import { scanTraces, TraceScan } from "@faultline/formats/otlp";
import { createProtobufPayload, type PayloadPlan } from "../otlp-payloads.ts";

const NANOS_PER_MS = 1_000_000n;

/** One payload and where its trace ids and times stand. */
export class MovingPayload {
  readonly #template: Buffer;
  readonly #idPlaces: readonly number[];
  readonly #timePlaces: readonly number[];
  readonly #startMs: number;
  readonly spanCount: number;
  readonly failingTraces: number;
  readonly traceCount: number;

  constructor(plan: PayloadPlan) {
    this.#template = Buffer.from(createProtobufPayload(plan));
    this.#startMs = plan.startMs;
    const scan = new TraceScan();
    scanTraces(this.#template, "protobuf", scan);
    this.spanCount = scan.spanCount;
    this.traceCount = scan.traceCount;
    this.failingTraces = scan.traceFlags.subarray(0, scan.traceCount).filter((flags) => (flags & 1) !== 0).length;
    // encodeTraces writes the trace id as the first field of a span; times follow as fixed64 fields 7 and 8 (tags 57 and 65), 10 apart.
    const rows = Array.from({ length: scan.spanCount }, (_, row) => row);
    this.#idPlaces = rows.map((row) => (scan.body[row] ?? 0) + 2);
    this.#timePlaces = rows.flatMap((row) => {
      const from = scan.body[row] ?? 0;
      const start = findTime(this.#template, { from, tag: 57, ms: scan.startMs[row] ?? 0 });
      const end = findTime(this.#template, { from, tag: 65, ms: scan.endMs[row] ?? 0 });
      return [start, end];
    });
  }

  /** The payload as the `round`-th new set of traces, moved to begin at `startMs`. */
  at(round: number, startMs: number): Uint8Array {
    const bytes = Buffer.from(this.#template);
    for (const place of this.#idPlaces) {
      bytes.writeInt32BE(bytes.readInt32BE(place) ^ Math.imul(round + 1, 0x9e3779b1), place);
      bytes.writeInt32BE((bytes.readInt32BE(place + 8) + round) | 0, place + 8);
    }
    const shift = BigInt(Math.round(startMs - this.#startMs)) * NANOS_PER_MS;
    for (const place of this.#timePlaces) bytes.writeBigUInt64LE(bytes.readBigUInt64LE(place) + shift, place);
    return bytes;
  }
}

function findTime(bytes: Buffer, { from, tag, ms }: { readonly from: number; readonly tag: number; readonly ms: number }): number {
  for (let at = from; at < from + 200; at++) {
    if (bytes[at] === tag && Math.abs(Number(bytes.readBigUInt64LE(at + 1)) / 1e6 - ms) < 1) return at + 1;
  }
  throw new Error("a span without times");
}
