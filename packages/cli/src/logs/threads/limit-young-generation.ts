import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * The limit of the space for new objects, both halves together. Counts live long, and what is read of a line is garbage at the next line.
 */
const MAX_YOUNG_BYTES = 4 << 20;

/**
 * A look takes 5 µs. That is much compared with reading a quarter of a mebibyte of plain lines, and little compared with lines that produce
 * garbage.
 */
const LOOK_EVERY_MS = 2;

let isLimited = false;
let lookedMs = 0;

/**
 * Keeps V8 from tripling the memory of a process that reads much and keeps little: by itself, V8 lets the space for new objects grow to 64
 * MiB. V8 reads the maximum only when the process starts, but the growth factor at each growth, which happens within a few megabytes of a
 * log whose paths are deep and all new. Call this with each read.
 */
export function limitYoungGeneration(): void {
  if (isLimited) return;
  const nowMs = process.uptime() * 1000;
  if (nowMs - lookedMs < LOOK_EVERY_MS) return;
  lookedMs = nowMs;
  const young = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
  if (young < MAX_YOUNG_BYTES) return;
  isLimited = true;
  setFlagsFromString("--semi-space-growth-factor=1");
}
