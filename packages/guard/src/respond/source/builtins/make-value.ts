/** Values of which the language's own functions are made. */
import type { Replay } from "../run/replay.ts";
import { type Native, OWN, sourceOf, UNKNOWN, type Value } from "../run/values.ts";

/** A function of the language's. */
export const native = (replay: Replay, run: Native): Value => replay.make({ native: run, isOpen: false });

/** A list with these elements; an open one may have any. */
export const list = (replay: Replay, items: readonly Value[], isOpen = false): Value => replay.make({ items: [...items], isOpen });

/** What comes of something that nobody knows: it may be the request's where that is. */
export const unknownOf = (of: Value | undefined): Value => (of && (sourceOf(of) || of === UNKNOWN) ? UNKNOWN : OWN);
