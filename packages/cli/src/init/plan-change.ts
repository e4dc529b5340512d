/**
 * The change that guards an app: one new file that creates the guard, and lines in the entry file. Every inserted line ends in a mark, so that
 * removing them restores the original bytes.
 */
import { dirname, extname, join } from "node:path";
import { anyOf } from "@faultline/model";
import { UsageError } from "../command.ts";
import { type DetectedApp, type Framework, listLocalImports } from "./detect-app.ts";
import { findMemberListening } from "./member-app.ts";

/** Ends every inserted line. */
export const MARK = "// added by faultline init";

/** Lines to insert before line `at` of a file, counted from 0. */
type Insertion = { readonly at: number; readonly lines: readonly string[] };

/** The new file, and the entry file as it will be. Paths are relative to the app's folder. */
export type Change = {
  readonly file: string;
  readonly content: string;
  readonly entry: string;
  readonly changed: string;
  readonly diff: string;
};

type Wiring = {
  readonly from: string;
  readonly names: readonly string[];
  /** Matches the statement that creates the app; its first group is the app's name. */
  readonly creates: RegExp;
  readonly first: (app: string) => readonly string[];
  /** Lines that belong after the routes. */
  readonly last?: (app: string) => readonly string[];
};

/** `const app: Application = ` or, in a class, `this.app = `. */
const DECLARES = String.raw`^[ \t]*(?:(?:export\s+)?(?:const|let|var)\s+|(?=this\.))((?:this\.)?\w+)(?:\s*:[^=\n]+)?\s*=\s*`;
/** The module's function, under its usual names, or as `require("fastify")({ logger: true })`. */
const makes = (name: string): string =>
  String.raw`(?:[${name.charAt(0).toUpperCase()}${name.charAt(0)}]${name.slice(1)}|require\(["']${name}["']\))`;
const WIRINGS: Readonly<Record<Framework, Wiring>> = {
  express: {
    from: "express",
    names: ["guardRequests", "guardErrors"],
    creates: new RegExp(String.raw`${DECLARES}${makes("express")}\(`),
    first: (app) => [`${app}.use(guardRequests(guard));`],
    last: (app) => [`${app}.use(guardErrors(guard));`],
  },
  fastify: {
    from: "fastify",
    names: ["guardFastify"],
    creates: new RegExp(String.raw`${DECLARES}${makes("fastify")}\(`),
    first: (app) => [`${app}.register(guardFastify(guard));`],
  },
  koa: {
    from: "koa",
    names: ["guardKoa"],
    creates: new RegExp(String.raw`${DECLARES}new\s+Koa(?:<[^(]*>)?\(`),
    first: (app) => [`${app}.use(guardKoa(guard));`],
  },
  hono: {
    from: "hono",
    names: ["guardRequests", "guardErrors"],
    creates: new RegExp(String.raw`${DECLARES}new\s+Hono\b`),
    first: (app) => [`${app}.use(guardRequests(guard));`, `${app}.onError(guardErrors(guard));`],
  },
  nest: {
    from: "nest",
    names: ["guardNest"],
    creates: new RegExp(String.raw`${DECLARES}await\s+NestFactory\.create\b`),
    first: (app) => [`guardNest(${app}, guard);`],
  },
};

function marked(line: string): string {
  return `${line} ${MARK}`;
}

/** A line of code without the contents of its strings and without its `//` comment. */
function stripTexts(line: string): string {
  return line.replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '""').replace(/\/\/.*$/, "");
}

/** The line after the statement that begins on `at`: its brackets are balanced there, and the next line does not continue it. */
function findEnd(lines: readonly string[], at: number): number {
  let depth = 0;
  for (let line = at; line < lines.length; line++) {
    const code = stripTexts(lines[line] ?? "");
    if (code.includes("`")) break;
    for (const character of code) {
      if ("([{".includes(character)) depth += 1;
      else if (")]}".includes(character)) depth -= 1;
    }
    if (depth <= 0 && !/[,=]\s*$/.test(code) && !/^\s*[.,?:|&+]/.test(lines[line + 1] ?? "")) return line + 1;
  }
  throw new UsageError(`the end of the statement on line ${at + 1} is not clear; wire the guard by hand as docs/playbook/guard.md shows`);
}

function findOnly(lines: readonly string[], pattern: RegExp, what: string): number {
  const found = lines.flatMap((line, at) => (pattern.test(line) ? [at] : []));
  const [first, second] = found;
  if (first === undefined)
    throw new UsageError(`${what} was not found in the entry file; name another with --entry, or wire the guard by hand`);
  if (second !== undefined)
    throw new UsageError(`${what} stands on lines ${found.map((at) => at + 1).join(" and ")}; wire the guard by hand`);
  return first;
}

