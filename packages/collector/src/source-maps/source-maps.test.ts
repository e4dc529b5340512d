import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Observations } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mapObservations, mapStack, readSourceMaps, SourceMapsError } from "./index.ts";

const SOURCE = `
export function priceOfCart(cart) {
  const total = cart.items.reduce((sum, item) => sum + item.price, 0);
  return total;
}
export function checkOutCart(cart) {
  return { due: priceOfCart(cart) };
}
`;
const ENTRY = `import { checkOutCart } from "./cart.js";
export function fail() {
  try { checkOutCart({}); } catch (error) { return error.stack; }
}
`;

/** A minified bundle with its map, and the stack that Node printed when it failed. */
async function bundle(folder: string, name: string): Promise<string> {
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/cart.js"), SOURCE);
  writeFileSync(join(folder, "src/entry.js"), ENTRY);
  const build = await rolldown({ input: join(folder, "src/entry.js"), logLevel: "silent" });
  await build.write({
    file: join(folder, `dist/${name}`),
    format: "esm",
    minify: { mangle: { toplevel: true }, compress: false },
    sourcemap: true,
  });
  // In a process of its own: this one reads source maps itself.
  const script = `import { fail } from ${JSON.stringify(pathToFileURL(join(folder, "dist", name)).href)}; console.log(fail());`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
}

describe("source maps", () => {
  let folder = "";
  let stack = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "faultline-maps-"));
    stack = await bundle(folder, "app.3f9a2c1b.mjs");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("tell a stack of a minified bundle by its sources", () => {
    expect(stack).toContain("app.3f9a2c1b.mjs:1:");
    const mapped = mapStack(stack, readSourceMaps(join(folder, "dist")));
    expect(mapped).toMatch(
      /at priceOfCart \(src\/cart\.js:3:28\)\n\s+at checkOutCart \(src\/cart\.js:7:\d+\)\n\s+at \S+ \(src\/entry\.js:3:\d+\)/,
    );
    expect(mapped.split("\n")).toHaveLength(stack.split("\n").length);
  });

  it("leave alone what they do not know: other bundles, other languages", () => {
    const maps = readSourceMaps(join(folder, "dist"));
    const other = "TypeError: x\n    at a (/srv/dist/other.mjs:1:20)\n    at node:internal/main:3:4";
    const python = 'Traceback (most recent call last):\n  File "/app/a.py", line 3, in f\nValueError: x';
    expect([mapStack(other, maps), mapStack(python, maps)]).toEqual([other, python]);
  });

  it("map nothing where the map is larger than may be read on the event loop, as a file or once decoded", () => {
    const limits = { fileBytes: 100_000, mappingsLength: 10_000, keptLength: 10_000 };
    const mapped = (less: Partial<typeof limits>): string => mapStack(stack, readSourceMaps(join(folder, "dist"), { ...limits, ...less }));
    expect(mapped({})).toContain("at priceOfCart (src/cart.js:3:28)");
    expect([mapped({ fileBytes: 100 }), mapped({ mappingsLength: 10 })]).toEqual([stack, stack]);
  });

  it("map as before when there is no room to keep the map of another bundle beside it", () => {
    const map = readFileSync(join(folder, "dist/app.3f9a2c1b.mjs.map"));
    const many = join(folder, "many");
    mkdirSync(many);
    for (const name of ["a", "b", "c"]) writeFileSync(join(many, `${name}.mjs.map`), map);
    const maps = readSourceMaps(many, { fileBytes: 100_000, mappingsLength: 10_000, keptLength: 1 });
    const places = ["a", "b", "a", "c", "a"].map((name) => maps.find(`/srv/${name}.mjs`, 1, 40)?.source);
    expect(places).toEqual(Array.from({ length: 5 }, () => maps.find("/srv/b.mjs", 1, 40)?.source));
    expect(places[0]).toMatch(/^src\//);
  });

  it("map nothing where two builds' bundles of one name fit equally well", () => {
    const map = readFileSync(join(folder, "dist/app.3f9a2c1b.mjs.map"));
    const builds = join(folder, "builds");
    for (const build of ["one", "two"]) {
      mkdirSync(join(builds, build), { recursive: true });
      writeFileSync(join(builds, build, "app.js.map"), map);
    }
    const maps = readSourceMaps(builds);
    const frame = (path: string) => `    at a (${path}:1:60)`;
    expect(mapStack(frame("/srv/app.js"), maps)).toBe(frame("/srv/app.js"));
    expect(mapStack(frame("/srv/two/app.js"), maps)).toContain("src/cart.js");
  });

  it("change where one is told to look", () => {
    const resource = { service: "shop", attributes: {} };
    const attributes = {
      "exception.type": "TypeError",
      "exception.message": "Cannot read properties of undefined",
      "exception.stacktrace": stack,
    };
    const span = (index: number): Observations["spans"][number] => ({
      traceId: String(index).padStart(32, "0"),
      spanId: String(index).padStart(16, "0"),
      name: "POST /checkout",
      kind: "server",
      startMs: 1000 * index,
      endMs: 1000 * index + 20,
      status: "error",
      attributes: { "http.route": "/checkout", "http.response.status_code": 500 },
      events: [{ name: "exception", timeMs: 1000 * index + 19, attributes }],
      links: [],
      resource,
    });
    const raw: Observations = { spans: [1, 2, 3].map(span), logs: [], metrics: [], changes: [], exchanges: [] };
    const maps = readSourceMaps(join(folder, "dist"));
    const mapped = mapObservations(raw, maps);
    const look = (observations: Observations) =>
      diagnose(observations)
        .next.map(({ check, command = "" }) => `${check} ${command}`)
        .join("\n");
    expect(look(raw)).not.toContain("src/cart.js");
    expect(look(mapped)).toContain("src/cart.js:3");
  });

  it("say in one sentence what is wrong with a folder", () => {
    mkdirSync(join(folder, "empty"));
    expect(() => readSourceMaps(join(folder, "none"))).toThrow(SourceMapsError);
    expect(() => readSourceMaps(join(folder, "none"))).toThrow("there is no such folder");
    expect(() => readSourceMaps(join(folder, "empty"))).toThrow("there is no source map");
  });
});
