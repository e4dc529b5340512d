import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Frees a thread's unused memory. Otherwise each thread would wait until its own heap has grown, and together they would hold several times
 * as much as they count.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    // The function is V8's own, and takes no arguments here.
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
