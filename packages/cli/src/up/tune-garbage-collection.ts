import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from "node:v8";

/** The size of the space for new objects, both halves together; V8 by itself would let it grow to 64 MiB. */
const MAX_YOUNG_BYTES = 8 << 20;
/** The size to which old objects may grow before they are collected, while fewer than that are alive. */
const MAX_OLD_BYTES = 144 << 20;
/** How much they may grow at most and at least, in percent of those that survived the last collection. */
const MOST_GROWTH = 300;
const LEAST_GROWTH = 30;
const LOOK_EVERY_MS = 100;

/**
 * Configures V8 for a process that receives hundreds of megabytes a second and keeps little of it. Bodies lie outside the heap, become garbage as
 * soon as they are answered, and are freed only when the space for new objects is collected. With 64 MiB of that space, so many bodies wait that V8 also
 * collects the old objects, several times a second. After a collection that leaves 18 MiB of old objects, V8 lets only ten more accumulate before the next
 * one, but after one that leaves 80 MiB it lets 240 accumulate, too many for a process with a promised memory limit. V8 reads both flags whenever they
 * matter, so they can be set at any time; it reads `--max-semi-space-size` only at the start.
 */
export function tuneGarbageCollection(): void {
  const setGrowthFactor = createFlag("--semi-space-growth-factor");
  const setGrowingPercent = createFlag("--heap-growing-percent");
  let lastBytes = 0;
  let aliveBytes = 0;
  const look = (): void => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
    // V8 shrinks it while there is nothing to do; after that it may grow again.
    setGrowthFactor(young < MAX_YOUNG_BYTES ? 2 : 1);
    const usedBytes = getHeapStatistics().used_heap_size;
    // If usage fell by more than the new objects, old ones were collected: the rest is alive.
    if (usedBytes < lastBytes - 2 * MAX_YOUNG_BYTES) aliveBytes = usedBytes;
    lastBytes = usedBytes;
    setGrowingPercent(decideGrowth(aliveBytes, usedBytes));
  };
  setInterval(look, LOOK_EVERY_MS).unref();
}

/** The allowed growth in percent, from what survived the last collection and what is there now, of which half may turn out to be alive. */
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
