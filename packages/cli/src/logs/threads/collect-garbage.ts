import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Frees what a thread does not use any more: of several threads each waits with that until its own heap has grown, and what all of them wait
 * with together is a multiple of what they count.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    // V8's own function, which takes no arguments here.
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
