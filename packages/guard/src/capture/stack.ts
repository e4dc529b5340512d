/**
 * Reads the stack of an error. V8 writes a stack as text when it is first read, and to write ten frames costs more than all the rest of a
 * record. Failures of one kind stand in the same frames, so frames are known by their places: for the time of one read
 * `Error.prepareStackTrace` looks at the call sites and, where it knows them, ends the read by a throw. V8 then keeps the stack unwritten,
 * and whoever reads it later gets what they would have got without the guard. See docs/decisions/0042.
 */
import { types } from "node:util";

/** A stack in two parts: `head` repeats type and message, `frames` begins with a line break. */
export type Stack = { readonly head: string; readonly frames: string };

/** Longest stack that is kept, characters. */
export const MAX_STACK = 16_384;
const FIRST_FRAME = "\n    at ";

type Formatter = (error: Error, sites: NodeJS.CallSite[]) => unknown;

/** Call sites have more methods than Node's types say. */
type Site = { getPosition(): number; getScriptNameOrSourceURL(): string | null; getTypeName(): string | null };

/** Where a stack was made, and its frames as they were written the first time. */
type Place = {
  readonly positions: readonly number[];
  readonly scripts: readonly (string | null)[];
  readonly receiver: string | null;
  frames: string | undefined;
};

/** Node's own formatter. Where another one is installed, as source-map-support does, stacks are read as everybody reads them. */
const { prepareStackTrace: nodeFormatter } = Error as { prepareStackTrace?: Formatter };
const isNodeFormatter = nodeFormatter?.name === "ErrorPrepareStackTrace";
const KNOWN = Symbol("a stack whose frames are known");

/** Places by the sum of their positions; of two with one sum the later stays. */
const places = new Map<number, Place>();
const MAX_PLACES = 512;

/** The error that is being read, and the place that its call sites gave. */
let wanted: object | undefined;
let found: Place | undefined;

/** The positions of the stack that is being read: V8 looks each up in a table, so they are asked for once. */
const positions: number[] = [];

/** Reads the positions and sums them up. */
function readPositions(sites: readonly Site[]): number {
  positions.length = sites.length;
  let sum = sites.length;
  for (let at = 0; at < sites.length; at++) {
    const position = (sites[at] as Site).getPosition();
    positions[at] = position;
    sum = (Math.imul(sum, 31) + position) | 0;
  }
  return sum;
}

function isAt(place: Place, sites: readonly Site[]): boolean {
  if (place.frames === undefined || place.positions.length !== sites.length || place.receiver !== sites[0]?.getTypeName()) return false;
  for (let at = 0; at < sites.length; at++) {
    if (positions[at] !== place.positions[at] || (sites[at] as Site).getScriptNameOrSourceURL() !== place.scripts[at]) return false;
  }
  return true;
}

const lookAtSites: Formatter = (error, given) => {
  const sites = given as unknown as readonly Site[];
  if (error !== wanted || sites.length === 0) return nodeFormatter?.(error, given);
  const sum = readPositions(sites);
  found = places.get(sum);
  if (found !== undefined && isAt(found, sites)) throw KNOWN;
  found = {
    positions: positions.slice(),
    scripts: sites.map((site) => site.getScriptNameOrSourceURL()),
    receiver: sites[0]?.getTypeName() ?? null,
    frames: undefined,
  };
  if (places.size >= MAX_PLACES) places.clear();
  places.set(sum, found);
  return nodeFormatter?.(error, given);
};

function readText(error: object): unknown {
  try {
    return (error as { stack?: unknown }).stack;
  } catch (thrown) {
    return thrown === KNOWN ? KNOWN : undefined;
  }
}

/** The stack as text, KNOWN when `found` has its frames, undefined when there is none. */
function readLooking(error: object): unknown {
  found = undefined;
  if (!isNodeFormatter || Error.prepareStackTrace !== nodeFormatter || !types.isNativeError(error)) return readText(error);
  // Where the intrinsics are frozen there is nothing to put in its place.
  if (!Reflect.set(Error, "prepareStackTrace", lookAtSites)) return readText(error);
  wanted = error;
  const text = readText(error);
  wanted = undefined;
  Error.prepareStackTrace = nodeFormatter;
  return text;
}

/** Reads a stack; undefined when there is none. `head` is what it begins with unless the error's class writes another. Never throws. */
export function readStack(error: object, head: string): Stack | undefined {
  const text = readLooking(error);
  const place = found;
  if (text === KNOWN) return { head, frames: place?.frames ?? "" };
  if (typeof text !== "string") return undefined;
  const kept = text.length > MAX_STACK ? text.slice(0, MAX_STACK) : text;
  const at = kept.startsWith(head) && kept.startsWith(FIRST_FRAME, head.length) ? head.length : kept.indexOf(FIRST_FRAME);
  if (at < 0) return { head: kept, frames: "" };
  const frames = kept.slice(at);
  // A head of its own, as Node's errors with a code have it, cannot be told from the call sites.
  if (place !== undefined && at === head.length && kept === text) place.frames = frames;
  return { head: kept.slice(0, at), frames };
}
