/** Runs one benchmark: `npm run bench -- <area>`; each area is `benchmarks/<area>/bench.ts`. */
import { existsSync, readdirSync } from "node:fs";

const here = new URL(".", import.meta.url);
const areas = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/bench.ts`, here)))
  .map((entry) => entry.name);
const area = process.argv[2];
if (area === undefined || !areas.includes(area)) {
  console.error(`Name one benchmark: ${areas.join(", ")}. For example: npm run bench -- ${areas[0] ?? "decode"}`);
  process.exitCode = 2;
} else await import(new URL(`${area}/bench.ts`, here).href);
