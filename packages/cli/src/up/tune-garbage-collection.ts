import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from "node:v8";

/** Of the space for new objects, both halves; V8 alone would let it grow to 64 MiB. */
const MAX_YOUNG_BYTES = 8 << 20;
/** Up to where old objects may grow before they are collected, while fewer than that are alive. */
const MAX_OLD_BYTES = 144 << 20;
/** How much they may grow at most and at least, in percent of those that lived the last time. */
const MOST_GROWTH = 300;
const LEAST_GROWTH = 30;
const LOOK_EVERY_MS = 100;

/**
 * Sets V8 up for a process that takes in hundreds of megabytes a second and keeps little of it. Bodies lie outside the heap, are garbage as
 * soon as they are answered, and go only when the space for new objects is collected: with 64 MiB of it so many wait that V8 collects
 * the old objects, too, several times a second. From 18 MiB of old objects V8 lets no more than ten come before it looks at all of
 * them again, but from 80 it lets 240 come, which a process that promises its memory has not. Both flags are read whenever they matter, so
 * that they can be set at any time; `--max-semi-space-size` is read only when the process starts.
 */
export function tuneGarbageCollection(): void {
  const setGrowthFactor = createFlag("--semi-space-growth-factor");
  const setGrowingPercent = createFlag("--heap-growing-percent");
  let lastBytes = 0;
  let aliveBytes = 0;
  const look = (): void => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
    // V8 lets it shrink while there is nothing to do; then it may grow again.
    setGrowthFactor(young < MAX_YOUNG_BYTES ? 2 : 1);
    const usedBytes = getHeapStatistics().used_heap_size;
    // What is left where more went than new objects take was alive.
    if (usedBytes < lastBytes - 2 * MAX_YOUNG_BYTES) aliveBytes = usedBytes;
    lastBytes = usedBytes;
    setGrowingPercent(decideGrowth(aliveBytes, usedBytes));
  };
  setInterval(look, LOOK_EVERY_MS).unref();
}

/** Growth in percent after the next collection, from what was alive after the last one, and what is there now: half of it may turn out to be alive. */
function decideGrowth(aliveBytes: number, usedBytes: number): number {
  const room = MAX_OLD_BYTES / Math.max(aliveBytes, usedBytes / 2) - 1;
  return Math.round(Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, room * 100)));
}

/** Sets a flag where its value changes. */
function createFlag(name: string): (value: number) => void {
  let set: number | undefined;
  return (value) => {
    if (value !== set) setFlagsFromString(`${name}=${value}`);
    set = value;
  };
}
