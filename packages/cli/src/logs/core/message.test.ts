/** A program's own words that the core counts by itself are counted as the parsers would count each of them. */
import { createLineReader } from "@faultline/formats/access-log";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { readAround } from "../scan/read-around.ts";
import { createChoices, type SeededChoices } from "../../../../../tests/rig/seeded-random.ts";
import { Tally } from "../tally/tally.ts";

const CONTEXT = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 };
const folder = mkdtempSync(join(tmpdir(), "faultline-message-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What programs say most of the time. */
function say({ below, pick, hex }: SeededChoices): string {
  return pick(
    "cache miss",
    `order ${10_000 + below(80_000)} packed`,
    `job ${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)} done`,
    `trace ${hex(32)} sampled`,
    `synced at 0${below(9)}:1${below(9)}:2${below(9)} from 10.0.0.1:54321`,
    `queue holds ${below(20)}`,
  );
}

/** What is said now and then, and counts for more than that it was said. */
function sayMore({ below, pick, hex }: SeededChoices): string {
  return pick(
    `GET /users/${below(1e6)} ${pick(200, 404, 500)} ${below(90)} ms`,
    `GET /orders/${below(1e6)} HTTP/1.1" ${pick(200, 502)}`,
    `answered ${pick(200, 503)} to 10.0.0.1:54321`,
    `order ${pick(0, 500, 200, 5000, 50_000, 12_345)} packed`,
    `order 0${below(90_000)} packed`,
    `synced at 2${below(9)}:7${below(9)}:2${below(9)} from 10.0.0.1:54321`,
    "Started ShopApplication in 3.217 seconds",
    `Started GET "/a/${below(9)}" for 10.0.0.1 at 2026-11-20 10:00:00 +0000`,
    `Completed ${pick(200, 500)} OK in ${below(100)}ms`,
    "listening on 0.0.0.0:8080",
    "java.lang.IllegalStateException: no stock",
    `TypeError: cannot read ${hex(3)}`,
    "#Fields: date time cs-method cs-uri-stem sc-status",
    "2026-11-20 10:00:00 GET /a 500",
    "heroku[web.1]: Error R14 (Memory quota exceeded)",
    `{"status":${pick(200, 500)},"method":"GET","path":"/inner/${below(1e6)}","duration":3}`,
  );
}

type Spoken = { readonly text: string; readonly iso: string; readonly isLoud: boolean; readonly random: SeededChoices };

const WRITERS: Readonly<Record<string, (spoken: Spoken) => string>> = {
  pino: ({ text, iso, isLoud }) =>
    JSON.stringify({ level: isLoud ? 50 : 30, time: Date.parse(iso), pid: 7, hostname: "shop-1", msg: text }),
  bunyan: ({ text, iso, isLoud }) =>
    JSON.stringify({ name: "shop", hostname: "h", pid: 31_337, level: isLoud ? 60 : 20, msg: text, time: iso, v: 0 }),
  winston: ({ text, iso, isLoud }) => JSON.stringify({ level: isLoud ? "error" : "info", message: text, timestamp: iso }),
  "Elastic Common Schema": ({ text, iso, isLoud }) =>
    JSON.stringify({ "@timestamp": iso, "log.level": isLoud ? "ERROR" : "INFO", message: text, ecs: { version: "8.10.0" } }),
  "JSON with numbers beside": ({ text, iso, isLoud, random: { pick, below } }) =>
    JSON.stringify({ time: iso, level: isLoud ? "fatal" : "warn", event: text, code: pick(0, 17, 200, 500), took: below(30_000) }),
  Spring: ({ text, iso, isLoud }) =>
    `${iso.slice(0, 23).replace("T", " ")} ${isLoud ? "ERROR" : " INFO"} 12 --- [nio-8080-exec-1] c.e.shop.OrderService    : ${text}`,
  "Spring in a container": (spoken) => `${spoken.iso.slice(0, 23)}123456Z stdout F ${WRITERS["Spring"]?.(spoken) ?? ""}`,
  "text behind a time": ({ text, iso, isLoud }) => `${iso} ${isLoud ? "ERROR" : "INFO"} ${text}`,
  "text behind syslog": ({ text, iso, isLoud }) => `<${isLoud ? 11 : 14}>Nov 20 ${iso.slice(11, 19)} web-1 app[12345]: ${text}`,
  "a container's words": ({ text, iso }) => `${iso.slice(0, 23)}123456Z stdout F ${text}`,
  "a container's words with pieces": ({ text, iso, random: { below } }) =>
    `${iso.slice(0, 23)}123456Z stdout ${below(2000) === 0 ? "P" : "F"} ${text}`,
};

function damage(line: string, { below, pick }: SeededChoices): string {
  const at = below(line.length);
  return line.slice(0, at) + pick("", "-", '"', " ", "5", "500", ":", "x", "\\", "é") + line.slice(at + below(3));
}

function describeTally(tally: Tally) {
  const { lines, exchanges, messageCount, unparsed, formats, starts, messages, unparsedLines, traffic, errors, memory } = tally;
  const routes = [...tally.routes].flatMap(([method, trie]) =>
    trie.learn().map(({ template, leaf }) => `${method} ${template} ${leaf.classes.join()} ${[...leaf.failures.keys()].join()}`),
  );
  return {
    totals: { lines, exchanges, messageCount, unparsed, traffic: traffic.total, errors: errors.total, isQuiet: memory.isEmpty },
    formats: formats.list().map(String).sort(),
    kept: { starts, unparsedLines, texts: messages.map(({ message, format }) => `${format} ${message.text}`) },
    routes: routes.sort(),
  };
}

async function countByCore(file: string, limits = { fromMs: undefined as number | undefined, toMs: undefined }): Promise<Tally> {
  const tally = new Tally(limits);
  await analyzeSource({ name: file, onBytes: () => undefined }, { tally, reader: { context: CONTEXT }, isFastAllowed: true });
  tally.finish();
  return tally;
}

function countByParsers(
  file: string,
  lines: readonly string[],
  limits = { fromMs: undefined as number | undefined, toMs: undefined },
): Tally {
  const tally = new Tally(limits);
  const reader = createLineReader({ context: CONTEXT });
  for (const line of lines) for (const each of readAround(reader, line)) tally.add(each.read, each.line, file);
  tally.finish();
  return tally;
}

/** Mostly words of which nothing is kept; every few lines others, or damaged ones. */
function writeLines(write: (spoken: Spoken) => string, random: SeededChoices): readonly string[] {
  return Array.from({ length: 4000 }, (_, index) => {
    const isOther = random.below(12) === 0;
    const text = isOther ? sayMore(random) : say(random);
    const iso = new Date(Date.UTC(2026, 10, 20) + index * 377).toISOString();
    const line = write({ text, iso, isLoud: random.below(40) === 0, random });
    return random.below(20) === 0 ? damage(line, random) : line;
  });
}

describe("a program's messages", () => {
  const file = join(folder, "any.log");

  it.each(Object.entries(WRITERS).flatMap(([name, write]) => [1, 2].map((seed) => [name, seed, write] as const)))(
    "are counted as by the parsers, odd ones among them: %s, seed %i",
    async (_, seed, write) => {
      const lines = writeLines(write, createChoices(seed * 7919));
      writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
      const known = vi.spyOn(Tally.prototype, "addMessages").mockClear();
      expect(describeTally(await countByCore(file))).toEqual(describeTally(countByParsers(file, lines)));
      expect(known.mock.calls.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(50);
    },
  );

  it("are left to the parsers if each line's time matters", async () => {
    const lines = writeLines(WRITERS["pino"] as (spoken: Spoken) => string, createChoices(3));
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    const limits = { fromMs: Date.UTC(2026, 10, 20, 0, 10), toMs: undefined };
    expect(describeTally(await countByCore(file, limits))).toEqual(describeTally(countByParsers(file, lines, limits)));
  });
});
