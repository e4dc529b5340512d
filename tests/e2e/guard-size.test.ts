import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { describe, expect, it } from "vitest";

/** What a user's bundler would make of an entry point; `leftOut` stays an import. */
async function measureGzip(entry: string, leftOut: readonly RegExp[]): Promise<{ bytes: number; imports: string[] }> {
  const input = fileURLToPath(new URL(`../../packages/guard/src/${entry}`, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["source"] },
    ssr: { noExternal: true, resolve: { conditions: ["source"] } },
    build: { ssr: input, write: false, minify: true, rolldownOptions: { external: [/^node:/, ...leftOut] } },
  });
  const chunks = (built as { output: { code?: string; imports?: string[] }[] }).output;
  const code = chunks.map((chunk) => chunk.code ?? "").join("");
  return { bytes: gzipSync(code, { level: 9 }).byteLength, imports: chunks.flatMap((chunk) => chunk.imports ?? []) };
}

describe("the size of the guard", () => {
  it("is at most 14.25 KiB for the core, 5.75 for its answers, 18.75 for both and 26 for the redactor, gzipped, with no package of anybody else", async () => {
    const parts = [/redact\/index/];
    const whole = await measureGzip("index.ts", parts);
    const core = await measureGzip("index.ts", [...parts, /respond\/(?:error-map|problem)/]);
    const table = await measureGzip("respond/error-map.ts", []);
    const problem = await measureGzip("respond/problem.ts", []);
    const redactor = await measureGzip("redact/index.ts", []);
    const express = await measureGzip("adapters/express.ts", []);
    expect(core.bytes).toBeLessThanOrEqual(14.25 * 1024);
    expect(table.bytes + problem.bytes).toBeLessThanOrEqual(5.75 * 1024);
    // 15 KiB is the goal for the core, answers and all; this bound only ever goes down.
    expect(whole.bytes).toBeLessThanOrEqual(18.75 * 1024);
    expect(redactor.bytes).toBeLessThanOrEqual(26 * 1024);
    expect(express.bytes).toBeLessThanOrEqual(2 * 1024);
    const imported = [...whole.imports, ...redactor.imports, ...express.imports].filter((name) => !name.startsWith("node:"));
    expect(imported.filter((name) => !parts.some((part) => part.test(name)))).toEqual([]);
  });
});