const ROUTES = "all|delete|get|on|patch|post|put|register|route|use";

/** Refuses a statement that creates the app and adds routes: a guard after it would come too late for these. */
function refuseChained(statement: readonly string[], at: number): void {
  if (new RegExp(String.raw`\)\s*\.(?:${ROUTES})\(`).test(statement.map(stripTexts).join("\n")))
    throw new UsageError(
      `the statement on line ${at + 1} makes the app and gives it routes at once; put the routes into statements of their own, or wire the guard by hand`,
    );
}

/** The line after the routes: before the app listens, or before it is exported or returned, in the block that creates it. */
function findLast(lines: readonly string[], app: string, created: number): number {
  const indent = indentOf(lines[created]);
  const ends = lines.findIndex((line, at) => at > created && line.trim() !== "" && !line.startsWith(indent));
  const block = lines.slice(0, ends === -1 ? undefined : ends);
  const first = findListening(block, { app, indent, created }) ?? findExport(block, { app, indent, created });
  if (first === undefined)
    throw new UsageError(
      `the place where ${app} begins to listen was not found in the entry file; name another with --entry, or wire the guard by hand`,
    );
  // `get("port")` reads a setting; a route has a handler after its path.
  const routes = new RegExp(String.raw`\b${app}\.(?:all|delete|get(?!\(\s*["'][\w ]+["']\s*\))|patch|post|put|route|use)\(`);
  if (block.slice(first + 1).some((line) => routes.test(line)))
    throw new UsageError(`${app} gets routes after line ${first + 1}, where it begins to listen or is given away; wire the guard by hand`);
  return first;
}

type MadeApp = { readonly app: string; readonly indent: string; readonly created: number };

/** The statement of the app's block in which the app begins to listen: directly, inside a function or an `if`, or through a server. */
function findListening(block: readonly string[], { app, indent, created }: MadeApp): number | undefined {
  const isOwn = (line: string): boolean => line.startsWith(indent) && /^[^\s})]/.test(line.slice(indent.length));
  const isCode = (line: string): boolean => !/^\s*(?:\/\/|\*)/.test(line);
  const findCall = (call: RegExp): number | undefined => {
    const at = block.findIndex((line, index) => index > created && isCode(line) && call.test(line));
    return at === -1 ? undefined : block.findLastIndex((line, index) => index <= at && isOwn(line));
  };
  const listens = findCall(new RegExp(String.raw`\b${app}\.listen\(`));
  if (listens !== undefined && listens > created) {
    const isGivenLater = block
      .slice(listens + 1)
      .some((line) => isOwn(line) && new RegExp(String.raw`^\w+\(\s*${app}\b`).test(line.trim()));
    if (!isGivenLater) return listens;
  }
  const served = block.findIndex((line, at) => at > created && new RegExp(String.raw`createServer\(.*\b${app}\)`).test(line));
  if (served === -1) return undefined;
  const server = /^\s*(?:export\s+)?(?:const|let|var)\s+(\w+)/.exec(block[served] ?? "")?.[1];
  return (server === undefined ? undefined : findCall(new RegExp(String.raw`\b${server}\.listen\(`))) ?? served;
}

/** Where the app is exported or returned; for an app that is exported where it is created, the end of the file. */
function findExport(block: readonly string[], { app, indent, created }: MadeApp): number | undefined {
  const exported = anyOf(
    String.raw`export default ${app}\b`,
    String.raw`(?:module\.)?exports(?:\.\w+)?\s*=\s*(?:\{[^}]*\b)?${app}\b`,
    String.raw`export\s*\{[^}]*\b${app}\b`,
    String.raw`return\s+(?:\{[^}]*\b)?${app}\b`,
  );
  const gives = new RegExp(`^${indent}${exported}`);
  const first = block.findIndex((line, at) => at > created && gives.test(line));
  if (first !== -1) return first;
  return /^\s*export\s/.test(block[created] ?? "") ? block.findLastIndex((line) => line.trim() !== "") + 1 : undefined;
}

function indentOf(line: string | undefined): string {
  return /^[ \t]*/.exec(line ?? "")?.[0] ?? "";
}

function planLast(
  lines: readonly string[],
  { name, created }: { readonly name: string; readonly created: number },
  added: readonly string[],
): Insertion {
  const isMember = name.startsWith("this.");
  const at = isMember ? findMemberListening(lines, name, created) : findLast(lines, name, created);
  const indent = indentOf(lines[isMember ? at : created]);
  return { at, lines: added.map((line) => marked(indent + line)) };
}

