/**
 * Reads the stack of an error. V8 formats a stack as text when it is first read, and formatting ten frames costs more than the whole rest of a
 * record. Failures of one kind have the same frames, so frames are remembered by their call sites: for the duration of one read
 * `Error.prepareStackTrace` looks at the call sites and, if it knows them all, returns the text that was formatted for them before. That text
 * becomes the stack of the error, so it must not differ from Node's own by a letter. See docs/decisions/0042 and 0090.
 */
import { types } from "node:util";

/** A stack in two parts: `head` repeats type and message, `frames` begins with a line break. */
export type Stack = { readonly head: string; readonly frames: string };

/** The longest stack that is kept, in characters. */
export const MAX_STACK = 16_384;
const FIRST_FRAME = "\n    at ";

type Formatter = (error: Error, sites: NodeJS.CallSite[]) => unknown;

/** Call sites have more methods than Node's types say. */
type Site = {
  getPosition(): number;
  getScriptNameOrSourceURL(): string | null;
  getFunctionName(): string | null;
  getTypeName(): string | null;
  toString(): string;
};

/** What the text of a frame is made of. For a frame without a script, which has no position either, `name` is the whole text. */
type Frame = {
  readonly position: number;
  readonly script: string | null;
  readonly name: string | null;
  readonly receiver: string | null;
};

/** The call sites of a stack, and its frames as they were formatted the first time. */
type Place = { readonly known: readonly Frame[]; frames: string | undefined };

/** Node's own formatter. If another one is installed, as by source-map-support, stacks are read in the ordinary way. */
const { prepareStackTrace: nodeFormatter } = Error as { prepareStackTrace?: Formatter };
const isNodeFormatter = nodeFormatter?.name === "ErrorPrepareStackTrace";
// oxlint-disable-next-line typescript/unbound-method -- kept as it is now, whatever the host puts in its place; called with an error as `this`
const writeHead = Error.prototype.toString;

/** Places by the sum of their positions; of two with the same sum, the later one stays. */
const places = new Map<number, Place>();
const MAX_PLACES = 512;

/** The error that is being read, the place that its call sites led to, and the head above the frames if these were known. */
let wanted: object | undefined;
let found: Place | undefined;
let knownHead: string | undefined;

/** The positions of the stack that is being read. V8 looks each one up in a table, so they are requested once. */
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

function readName(site: Site, script: string | null): string | null {
  return script === null ? site.toString() : site.getFunctionName();
}

function isAt({ known }: Place, sites: readonly Site[]): boolean {
  if (known.length !== sites.length) return false;
  for (let at = 0; at < sites.length; at++) {
    const site = sites[at] as Site;
    const frame = known[at] as Frame;
    if (positions[at] !== frame.position || site.getScriptNameOrSourceURL() !== frame.script) return false;
    if (readName(site, frame.script) !== frame.name || site.getTypeName() !== frame.receiver) return false;
  }
  return true;
}

function findPlace(sites: readonly Site[]): Place {
  const sum = readPositions(sites);
  const place = places.get(sum);
  if (place !== undefined && isAt(place, sites)) return place;
  const known = sites.map((site, at) => {
    const script = site.getScriptNameOrSourceURL();
    return { position: positions[at] as number, script, name: readName(site, script), receiver: site.getTypeName() };
  });
  const made: Place = { known, frames: undefined };
  if (places.size >= MAX_PLACES) places.clear();
  places.set(sum, made);
  return made;
}

const lookAtSites: Formatter = (error, given) => {
  const sites = given as unknown as readonly Site[];
  if (error !== wanted || sites.length === 0) return nodeFormatter?.(error, given);
  found = findPlace(sites);
  if (found.frames === undefined) return nodeFormatter?.(error, given);
  const head = Reflect.apply(writeHead, error, []);
  knownHead = head;
  return head + found.frames;
};

function readText(error: object): unknown {
  try {
    return (error as { stack?: unknown }).stack;
  } catch {
    return undefined;
  }
}

/** The stack as text, undefined when there is none. */
function readLooking(error: object): unknown {
  found = undefined;
  knownHead = undefined;
  if (!isNodeFormatter || Error.prepareStackTrace !== nodeFormatter || !types.isNativeError(error)) return readText(error);
  try {
    Error.prepareStackTrace = lookAtSites;
  } catch {
    // With frozen intrinsics the formatter cannot be replaced.
    return readText(error);
  }
  wanted = error;
  const text = readText(error);
  wanted = undefined;
  Error.prepareStackTrace = nodeFormatter;
  return text;
}

/** Reads a stack; undefined when there is none. `head` is its expected beginning, unless the error's class writes another. Never throws. */
export function readStack(error: object, head: string): Stack | undefined {
  const text = readLooking(error);
  if (typeof text !== "string") return undefined;
  const place = found;
  const isShort = text.length <= MAX_STACK;
  if (isShort && knownHead !== undefined && place?.frames !== undefined) return { head: knownHead, frames: place.frames };
  const kept = text.slice(0, MAX_STACK);
  const at = kept.startsWith(head) && kept.startsWith(FIRST_FRAME, head.length) ? head.length : kept.indexOf(FIRST_FRAME);
  if (at < 0) return { head: kept, frames: "" };
  const frames = kept.slice(at);
  // A custom head cannot be derived from the call sites.
  if (place !== undefined && at === head.length && isShort) place.frames = frames;
  return { head: kept.slice(0, at), frames };
}
