/** Which functions of the app a stack says to have run, and who called the first of them. */
import type { Exchange } from "../../exchange.ts";
import { OF_PACKAGES, OF_THE_APP } from "./claim.ts";
import { codesAround } from "./names/codes-around.ts";
import { type Frame, readFrames, Scripts } from "./frames.ts";
import type { Step } from "./run/replay.ts";

/** What was read of the scripts for one stack: the frames that are run again, and what calls the first of them. */
export type Origin = {
  readonly plan: readonly Step[];
  readonly modules: Scripts;
  /** Has something above the app's frame thrown it? */
  readonly isThrownAbove: boolean;
  readonly called: Frame | undefined;
};

const MAX_STACKS = 256;

/** What became of each kind of words with each stack; all are let go when there are too many. */
const origins = new Map<string, WeakRef<Origin> | undefined>();

/** Does a condition stand before the place that threw? What is thrown without one is not thrown for what the request says, and need not be run again. */
function hasCondition({ code, at }: Step): boolean {
  return code.script.tokens.slice(code.from, at).some(({ text }) => text === "if");
}

function readOrigin(kind: number, stack: string): Origin | undefined {
  const frames = readFrames(stack);
  const scripts = new Scripts(frames);
  // The innermost frame must be the app's, with nothing but Node, the language and a framework above it.
  const first = frames.findIndex((frame) => frame.kind === "app" || (frame.kind === "package" && kind !== OF_PACKAGES));
  const plan: Step[] = [];
  let last = first;
  for (let at = first; at >= 0 && at < frames.length; at++) {
    // What a framework calls, it gives the request.
    if (frames[at]?.kind === "framework" && at > first && plan.length > 0) break;
    if (frames[at]?.kind !== "app") continue;
    const site = scripts.find(at);
    const code = site && codesAround(site.tree, site.at)[0];
    if (!site || !code) {
      if (at === first) return undefined;
      break;
    }
    last = at;
    plan.unshift({ code, at: site.at, isAsync: (frames[at] as { isAsync: boolean }).isAsync });
  }
  if (plan.length === 0 || frames[first]?.kind !== "app") return undefined;
  if (kind === OF_THE_APP && !hasCondition(plan.at(-1) as Step)) return undefined;
  const called = frames.slice(last + 1).find(({ kind }) => kind !== "node" && kind !== "native");
  return { plan, modules: scripts, isThrownAbove: first > 0, called };
}

/** The same, read once for each stack and kind of words; undefined where nothing of the app can be run again. */
export function findOrigin(kind: number, { accounts }: Exchange): Origin | undefined {
  const stack = accounts[0]?.stack?.frames ?? "";
  const key = kind + stack;
  const known = origins.get(key)?.deref();
  if (known || (origins.has(key) && origins.get(key) === undefined)) return known;
  if (origins.size >= MAX_STACKS) origins.clear();
  // A script that is gone, or that cannot be read, is not tried again.
  origins.set(key, undefined);
  const origin = readOrigin(kind, stack);
  if (origin) origins.set(key, new WeakRef(origin));
  return origin;
}
