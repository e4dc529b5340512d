import type { OriginalPlace, SourceMaps } from "./read-source-maps.ts";

/** Lines read at most, as much as of any stack. */
const MAX_LINES = 400;
/** `    at name (file:line:column)` or `    at file:line:column`, as V8 prints it. */
const V8 = /^(\s*at (?:async )?)(?:(.*?) \()?([^()]+?):(\d+):(\d+)\)?\s*$/;
/** `name@file:line:column`, as Firefox and Safari print it. */
const AT_SIGN = /^([^@\s]*)@(\S+?):(\d+):(\d+)$/;
/** A minifier gives functions names of one or two letters; a longer name is kept. */
const MINIFIED = /^(?:(?:async |new |Object\.|Module\.|[\w$]{1,2}\.)*[\w$]{1,2}|<anonymous>|)$/;

type Place = { readonly head: string; readonly name: string; readonly file: string; readonly line: number; readonly column: number };

/**
 * Rewrites a JavaScript stack with the places in the sources from which its bundles were made. Frames without a map, and stacks of
 * other languages, stay as they are.
 */
export function mapStack(stack: string, maps: SourceMaps): string {
  const lines = stack.split("\n");
  const places = lines.slice(0, MAX_LINES).map(readPlace);
  const found = places.map((place) => (place === undefined ? undefined : maps.find(place.file, place.line, place.column)));
  if (!found.some((original) => original !== undefined)) return stack;
  return lines.map((line, index) => rewrite(line, { place: places[index], original: found[index], caller: found[index + 1] })).join("\n");
}

function readPlace(line: string): Place | undefined {
  const v8 = V8.exec(line);
  if (v8 !== null) return { head: v8[1] ?? "", name: v8[2] ?? "", file: v8[3] ?? "", line: Number(v8[4]), column: Number(v8[5]) };
  const other = AT_SIGN.exec(line);
  if (other === null) return undefined;
  return { head: "", name: other[1] ?? "", file: other[2] ?? "", line: Number(other[3]), column: Number(other[4]) };
}

type Frame = {
  readonly place: Place | undefined;
  readonly original: OriginalPlace | undefined;
  readonly caller: OriginalPlace | undefined;
};

/** A map gives the name at a place. At the place of a call that is the function being called, which belongs to the frame above. */
function rewrite(line: string, { place, original, caller }: Frame): string {
  if (place === undefined || original === undefined) return line;
  const name = MINIFIED.test(place.name) ? (caller?.name ?? place.name) : place.name;
  const where = `${original.source}:${original.line}:${original.column}`;
  if (place.head === "") return `${name}@${where}`;
  return name === "" ? `${place.head}${where}` : `${place.head}${name} (${where})`;
}
