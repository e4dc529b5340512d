/** Runs dependency-cruiser over every source folder and fails when a rule is broken or when suspiciously little was read. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { architecture } from "./architecture.ts";

const ROOTS = ["packages", "demo", "tests", "tools", "benchmarks"];
const SOURCE = /\.tsx?$/;
const PASSED_OVER = /(^|\/)(node_modules|dist|results)(\/|$)|^tests\/incidents\/[^/]+\/[^/]+\//;

/** Source files below a folder that the architecture speaks about. */
function listSources(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => SOURCE.test(path) && !PASSED_OVER.test(path));
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const sources = ROOTS.filter((root) => existsSync(root)).flatMap(listSources);
const { forbidden = [], options = {} } = architecture;
const result = await cruise(sources, { ...options, validate: true, ruleSet: { forbidden } });
const { modules, summary } = result.output as ICruiseResult;
const read = modules.filter((module) => SOURCE.test(module.source) && !module.source.includes("node_modules")).length;
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} must not import ${to}`);
if (read < sources.length)
  console.error(`architecture: read ${read} of ${sources.length} source files; the cruiser's parser or resolver is broken`);
if (summary.error > 0 || read < sources.length) process.exitCode = 1;
else console.log(`architecture: ${read} files, no violations`);
