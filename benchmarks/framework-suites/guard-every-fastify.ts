/** Loaded before a test file of Fastify's: every instance that the file makes is guarded, and answers its errors itself. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { createGuard } from "@faultline/guard";
import { guardFastify } from "@faultline/guard/fastify";

type Factory = (...given: readonly unknown[]) => object;

const entry = join(process.env["SUITE_ROOT"] ?? "", "fastify.js");
const require = createRequire(entry);
const path = require.resolve(entry);
const original = require(path) as Factory;
const guard = createGuard({ service: "fastify-suite", endpoint: false, announce: false, processHooks: false });

function createGuarded(...given: readonly unknown[]): object {
  const app = original(...given);
  guardFastify(guard, { respond: false })(app, undefined, () => undefined);
  return app;
}

const guarded = Object.assign(createGuarded, original, { fastify: createGuarded, default: createGuarded });
const loaded = require.cache[path];
if (loaded === undefined) throw new Error("Fastify is not in the cache that its tests will look into");
loaded.exports = guarded;
