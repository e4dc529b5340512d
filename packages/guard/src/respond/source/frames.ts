/** The frames of a stack, and the scripts that they stand in: local files of the app alone, kept only while nobody needs the memory. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseScript } from "./parse/parse-script.ts";
import type { ScriptTree } from "./parse/syntax.ts";
import { scanTokens, type Token } from "./parse/tokens.ts";

/** A frame of the app, of a framework that hands requests on, of another package, of Node, or of the language itself (`native`). */
export type Frame =
  | { readonly kind: "app"; readonly file: string; readonly line: number; readonly column: number; readonly isAsync: boolean }
  | { readonly kind: "framework"; readonly isAsync: boolean }
  | { readonly kind: "package" | "node" | "native" };

/** Where a frame stands: a script, and a token in it. */
export type Site = { readonly tree: ScriptTree; readonly tokens: readonly Token[]; readonly at: number; readonly file: string };

/** What was read of a file. */
type Script = ScriptTree;

const POSITION = /(?:^|[( ])((?:file:|\/|\w:[\\/])[^()]*):(\d+):(\d+)\)?$/;
/** A package by whose name everybody knows that it serves requests, or hands them on. */
const FRAMEWORK = /^.@?[\w-]*.?[\w-]*(?:express|route|fastify|koa|hono|ne[sx]t|faultline)/;
const MAX_FRAMES = 16;
/** A longer one is no file's: the expressions would go through it again and again. */
const MAX_FRAME = 1000;
const MAX_SCRIPT_BYTES = 1 << 20;

function readFrame(text: string): Frame {
  // What was made of a text while the app ran is in no file.
  if (text.length > MAX_FRAME || text.includes("eval at")) return { kind: "package" };
  const [, file, line, column] = POSITION.exec(text) ?? [];
  if (file === undefined) return { kind: text.includes("<anon") ? "native" : /(?:^|\()node:/.test(text) ? "node" : "package" };
  const isAsync = text.startsWith("async ");
  const packages = file.split("node_modules");
  if (packages.length > 1 || file.includes("?"))
    return FRAMEWORK.test(packages.at(-1) ?? "") ? { kind: "framework", isAsync } : { kind: "package" };
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  return { kind: "app", file: path, line: Number(line), column: Number(column), isAsync };
}

/** The frames of a stack, the innermost first. What is inside of Node may have thrown; else it goes on with what was waited for, and is no caller of anything. */
export function readFrames(frames: string): readonly Frame[] {
  const lines = frames
    .split("\n")
    .filter((line, at) => line.startsWith("    at ") && (at < 2 || !/\(node:internal\/|async Promise/.test(line)));
  return lines.slice(0, MAX_FRAMES).map((line) => readFrame(line.slice("    at ".length)));
}

/** What was read of files as they stood there: many places of one script may fail one after another. */
const kept = new Map<string, WeakRef<Script>>();
const MAX_KEPT = 64;

/** Below zero where a script has no such line. */
function findOffset(text: string, line: number, column: number): number {
  let end = -1;
  for (let passed = 1; passed < line; passed++) {
    end = text.indexOf("\n", end + 1);
    if (end < 0) return end;
  }
  return end + column;
}

/** Reads the scripts of a stack for the time of one proof. */
export class Scripts {
  readonly frames: readonly Frame[];
  readonly #read: Record<string, Script | false> = {};
  readonly #sites: (Site | undefined)[] = [];

  constructor(frames: readonly Frame[]) {
    this.frames = frames;
  }

  #readScript(file: string): Script | false {
    const found = statSync(file);
    // To read a pipe or a device may never end, and files of the system have no size.
    if (!found.isFile() || found.size > MAX_SCRIPT_BYTES || !found.size) return false;
    const key = `${file} ${found.mtimeMs} ${found.size}`;
    const known = kept.get(key)?.deref();
    if (known) return known;
    const text = readFileSync(file, "utf8");
    const tokens = scanTokens(text);
    if (!tokens) return false;
    const script = parseScript(text, file, tokens);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, new WeakRef(script));
    return script;
  }

  /** The script of the app that another one imports by a path; undefined where it is none, or cannot be read. */
  openTree(file: string, from: string): Script | undefined {
    if (!from.startsWith(".")) return undefined;
    const path = ["", ".js", ".ts", ".cjs", ".mjs", "/index.js", "/index.ts"]
      .map((end) => resolve(dirname(file), from) + end)
      .find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
    return path === undefined ? undefined : (this.#read[path] ??= this.#readScript(path)) || undefined;
  }

  /** Where a frame stands; undefined where its script cannot be read. It is asked over and over, and looked for once. */
  find(frame: number): Site | undefined {
    return (this.#sites[frame] ??= this.#locate(frame));
  }

  #locate(frame: number): Site | undefined {
    const found = this.frames[frame];
    if (found?.kind !== "app") return undefined;
    const { file, line, column } = found;
    const script = (this.#read[file] ??= this.#readScript(file));
    if (!script) return undefined;
    const offset = findOffset(script.text, line, column);
    const at = script.tokens.findLastIndex(({ start }) => start <= offset);
    const token = script.tokens[at];
    if (!token || offset >= token.start + token.text.length) return undefined;
    return { tree: script, tokens: script.tokens, at, file };
  }
}