function afterImports(lines: readonly string[]): number {
  const last = lines.findLastIndex((line) =>
    /^(?:import\b.*(?:["'];?)$|\}\s*from\s*["']|(?:const|let|var)\s.*=\s*require\()/.test(line.trimEnd()),
  );
  const start = lines[0]?.startsWith("#!") === true ? 1 : 0;
  return last === -1 ? start : findEnd(lines, last);
}

function insert(lines: readonly string[], insertions: readonly Insertion[]): { changed: string[]; diff: string[] } {
  const changed: string[] = [];
  const diff: string[] = [];
  for (let at = 0; at <= lines.length; at++) {
    const added = insertions.filter((each) => each.at === at).flatMap((each) => each.lines);
    if (added.length > 0)
      diff.push(`@@ line ${at + 1} @@`, ...(at > 0 ? [`  ${lines[at - 1] ?? ""}`] : []), ...added.map((line) => `+ ${line}`));
    changed.push(...added);
    if (at < lines.length) changed.push(lines[at] ?? "");
  }
  return { changed, diff };
}

/** The extension with which the app imports its own files: as its other imports do, otherwise as its compiler wants it. Type stripping wants the real file name. */
function findEnding({ entry, isTypeScript, compiledTo }: DetectedApp, source: string): string {
  const extension = extname(entry);
  const built = extension.replace("t", "j");
  if (!isTypeScript) return extension;
  const [other] = listLocalImports(source).filter((name) => !/\.(?:json|node|wasm)$/.test(name));
  if (other !== undefined) return /\.[cm]?ts$/.test(other) ? extension : /\.[cm]?js$/.test(other) ? built : "";
  return compiledTo === undefined ? extension : compiledTo === "esm" ? built : "";
}

function writeGuardFile({ modules, service }: DetectedApp): string[] {
  const create = `createGuard({ service: ${JSON.stringify(service)} });`;
  return modules === "esm"
    ? [
        marked('import { createGuard } from "@faultline/guard";'),
        "",
        "/** One guard for the service. */",
        `export const guard = ${create}`,
        "",
      ]
    : [
        marked('const { createGuard } = require("@faultline/guard");'),
        "",
        "/** One guard for the service. */",
        `exports.guard = ${create}`,
        "",
      ];
}

/** True for a file with the statement that creates the framework's app. */
export function makesApp(framework: Framework, source: string): boolean {
  return source.split(/\r?\n/).some((line) => WIRINGS[framework].creates.test(line));
}

/** Plans the change without making it. Throws a UsageError where the code leaves a doubt. */
export function planChange(app: DetectedApp, source: string): Change {
  const newline = source.includes("\r\n") ? "\r\n" : "\n";
  const lines = source.split(newline);
  const wiring = WIRINGS[app.framework];
  const created = findOnly(lines, wiring.creates, `the statement that makes the ${app.framework} app`);
  const name = wiring.creates.exec(lines[created] ?? "")?.[1] ?? "app";
  const indent = indentOf(lines[created]);
  const end = findEnd(lines, created);
  refuseChained(lines.slice(created, end), created);
  const extension = extname(app.entry);
  const guardName = `faultline${extension}`;
  const specifier = `./faultline${findEnding(app, source)}`;
  const names = wiring.names.join(", ");
  const imports =
    app.modules === "esm"
      ? [`import { ${names} } from "@faultline/guard/${wiring.from}";`, `import { guard } from "${specifier}";`]
      : [`const { ${names} } = require("@faultline/guard/${wiring.from}");`, `const { guard } = require("${specifier}");`];
  const last = wiring.last === undefined ? [] : [planLast(lines, { name, created }, wiring.last(name))];
  const insertions: Insertion[] = [
    { at: Math.min(afterImports(lines), created), lines: imports.map(marked) },
    { at: end, lines: wiring.first(name).map((line) => marked(indent + line)) },
    ...last,
  ];
  const { changed, diff } = insert(lines, insertions);
  const file = join(dirname(app.entry), guardName);
  const content = writeGuardFile(app).join(newline);
  const shown = [
    `--- ${app.entry}`,
    ...diff,
    `--- ${file} (new)`,
    ...content
      .trimEnd()
      .split(newline)
      .map((line) => `+ ${line}`),
  ];
  return { file, content, entry: app.entry, changed: changed.join(newline), diff: `${shown.join("\n")}\n` };
}

/** The source without the inserted lines; undefined when there are none. */
export function takeOut(source: string): string | undefined {
  const newline = source.includes("\r\n") ? "\r\n" : "\n";
  const lines = source.split(newline);
  const kept = lines.filter((line) => !line.endsWith(MARK));
  return kept.length === lines.length ? undefined : kept.join(newline);
}
