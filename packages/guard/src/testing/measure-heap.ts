/** For tests of what is kept alive: the heap without what nobody can reach any more. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** One mebibyte. */
export const MIB: number = 1 << 20;

/** Collects garbage and says how many bytes of the heap are in use. */
export function measureHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
