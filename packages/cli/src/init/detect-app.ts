/** Detects what kind of app a folder holds: its framework, its entry file and its module system. Whatever is uncertain is refused with a sentence. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { UsageError } from "../command.ts";

/** A framework that `faultline init` can wire by itself. */
export type Framework = "express" | "fastify" | "koa" | "hono" | "nest";

/** An app, ready to be changed. Paths are relative to the folder. */
export type DetectedApp = {
  readonly framework: Framework;
  readonly entry: string;
  readonly modules: "esm" | "cjs";
  readonly isTypeScript: boolean;
  /** The module system that the TypeScript compiler emits; absent where TypeScript runs uncompiled. */
  readonly compiledTo?: "esm" | "cjs";
  readonly service: string;
};

/** What the user named, so that it need not be detected. */
export type Said = { readonly framework?: string | undefined; readonly entry?: string | undefined; readonly service?: string | undefined };

type Manifest = {
  readonly name?: string;
  readonly type?: string;
  readonly main?: string;
  readonly workspaces?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
};

/** Packages, those first that bring others along: NestJS depends on Express or Fastify. */
const PACKAGES: readonly (readonly [name: string, framework: Framework])[] = [
  ["@nestjs/core", "nest"],
  ["express", "express"],
  ["fastify", "fastify"],
  ["koa", "koa"],
  ["hono", "hono"],
];
const USUAL_ENTRIES = ["src/main", "src/index", "src/server", "src/app", "main", "index", "server", "app"];
const EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

function readManifest(folder: string): Manifest {
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw new UsageError(`there is no package.json in ${folder}; run it in the app's folder or name one with --dir`);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
}

function findFramework(manifest: Manifest, said: string | undefined, isWorkspace: boolean): Framework {
  const known = PACKAGES.map(([, framework]) => framework);
  if (said !== undefined) {
    const framework = known.find((each) => each === said);
    if (framework === undefined) throw new UsageError(`--framework is one of ${known.join(", ")}; got "${said}"`);
    return framework;
  }
  const dependencies = manifest.dependencies ?? {};
  if ("next" in dependencies) {
    throw new UsageError("Next.js has no one place for all route handlers: wrap each with guardRoute from @faultline/guard/next");
  }
  const found = PACKAGES.filter(([name]) => name in dependencies).map(([, framework]) => framework);
  const [first, second] = found;
  if (first === undefined && isWorkspace)
    throw new UsageError("this is the root of a workspace, and serves nothing itself; name the app's own folder with --dir");
  if (first === undefined) {
    const others = "a handler of node:http or fetch is wrapped by hand (docs/playbook/guard.md)";
    throw new UsageError(`package.json depends on none of ${known.join(", ")}; name one with --framework; ${others}`);
  }
  if (second !== undefined && first !== "nest") {
    throw new UsageError(`package.json depends on ${found.join(" and ")}; say which one serves with --framework`);
  }
  return first;
}

/** The app's own files that a file imports, as written there. */
export function listLocalImports(source: string): readonly string[] {
  return [...source.matchAll(/(?:\bfrom\s+|\brequire\(\s*|^\s*import\s+|\bimport\(\s*)["'](\.{1,2}\/[^"']+)["']/gm)].map(
    ([, name = ""]) => name,
  );
}

type MakesApp = (framework: Framework, source: string) => boolean;
type Place = { readonly folder: string; readonly framework: Framework; readonly makesApp: MakesApp };

/** The file that creates the app: the one that is started, or the only one of its imports that does. */
function findMaker(started: string, { folder, framework, makesApp }: Place): string {
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const source = read(started);
  if (makesApp(framework, source)) return started;
  const imported = listLocalImports(source).flatMap((name) => findFile(folder, join(dirname(started), name)));
  const [maker, second] = [...new Set(imported)].filter((file) => makesApp(framework, read(file)));
  return maker === undefined || second !== undefined ? started : maker;
}

/** The file that an import refers to: as written, as TypeScript, or with the omitted extension or index file. */
function findFile(folder: string, path: string): readonly string[] {
  const bare = path.replace(/\.[cm]?js$/, "");
  const tried = [path, ...EXTENSIONS.flatMap((extension) => [bare + extension, path + extension, join(path, `index${extension}`)])];
  return tried.filter((file) => /\.[cm]?[jt]s$/.test(file) && existsSync(join(folder, file))).slice(0, 1);
}

/** The file that `npm start` runs, that `main` names, or the only one with a usual name that creates an app. */
function findEntry(manifest: Manifest, said: string | undefined, place: Place): string {
  const { folder, framework, makesApp } = place;
  const isThere = (file: string): boolean => existsSync(join(folder, file));
  if (said !== undefined) {
    if (isThere(said)) return said;
    throw new UsageError(`there is no file ${said} in ${folder}`);
  }
  const started = /\bnode\s+(?:-\S+\s+)*(\S+\.[cm]?[jt]s)\b/.exec(manifest.scripts?.["start"] ?? "")?.[1];
  const built = [started ?? "", manifest.main ?? ""].find((file) => file !== "" && isThere(file));
  if (built !== undefined && !/^(?:\.\/)?(?:dist|build|out|lib)\//.test(built)) return findMaker(built, place);
  const usual = USUAL_ENTRIES.flatMap((name) => EXTENSIONS.map((extension) => name + extension)).filter(isThere);
  const makers = usual.filter((file) => makesApp(framework, readFileSync(join(folder, file), "utf8")));
  const [first, second] = makers.length === 1 ? makers : usual;
  if (first === undefined && built !== undefined)
    throw new UsageError(`package.json starts ${built}, which is built; name the file it is built from with --entry FILE`);
  if (first === undefined) throw new UsageError("no entry file was found; name it with --entry FILE");
  if (second !== undefined) throw new UsageError(`the entry may be ${usual.slice(0, 4).join(" or ")}; name it with --entry FILE`);
  return findMaker(first, place);
}

/** The module system that the TypeScript compiler emits; undefined where the settings say that it emits nothing, or where there are none. */
function findCompiled(folder: string, manifest: Manifest): { readonly compiledTo?: "esm" | "cjs" } {
  const settings = join(folder, "tsconfig.json");
  if (!existsSync(settings)) return {};
  const isAsIs = /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(readFileSync(settings, "utf8"));
  return isAsIs ? {} : { compiledTo: manifest.type === "module" ? "esm" : "cjs" };
}

/** Detects the app. Throws a UsageError that says what to name where it cannot be sure. */
export function detectApp(folder: string, said: Said, makesApp: MakesApp): DetectedApp {
  const manifest = readManifest(folder);
  const isWorkspace = manifest.workspaces !== undefined || existsSync(join(folder, "pnpm-workspace.yaml"));
  const framework = findFramework(manifest, said.framework, isWorkspace);
  const entry = findEntry(manifest, said.entry, { folder, framework, makesApp });
  const extension = extname(entry);
  const text = readFileSync(join(folder, entry), "utf8");
  const hasImports = /^\s*(?:import\s|export\s)/m.test(text);
  const isTypeScript = extension.endsWith("ts");
  const isEsm = extension.startsWith(".m") || (!extension.startsWith(".c") && (isTypeScript ? hasImports : manifest.type === "module"));
  return {
    framework,
    entry,
    modules: isEsm ? "esm" : "cjs",
    isTypeScript,
    ...findCompiled(folder, manifest),
    service: said.service ?? (manifest.name ?? basename(folder)).replace(/^@[^/]*\//, ""),
  };
}
