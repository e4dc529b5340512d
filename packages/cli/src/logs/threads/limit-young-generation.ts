import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Of the space for new objects, both halves: what is counted lives long, and what is read of a line is garbage at the next. */
const MAX_YOUNG_BYTES = 4 << 20;

/** A look takes 5 µs, which is much beside a quarter of a mebibyte of plain lines, and little beside what makes garbage of one. */
const LOOK_EVERY_MS = 2;

let isLimited = false;
let lookedMs = 0;

/**
 * Keeps V8 from tripling a process that reads much and keeps little: alone it lets the space for new objects grow to 64 MiB. Its limit is
 * read only when the process starts, but how much it may grow at a time whenever it does: within a few
 * megabytes of a log whose paths are deep and all new. To be called with each read.
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
