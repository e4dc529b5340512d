/**
 * A framework's own test suite, bare and with every app of it guarded: which tests fail only with the guard?
 *
 * `npm run bench -- framework-suites fastify [--in FOLDER] [--only TEXT]`: Fastify ships its tests in its npm package. A file that needs a
 * missing package is not run; FOLDER may be any folder in which `fastify` and its development dependencies are installed.
 *
 * `npm run bench -- framework-suites express --in FOLDER`: Express's npm package has no tests, but its sources do (Debian's source package
 * `node-express` of 4.18.2, for example). FOLDER holds their `test` and `examples`, `index.js` with `module.exports = require("express")`, `lib` as a
 * link to `node_modules/express/lib`, and, installed, `express` and the development dependencies. Tests of another version fail bare as well.
 */
import { parseArgs } from "node:util";
import { recordResult } from "../record.ts";
import { createExpressSuite } from "./express-suite.ts";
import { createFastifySuite } from "./fastify-suite.ts";
import type { Suite } from "./suite.ts";

const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  options: { in: { type: "string" }, only: { type: "string" } },
  allowPositionals: true,
});

const SUITES: Readonly<Record<string, (folder: string | undefined, only: string) => Suite>> = {
  fastify: createFastifySuite,
  express: createExpressSuite,
};
const [framework = "fastify"] = positionals;
const createSuite = SUITES[framework];
if (createSuite === undefined) throw new Error(`Name one of ${Object.keys(SUITES).join(", ")}`);
const suite = createSuite(values.in, values.only ?? "");

/** How many files run in one process: a process for each would cost more than the tests. */
const BATCH = 20;
const total = { bare: 0, guarded: 0 };
const failedBare: string[] = [];
const onlyGuarded: string[] = [];
for (let at = 0; at < suite.files.length; at += BATCH) {
  const batch = suite.files.slice(at, at + BATCH);
  const bare = suite.run(batch, false);
  const guarded = suite.run(batch, true);
  total.bare += bare.passed;
  total.guarded += guarded.passed;
  failedBare.push(...bare.failed);
  const known = new Set(bare.failed);
  onlyGuarded.push(...guarded.failed.filter((name) => !known.has(name)));
  console.log(`${at + batch.length} of ${suite.files.length} files: ${total.bare} tests pass bare, ${total.guarded} guarded`);
}
const { version, notRun } = suite;
const figures = { framework, version, files: suite.files.length, notRun, passed: total, failedBare, failedOnlyGuarded: onlyGuarded };
console.log({ ...figures, notRun: notRun.length, failedBare: failedBare.length, failedOnlyGuarded: onlyGuarded.length });
for (const name of onlyGuarded) console.log(name);
recordResult("framework-suites", figures);
