/** Files of lines come in other encodings than UTF-8; what is read of them is the same. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nameEncoding } from "./encoding.ts";
import { readSource } from "../logs/source.ts";
import { readLines } from "./read-lines.ts";

const LINES = [
  '10.0.0.1 - - [25/Oct/2026:14:49:33 +0200] "GET /caf\u00e9/\u{1F4A5} HTTP/1.1" 500 5',
  "second",
  "third, without a line break",
];
const TEXT = LINES.join("\n");
const LITTLE = Buffer.from(TEXT, "utf16le");
const BIG = Buffer.from(LITTLE).swap16();
const ENCODED: readonly (readonly [string, Buffer])[] = [
  ["plain", Buffer.from(TEXT)],
  ["gzip", gzipSync(TEXT)],
  ["zstd", zstdCompressSync(TEXT)],
  ["utf-16le with its mark", Buffer.concat([Buffer.from([0xff, 0xfe]), LITTLE])],
  ["utf-16be with its mark", Buffer.concat([Buffer.from([0xfe, 0xff]), BIG])],
  ["utf-16le", LITTLE],
  ["utf-16be", BIG],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "faultline-encoding-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** In pieces of three bytes, so that marks and characters are cut. */
async function* toPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 8);
  for (let at = 8; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
}

async function readLog(name: string, bytes: Buffer): Promise<string> {
  let text = "";
  const consume = (buffer: Buffer, length: number) => {
    const end = buffer.subarray(0, length).lastIndexOf(10) + 1;
    text += buffer.toString("utf8", 0, end);
    return end;
  };
  const stdin = name === "-" ? { stdin: { chunks: () => toPieces(bytes) } } : {};
  await readSource({ name, onBytes: () => undefined, ...stdin }, { consume });
  return text;
}

async function readTelemetry(name: string, bytes: Buffer): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines({ name, stdin: toPieces(bytes) })) lines.push(Buffer.from(line.bytes).toString());
  return lines;
}

describe("lines in other encodings", () => {
  it.each(ENCODED)("are the same when %s", async (_, bytes) => {
    const path = join(folder, "file.log");
    await writeFile(path, bytes);
    expect(await readLog(path, bytes)).toBe(`${TEXT}\n`);
    expect(await readLog("-", bytes)).toBe(`${TEXT}\n`);
    expect(await readTelemetry(path, bytes)).toEqual(LINES);
    expect(await readTelemetry("-", bytes)).toEqual(LINES);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["one character", Buffer.from("a")],
    ["zeros", Buffer.alloc(16)],
    ["UTF-8 with its mark", Buffer.from("\uFEFF10.0.0.1 - -")],
    ["a zero among letters", Buffer.from("ab\0cd\0efgh")],
  ])("are not seen in %s", (_, head) => {
    expect(nameEncoding(head)).toBe("none");
  });
});
