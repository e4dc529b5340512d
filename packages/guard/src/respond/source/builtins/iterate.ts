/** What can be gone through. */
import { fromReal, makeThing, thingOf, type Value } from "../run/values.ts";

const MAX_LENGTH = 10_000;
const MAX_ITEMS = 1000;

/** The elements of what can be gone through; undefined where nobody knows them, null where it is no list. */
export function iterate(of: Value): readonly Value[] | undefined | null {
  const thing = thingOf(of);
  if (!thing) {
    if (typeof of.data !== "string") return null;
    return Array.from(of.data.slice(0, MAX_LENGTH), (data) => ({ data, source: of.source }));
  }
  if (thing.items) return thing.isOpen ? undefined : thing.items;
  if (thing.entries && thing.isOpen) return undefined;
  if (thing.entries && thing.isSet) return [...thing.entries.values()].map(({ key }) => key);
  if (thing.entries)
    return [...thing.entries.values()].map(({ key, value }) => ({ data: makeThing({ items: [key, value] }), source: undefined }));
  if (thing.host || thing.isOpen || thing.base || thing.native) return undefined;
  if (!thing.real) return null;
  if (!(Symbol.iterator in thing.real)) return null;
  const list: Value[] = [];
  for (const each of thing.real as Iterable<unknown>) if (list.push(fromReal(each, thing.source)) >= MAX_ITEMS) break;
  return list;
}
