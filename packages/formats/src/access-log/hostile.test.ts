/** Every format's reviewed samples, mutated (ten thousand times a format in tests/e2e/hostile-logs.test.ts): no crash, no stall, and never a status that the line does not hold. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createLineReader, type FlatRecord, toFlatRecord } from "./index.ts";

const samples = readFileSync(new URL("fixtures/samples.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line): { line: string; record: FlatRecord } => JSON.parse(line));
const byFormat = Map.groupBy(samples, ({ record }) => String(record["format"] ?? "unparsed"));

function createRandom(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
}

const PIECES = [
  '"',
  "\\",
  "[",
  "]",
  "{",
  "}",
  "\u0000",
  "\u001B[2J",
  "\uFFFD",
  "-",
  " ",
  "999",
  "\\x",
  "%zz",
  "𝕏",
  "\r",
  "=",
  ":",
  "/".repeat(50),
  "0x",
  "\uD800",
];

function mutate(line: string, random: (limit: number) => number): string {
  const at = random(line.length + 1);
  const until = at + random(12);
  const kinds = [
    () => line.slice(0, at) + line.slice(until),
    () => line.slice(0, at) + (PIECES[random(PIECES.length)] ?? "") + line.slice(at),
    () => line.slice(0, at),
    () => line.slice(0, at) + line.slice(random(line.length)),
    () => line.slice(0, at) + (PIECES[random(PIECES.length)] ?? "") + line.slice(until),
  ];
  return kinds[random(kinds.length)]?.() ?? line;
}

const DJANGO_WORDS = /Error|Found|Request|Forbidden|Gone|Unavailable|Gateway|Allowed|Unauthorized/;

/** Mutated lines whose status stands nowhere in them. */
function findInvented(format: string): string[] {
  const lines = (byFormat.get(format) ?? []).map(({ line }) => line);
  const random = createRandom(format.length * 7919 + lines.length);
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  return Array.from({ length: 400 }, () => mutate(mutate(lines[random(lines.length)] ?? "", random), random)).filter((line) => {
    const status = toFlatRecord(reader.read(line))?.["http.response.status_code"];
    const clean = line.replaceAll("\u001B[2J", "");
    // Django's own words stand for a status; all others must stand in the line.
    return status !== undefined && !clean.includes(String(status)) && !DJANGO_WORDS.test(clean);
  });
}

describe("hostile lines", () => {
  it.each([...byFormat.keys()])("reads mutated lines of %s", (format) => {
    expect(findInvented(format)).toEqual([]);
  });

  it.each([
    ["spaces", " ".repeat(65_000)],
    ["quotes", '"'.repeat(65_000)],
    ["slashes", "/a".repeat(32_000)],
    ["pairs", "a=b ".repeat(16_000)],
    ["brackets", "[".repeat(65_000)],
    ["a combined line that never ends", `1.1.1.1 - - [21/Nov/2026:10:00:00 +0000] "GET /${'x" 2'.repeat(15_000)}`],
    ["a HAProxy line of slashes", `1.1.1.1:1 [21/Nov/2026:10:00:00.000] ${"a/".repeat(32_000)} `],
    ["deep JSON", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["an nginx error of commas", `2021/08/26 16:52:45 [error] 1#1: x, client: ${', client: "'.repeat(6000)}`],
    ["a Rails line of tags", "[a] ".repeat(16_000)],
    ["digits", "1".repeat(65_000)],
    ["words", "a.b-c/d ".repeat(8000)],
  ])(
    "does not stall on %s",
    (_, line) => {
      const reader = createLineReader({ context: { nowMs: 0, zoneOffsetMinutes: 0 } });
      expect(["unparsed", "blank", "exchange", "message", "continuation"]).toContain(reader.read(line).kind);
    },
    4000,
  );
});
