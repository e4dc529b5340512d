/** Versions behind an API's name: `/api/2.0/clusters/list` and `/api/2.1/jobs/list` lead to what is their own; ids behind one lead to the same. */
import { countWord, type Joined, listChildren, listKeys } from "./place.ts";

/** No API answers in more versions; more short numbers at one place are values. */
const MAX_VERSIONS = 4;
/** A version returns. */
const LEAST_LINES = 3;
/** So much of what stands behind several versions stands behind one alone. */
const OWN = 0.5;

/** Of short numbers at a place those that are values: at the start of a path if they are many, behind an API's name if they also lead to the same. */
export function listFalseVersions<T>(nodes: Joined<T>, versions: readonly string[], isStart: boolean): readonly string[] {
  if (versions.length > MAX_VERSIONS) return versions;
  if (isStart) return [];
  const isRequested = versions.some((version) => listChildren(nodes, version).some(({ leaf }) => leaf !== undefined));
  const isRare = versions.some((version) => countWord(nodes, version) < LEAST_LINES);
  return isRequested || isRare || !leadToTheirOwn(nodes, versions) ? versions : [];
}

/** True where half of the lines behind versions or more are of segments that stand behind one of them alone. */
function leadToTheirOwn<T>(nodes: Joined<T>, versions: readonly string[]): boolean {
  const behind = new Map<string, { readonly lines: number; readonly versions: number }>();
  for (const version of versions) {
    const children = listChildren(nodes, version);
    for (const key of listKeys(children)) {
      const known = behind.get(key) ?? { lines: 0, versions: 0 };
      behind.set(key, { lines: known.lines + countWord(children, key), versions: known.versions + 1 });
    }
  }
  let own = 0;
  let all = 0;
  for (const each of behind.values()) {
    all += each.lines;
    if (each.versions === 1) own += each.lines;
  }
  return own >= all * OWN;
}
