import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { FlattenMap, originalPositionFor, type SourceMapInput, type TraceMap } from "@jridgewell/trace-mapping";

/** A place in a source; line and column count from 1, as stacks count. */
export type OriginalPlace = {
  readonly source: string;
  readonly line: number;
  readonly column: number;
  /** What the source calls what stands there; absent where the map does not say. */
  readonly name?: string;
};

/** The source maps of a folder. Each is read when a stack first needs it. */
export type SourceMaps = {
  /** The source of a place in a bundle; undefined without a map for it, or where the maps of two builds fit equally well. */
  find(file: string, line: number, column: number): OriginalPlace | undefined;
};

/** A folder of source maps cannot be read: one sentence says why. */
export class SourceMapsError extends Error {
  override readonly name = "SourceMapsError";
}

const MAX_FILES = 20_000;
const MIB = 1024 * 1024;

/** How large a map may be, and how much is kept. */
export type SourceMapLimits = {
  /** Most of a map are the sources' own texts, which are read and dropped. */
  readonly fileBytes: number;
  /** The mappings themselves: to decode 4 MiB of them, those of a bundle of about 5 MB, holds the event loop for 0.3 s, once. */
  readonly mappingsLength: number;
  /** How much of the mappings of all maps is kept decoded, which takes some 30 times that memory. */
  readonly keptLength: number;
};

const LIMITS: SourceMapLimits = { fileBytes: 32 * MIB, mappingsLength: 4 * MIB, keptLength: 6 * MIB };
const MAP = /\.map$/;

/**
 * Lists the maps of a folder and of the folders in it. Throws `SourceMapsError` when there is no such folder, or no map in it. A map
 * beyond the limits maps nothing.
 */
export function readSourceMaps(directory: string, limits: SourceMapLimits = LIMITS): SourceMaps {
  const byName = Map.groupBy(listMaps(directory), (path) => basename(path).replace(MAP, ""));
  if (byName.size === 0) throw new SourceMapsError(`there is no source map (*.map) in ${directory}`);
  const kept = new Map<string, Parsed | undefined>();
  const makeRoom = (length: number): void => {
    let total = length + [...kept.values()].reduce((sum, each) => sum + (each?.length ?? 0), 0);
    for (const [oldest, each] of kept) {
      if (total <= limits.keptLength) return;
      kept.delete(oldest);
      total -= each?.length ?? 0;
    }
  };
  const load = (path: string): TraceMap | undefined => {
    if (!kept.has(path)) {
      const parsed = parse(join(directory, path), limits);
      makeRoom(parsed?.length ?? 0);
      kept.set(path, parsed);
    }
    return kept.get(path)?.map;
  };
  return {
    find(file, line, column) {
      const path = chooseMap(file, byName);
      const map = path === undefined ? undefined : load(path);
      return map === undefined ? undefined : findPlace(map, line, column);
    },
  };
}

function listMaps(directory: string): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new SourceMapsError(`cannot read the folder ${directory}: ${code === "ENOENT" ? "there is no such folder" : code}`, {
      cause: error,
    });
  }
  return entries
    .filter((entry) => entry.isFile() && MAP.test(entry.name))
    .slice(0, MAX_FILES)
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}

/** The map whose path has the longest common ending with the bundle's, because builds put bundles of one name into different folders. */
function chooseMap(file: string, byName: ReadonlyMap<string, readonly string[]>): string | undefined {
  const parts = file
    .replace(/[?#].*$/, "")
    .split(/[/\\]/)
    .reverse();
  const candidates = (byName.get(parts[0] ?? "") ?? [])
    .map((path) => ({ path, shared: countShared(parts, path.replace(MAP, "").split(sep).reverse()) }))
    .sort((a, b) => b.shared - a.shared);
  const [best, second] = candidates;
  return best === undefined || best.shared === second?.shared ? undefined : best.path;
}

function countShared(a: readonly string[], b: readonly string[]): number {
  const different = a.findIndex((part, index) => part !== b[index]);
  return different < 0 ? a.length : different;
}

type Parsed = { readonly map: TraceMap; readonly length: number };

/** A map that cannot be read, or is too large, maps nothing: the stack as it came is still the truth. */
function parse(path: string, { fileBytes, mappingsLength }: SourceMapLimits): Parsed | undefined {
  try {
    if (statSync(path).size > fileBytes) return undefined;
    let length = 0;
    const map = JSON.parse(readFileSync(path, "utf8"), (key, value: unknown) => {
      if (key === "mappings") length += typeof value === "string" ? value.length : Infinity;
      return key === "sourcesContent" ? undefined : value;
    }) as SourceMapInput; // what is none, FlattenMap refuses
    return length > mappingsLength ? undefined : { map: new FlattenMap(map), length };
  } catch {
    return undefined;
  }
}

function findPlace(map: TraceMap, line: number, column: number): OriginalPlace | undefined {
  if (!(line >= 1) || !(column >= 1)) return undefined;
  const place = originalPositionFor(map, { line, column: column - 1 });
  if (place.source === null) return undefined;
  return {
    source: toPath(place.source),
    line: place.line,
    column: place.column + 1,
    ...(place.name === null ? {} : { name: place.name }),
  };
}

/** `webpack://shop/./src/cart.ts` is `src/cart.ts` to who wrote it. */
function toPath(source: string): string {
  return source
    .replace(/^[a-z][\w+-]*:\/\/[^/]*\//i, "")
    .replace(/^(?:\.{1,2}\/)+/, "")
    .replace(/\?.*$/, "");
}
