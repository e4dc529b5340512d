/** A block of counts as bytes: for each cell its series, step, total, failing, and the histogram's buckets, all as varints. */
import { type Block, BLOCK_MS, type Cell, STEP_MS } from "../rules/rollup.ts";

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
  for (const [series, steps] of block.cells) {
    for (let step = 0; step < STEPS; step++) {
      const cell = steps[step];
      if (cell === undefined) continue;
      const { offset, counts } = cell.durations;
      for (const value of [series, step, cell.total, cell.failing, offset + OFFSET_BIAS, counts.length, ...counts]) out.push(value);
    }
  }
  return out.finish();
}

/** Reads a block cell by cell; `wants` spares the work for series that nobody asked for. */
export function forEachCell(
  bytes: Uint8Array,
  wants: (series: number) => boolean,
  onCell: (series: number, step: number, cell: Cell) => void,
): void {
  let at = 0;
  const next = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  if (next() !== FORMAT) return;
  while (at < bytes.length) {
    const series = next();
    const step = next();
    const total = next();
    const failing = next();
    const offset = next() - OFFSET_BIAS;
    const length = next();
    if (!wants(series)) {
      for (let index = 0; index < length; index++) next();
      continue;
    }
    const counts: number[] = [];
    for (let index = 0; index < length; index++) counts.push(next());
    onCell(series, step, { total, failing, durations: { offset, counts } });
  }
}
