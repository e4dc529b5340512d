import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from "node:v8";

/** Of the space for new objects, both halves; V8 alone would let it grow to 64 MiB. */
const MAX_YOUNG_BYTES = 8 << 20;
/** Where more than this is alive, V8's own rule is the better one. */
const SMALL_HEAP_BYTES = 64 << 20;
/** How much old objects may grow before they are collected, in percent of those that lived the last time. */
const GROWTH_OF_SMALL_HEAP = 300;
const LOOK_EVERY_MS = 100;

/**
 * Sets V8 up for a process that takes in hundreds of megabytes a second and keeps little of it. Bodies lie outside the heap, are garbage as
 * soon as they are answered, and go only when the space for new objects is collected: with 64 MiB of it so many wait that V8 collects
 * the old objects, too, several times a second. And from 18 MiB of old objects V8 lets no more than ten come before it looks at all of
 * them again. Both flags are read whenever they matter, so that they can be set at any time; `--max-semi-space-size` is read only when
 * the process starts.
 */
export function tuneGarbageCollection(): void {
  const setGrowthFactor = createFlag("--semi-space-growth-factor");
  const setGrowingPercent = createFlag("--heap-growing-percent");
  const look = (): void => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
    // V8 lets it shrink while there is nothing to do; then it may grow again.
    setGrowthFactor(young < MAX_YOUNG_BYTES ? 2 : 1);
    setGrowingPercent(getHeapStatistics().used_heap_size < SMALL_HEAP_BYTES ? GROWTH_OF_SMALL_HEAP : 0);
  };
  setInterval(look, LOOK_EVERY_MS).unref();
}

/** Sets a flag where its value changes. */
function createFlag(name: string): (value: number) => void {
  let set: number | undefined;
  return (value) => {
    if (value !== set) setFlagsFromString(`${name}=${value}`);
    set = value;
  };
}
