/** Every format's reviewed samples, mutated by seed: what a reader must survive. */
import { readFileSync } from "node:fs";
import { createLineReader, type FlatRecord, toFlatRecord } from "@faultline/formats/access-log";
import { createChoices } from "../rig/seeded-random.ts";

const samples = readFileSync(new URL("../../packages/formats/src/access-log/fixtures/samples.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line): { line: string; record: FlatRecord } => JSON.parse(line));
const byFormat = Map.groupBy(samples, ({ record }) => String(record["format"] ?? "unparsed"));

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

/** The formats that have reviewed samples. */
export const SAMPLED_FORMATS: readonly string[] = [...byFormat.keys()];

/** Of so many mutated lines of a format, those that were read with a status that stands nowhere in them. The seed is the format's. */
export function findInvented(format: string, mutations: number): readonly string[] {
  const lines = (byFormat.get(format) ?? []).map(({ line }) => line);
  const random = createChoices(format.length * 7919 + lines.length).below;
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  return Array.from({ length: mutations }, () => mutate(mutate(lines[random(lines.length)] ?? "", random), random)).filter((line) => {
    const status = toFlatRecord(reader.read(line))?.["http.response.status_code"];
    const clean = line.replaceAll("\u001B[2J", "");
    // Django's own words stand for a status; all others must stand in the line.
    return status !== undefined && !clean.includes(String(status)) && !DJANGO_WORDS.test(clean);
  });
}
