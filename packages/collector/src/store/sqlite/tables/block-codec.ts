/**
 * A block of counts as bytes, all varints: for each cell its series, step, total, failing, and the buckets of its histogram that are
 * not empty, each as its distance from the one before and its count. Ten seconds of one route fill few of the buckets they span.
 */
import type { CountSum } from "../../rules/count-rows.ts";
import { addToBucket, createBucketPairs, createDenseHistogram, type DenseHistogram, toDenseIndex } from "../../rules/histogram.ts";
import { type Block, BLOCK_MS, type Cell, createBlock, getCell, STEP_MS } from "../../rules/rollup.ts";
import type { Minute } from "../minute-cache.ts";

const STEPS = BLOCK_MS / STEP_MS;
/** Histogram offsets are negative below 1 ms. */
const OFFSET_BIAS = 128;
const FORMAT = 1;

class ByteList {
  #bytes = new Uint8Array(4_096);
  #length = 0;

  push(value: number): void {
    if (this.#length + 10 > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Writes a block. */
export function encodeBlock(block: Block): Uint8Array {
  const out = new ByteList();
  out.push(FORMAT);
  block.cells.forEach((steps, series) => {
    for (let step = 0; step < STEPS; step++) {
      const cell = steps[step];
      if (cell !== undefined) pushCell(out, { series, step, cell });
    }
  });
  return out.finish();
}

function pushCell(out: ByteList, { series, step, cell }: { readonly series: number; readonly step: number; readonly cell: Cell }): void {
  const { offset, counts } = cell.durations;
  let filled = 0;
  for (let at = 0; at < counts.length; at++) if (counts[at]! > 0) filled += 1;
  out.push(series);
  out.push(step);
  out.push(cell.total);
  out.push(cell.failing);
  out.push(filled);
  let before = -OFFSET_BIAS;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (count === 0) continue;
    out.push(offset + at - before);
    out.push(count);
    before = offset + at;
  }
}

/** Reads varints. The bytes passed their check sum, so they have the shape in which they were written. */
class VarintReader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): number {
    const bytes = this.#bytes;
    const first = bytes[this.at++] ?? 0;
    if (first < 128) return first;
    let value = first & 127;
    for (let factor = 128; ; factor *= 128) {
      const byte = bytes[this.at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  skip(count: number): void {
    for (let left = count; left > 0 && this.at < this.#bytes.length; this.at++) if ((this.#bytes[this.at] ?? 0) < 128) left -= 1;
  }
}

/** Buckets of one cell, in the form that a sum takes. */
const pairs = createBucketPairs();

/** Adds an encoded block to a sum without creating its cells. */
export function addBlock(bytes: Uint8Array, fromMs: number, into: CountSum): void {
  const reader = new VarintReader(bytes);
  if (reader.next() !== FORMAT) return;
  while (reader.at < bytes.length) {
    const series = reader.next();
    const sum = into.find(series, fromMs + reader.next() * STEP_MS);
    const total = reader.next();
    const failing = reader.next();
    const filled = reader.next();
    if (sum === undefined) {
      reader.skip(filled * 2);
      continue;
    }
    sum.total += total;
    sum.failing += failing;
    let at = toDenseIndex(-OFFSET_BIAS);
    for (let pair = 0; pair < filled * 2; pair += 2) {
      at += reader.next();
      pairs[pair] = at;
      pairs[pair + 1] = reader.next();
    }
    sum.addBuckets(pairs, 0, filled * 2);
  }
}

/** Sums the steps of an encoded block. */
export function toMinute(bytes: Uint8Array): Minute {
  const reader = new VarintReader(bytes);
  const out: number[] = [];
  if (reader.next() !== FORMAT) return Uint32Array.from(out);
  const histogram = createDenseHistogram();
  while (reader.at < bytes.length) {
    const series = reader.next();
    let [total, failing, isSame] = [0, 0, true];
    histogram.fill(0);
    while (isSame) {
      reader.next();
      total += reader.next();
      failing += reader.next();
      let at = toDenseIndex(-OFFSET_BIAS);
      for (let left = reader.next(); left > 0; left--) {
        at += reader.next();
        histogram[at]! += reader.next();
      }
      // The steps of a series follow each other.
      const before = reader.at;
      isSame = before < bytes.length && reader.next() === series;
      if (!isSame) reader.at = before;
    }
    pushMinute(out, { series, total, failing, histogram });
  }
  return Uint32Array.from(out);
}

type SeriesMinute = { readonly series: number; readonly total: number; readonly failing: number; readonly histogram: DenseHistogram };

function pushMinute(out: number[], { series, total, failing, histogram }: SeriesMinute): void {
  out.push(series, total, failing, 0);
  const begin = out.length;
  for (let at = 0; at < histogram.length; at++) if (histogram[at]! > 0) out.push(at, histogram[at]!);
  out[begin - 1] = (out.length - begin) / 2;
}

/** Reads a block. */
export function decodeBlock(bytes: Uint8Array, fromMs: number): Block {
  const block = createBlock(fromMs);
  const reader = new VarintReader(bytes);
  if (reader.next() !== FORMAT) return block;
  while (reader.at < bytes.length) {
    const cell = getCell(block, reader.next(), reader.next());
    cell.total = reader.next();
    cell.failing = reader.next();
    let bucket = -OFFSET_BIAS;
    for (let left = reader.next(); left > 0; left--) {
      bucket += reader.next();
      addToBucket(cell.durations, bucket, reader.next());
    }
  }
  return block;
}
