import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { FlattenMap, originalPositionFor, type TraceMap } from "@jridgewell/trace-mapping";

/** A place in a source; line and column count from 1, as stacks count. */
export type OriginalPlace = {
  readonly source: string;
  readonly line: number;
  readonly column: number;
  /** What the source calls what stands there; absent where the map does not say. */
  readonly name?: string;
};

/** Source maps of a folder, each read when a stack first needs it. */
export type SourceMaps = {
  /** Where a place in a bundle comes from; undefined without a map for it, or where two builds' maps fit equally well. */
  find(file: string, line: number, column: number): OriginalPlace | undefined;
};

/** A folder of source maps cannot be read: one sentence says why. */
export class SourceMapsError extends Error {
  override readonly name = "SourceMapsError";
}

const MAX_FILES = 20_000;
const MAX_MAP_BYTES = 256 * 1024 * 1024;
/** Maps kept parsed. */
const MAX_PARSED = 16;
const MAP = /\.map$/;

/** Lists the maps of a folder and of the folders in it. Throws `SourceMapsError` when there is no such folder, or no map in it. */
export function readSourceMaps(directory: string): SourceMaps {
  const byName = Map.groupBy(listMaps(directory), (path) => basename(path).replace(MAP, ""));
  if (byName.size === 0) throw new SourceMapsError(`there is no source map (*.map) in ${directory}`);
  const parsed = new Map<string, TraceMap | undefined>();
  const load = (path: string): TraceMap | undefined => {
    if (!parsed.has(path)) {
      const oldest = parsed.size >= MAX_PARSED ? parsed.keys().next().value : undefined;
      if (oldest !== undefined) parsed.delete(oldest);
      parsed.set(path, parse(join(directory, path)));
    }
    return parsed.get(path);
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

/** The map whose path ends most like the bundle's: builds put bundles of one name into different folders. */
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

/** A map that cannot be read maps nothing: the stack as it came is still the truth. */
function parse(path: string): TraceMap | undefined {
  try {
    return statSync(path).size > MAX_MAP_BYTES ? undefined : new FlattenMap(readFileSync(path, "utf8"));
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
