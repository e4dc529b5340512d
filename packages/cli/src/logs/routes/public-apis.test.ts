/** Routes learned from the paths of public APIs, whose templates are known: every line to its own, none split, none merged. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RouteTrie } from "./route-trie.ts";

type Api = { readonly name: string; readonly templates: readonly string[] };

const APIS: readonly Api[] = readFileSync(new URL("fixtures/public-apis.txt", import.meta.url), "utf8")
  .split(/^\[/m)
  .slice(1)
  .map((section) => {
    const [head = "", ...lines] = section.trim().split("\n");
    return { name: head.replace("]", ""), templates: lines.filter((line) => line.startsWith("/")) };
  });

const HEX = "0123456789abcdef";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const ALL = `${LOWER}${UPPER}0123456789`;
const NAMES =
  "shop cart order user pay mail auth web api cache queue admin front back edge core data sync demo prod stage main blue green red alpha nova orion atlas zeus apollo venus mars jupiter comet star moon sky cloud rain river lake ocean hill peak stone tree leaf rose oak pine fox wolf bear lion hawk owl crow".split(
    " ",
  );

function createRandom(seed: number) {
  let state = seed | 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const pick = (items: readonly string[]) => String(items[below(items.length)]);
  const text = (alphabet: string, length: number) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join("");
  const slug = () => Array.from({ length: 2 + below(2) }, () => pick(NAMES)).join("-");
  return { below, pick, text, slug };
}

type Random = ReturnType<typeof createRandom>;

/** What fills a parameter, by the kind that the fixture gives it; other kinds are the prefix of a token (`cus_...`). */
const VALUES: Readonly<Record<string, (random: Random) => string>> = {
  integer: ({ below }) => String(below(10 ** (1 + below(9)))),
  word: ({ text, below }) => text(LOWER, 4 + below(9)),
  slug: ({ slug }) => slug(),
  name: ({ slug }) => slug(),
  uuid: ({ text }) => [8, 4, 4, 4, 12].map((length) => text(HEX, length)).join("-"),
  hash: ({ text }) => text(HEX, 40),
  hash32: ({ text }) => text(HEX, 32),
  token: ({ text }) => text(ALL, 24),
  longtoken: ({ text }) => text(`${ALL}-_`, 68),
  base62: ({ text }) => text(ALL, 22),
  sid: ({ pick, text }) => pick(["AC", "CA", "SM", "RE", "PN", "ME"]) + text(HEX, 32),
  pod: ({ slug, text }) => `${slug()}-${text("bcdfghjklmnpqrstvwxz2456789", 10)}-${text("bcdfghjklmnpqrstvwxz2456789", 5)}`,
  node: ({ below }) => `ip-10-${below(256)}-${below(256)}-${below(256)}.ec2.internal`,
  domain: ({ text, below, pick }) => `${text(LOWER, 4 + below(8))}.${pick(["com", "io", "net", "dev", "org"])}`,
  upper: ({ text, below }) => text(UPPER, 3 + below(4)),
  key: ({ text, below }) => `${text(UPPER, 2 + below(4))}-${1 + below(9999)}`,
  dyno: ({ below }) => `web.${1 + below(40)}`,
  digest: ({ text }) => `sha256:${text(HEX, 64)}`,
  index: ({ below }) => `logs-2026.${String(1 + below(12)).padStart(2, "0")}.${String(1 + below(28)).padStart(2, "0")}`,
  email: ({ text }) => `${text(LOWER, 6)}@${text(LOWER, 6)}.com`,
  eventid: ({ text }) => text("abcdefghijklmnopqrstuv0123456789", 26),
  short: ({ text }) => `${text(ALL, 4)}%3A`,
  file: ({ text }) => `file-${text(ALL, 22)}`,
  region: ({ pick, below }) => `${pick(["us", "europe", "asia"])}-${pick(["east", "west", "north"])}${1 + below(6)}`,
  package: ({ slug, pick }) => pick([slug(), `${slug()}.js`]),
  tarball: ({ slug, below }) => `${slug()}-${below(12)}.${below(30)}.${below(20)}`,
  semver: ({ below }) => `${below(12)}.${below(30)}.${below(20)}`,
  release: ({ below }) => `v${below(12)}.${below(30)}.${below(20)}`,
  image: ({ slug, below, pick }) => pick([`${slug()}:latest`, `${slug()}:${below(20)}.${below(9)}`, slug()]),
  week: ({ below }) => `${2020 + below(7)}-W${String(1 + below(52)).padStart(2, "0")}`,
  date: ({ below }) => `${2020 + below(7)}-${String(1 + below(12)).padStart(2, "0")}-${String(1 + below(28)).padStart(2, "0")}`,
  dotted: ({ pick }) => `${pick(NAMES)}.${pick(NAMES)}`,
  dottedfile: ({ pick, below }) => `${pick(NAMES)}.${pick(NAMES)}.${below(12)}.${below(30)}.${below(20)}`,
  ftjob: ({ text }) => `ftjob-${text(ALL, 22)}`,
};

function fill(template: string, random: Random): string {
  return template.replace(/\{\w+:(\w+)\}/g, (_, kind: string) => VALUES[kind]?.(random) ?? `${kind}_${random.text(ALL, 24)}`);
}

/** Counts lines by the template that they were made from. */
class Origins {
  readonly counts = new Map<string, number>();

  constructor(template: string) {
    this.counts.set(template, 1);
  }

  merge(other: Origins): void {
    for (const [template, count] of other.counts) this.counts.set(template, (this.counts.get(template) ?? 0) + count);
  }
}

/** Lines by made and learned template, most-used templates with a thousand lines and more, none with fewer than 20. */
function learn({ templates }: Api, random: Random) {
  const lines = templates.flatMap((template) =>
    Array.from({ length: Math.max(20, Math.floor(2000 / (1 + random.below(100)))) }, () => template),
  );
  const trie = new RouteTrie<Origins>();
  const seen = { lines: 1, variedFrom: Number.POSITIVE_INFINITY };
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const [template = ""] = lines.splice(random.below(lines.length), 1);
    trie.add(fill(template, random), new Origins(template), seen);
  }
  return trie.learn().flatMap(({ template, leaf }) => [...leaf.counts].map(([made, count]) => ({ made, learned: template, count })));
}

const toLearned = (made: string) => made.replace(/\{[^}]*\}/g, "{id}");
const sum = (rows: readonly { readonly count: number }[]) => rows.reduce((total, { count }) => total + count, 0);

describe.each(APIS)("the routes of $name", (api) => {
  it.each([1, 2, 3])("hold 98 percent of their lines, and no stray route has 20, seed %i", (seed) => {
    const rows = learn(api, createRandom(seed * 7919));
    const wrong = rows.filter(({ made, learned }) => learned !== toLearned(made));
    expect(wrong.filter(({ count }) => count >= 20)).toEqual([]);
    expect(sum(wrong) / sum(rows)).toBeLessThanOrEqual(0.02);
  });
});
