import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Both halves of it; V8 alone would let it grow to 64 MiB. */
const MAX_BYTES = 8 << 20;
const LOOK_EVERY_MS = 100;

/**
 * Keeps the space for new objects of this process at 8 MiB. Bodies lie outside the heap, are garbage as soon as they are answered, and
 * go only when that space is collected: with 64 MiB of it so many wait that V8 collects the old objects, too, several times a second.
 * V8 reads the factor whenever the space would grow, so that it can be set at any time; `--max-semi-space-size`, which says the same,
 * is read only when the process starts.
 */
export function holdYoungGeneration(): void {
  let factor = 2;
  const look = (): void => {
    const bytes = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
    // V8 lets it shrink while there is nothing to do; then it may grow again.
    const wanted = bytes < MAX_BYTES ? 2 : 1;
    if (wanted !== factor) setFlagsFromString(`--semi-space-growth-factor=${wanted}`);
    factor = wanted;
  };
  setInterval(look, LOOK_EVERY_MS).unref();
}
