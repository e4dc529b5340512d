import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { describe, expect, it } from "vitest";

/** What a user's bundler would make of entry points together; `leftOut` stays an import. */
async function measureGzip(entries: readonly string[], leftOut: readonly RegExp[]): Promise<{ bytes: number; imports: string[] }> {
  const input = entries.map((entry) => fileURLToPath(new URL(`../../packages/guard/src/${entry}`, import.meta.url)));
  const built = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["source"] },
    ssr: { noExternal: true, resolve: { conditions: ["source"] } },
    build: { ssr: true, write: false, minify: true, rolldownOptions: { input, external: [/^node:/, ...leftOut] } },
  });
  const chunks = (built as { output: { code?: string; imports?: string[] }[] }).output;
  const code = chunks.map((chunk) => chunk.code ?? "").join("");
  return { bytes: gzipSync(code, { level: 9 }).byteLength, imports: chunks.flatMap((chunk) => chunk.imports ?? []) };
}

describe("the size of the guard", () => {
  it("is at most 14.2 KiB for the core, 6.15 for its answers, 20 for both, 30 for the redactor and 37 for what reads the source, gzipped, with no package of anybody else", async () => {
    const redact = [/redact\/index/];
    // What is read of the source when a handler tripped over its input.
    const source = [/source\/source-proof/];
    // What every app loads, whatever its framework: capture and export.
    const core = await measureGzip(["index.ts"], redact);
    // What an app loads besides that leaves its answers to the guard.
    const answering = await measureGzip(["index.ts", "respond/answer.ts"], [...redact, ...source]);
    const table = await measureGzip(["respond/error-map.ts"], []);
    const problem = await measureGzip(["respond/problem.ts"], []);
    const proof = await measureGzip(["respond/source/source-proof.ts"], []);
    const redactor = await measureGzip(["redact/index.ts"], []);
    const express = await measureGzip(["adapters/express.ts"], [/respond\/answer/]);
    expect(core.bytes).toBeLessThanOrEqual(14.2 * 1024);
    expect(answering.bytes).toBeLessThanOrEqual(20 * 1024);
    expect(table.bytes + problem.bytes).toBeLessThanOrEqual(6.15 * 1024);
    expect(proof.bytes).toBeLessThanOrEqual(37 * 1024);
    expect(redactor.bytes).toBeLessThanOrEqual(30 * 1024);
    expect(express.bytes).toBeLessThanOrEqual(2 * 1024);
    // Node's own modules, our parts, and what the bundler cut out of them.
    const known = /^node:|redact\/index|respond\/answer|source\/source-proof|^assets\//;
    const imported = [core, answering, redactor, express].flatMap(({ imports }) => imports);
    expect(imported.filter((name) => !known.test(name))).toEqual([]);
  });
});
