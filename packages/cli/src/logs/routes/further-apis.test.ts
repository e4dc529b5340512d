/**
 * Routes learned from the paths of further public APIs, filled as people fill them: of three names one is a word of a list that serves all
 * parameters, and in half of the logs 400 values of a kind return. Requests are of several methods, as are the tries.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RouteTrie } from "./route-trie.ts";

type Operation = { readonly method: string; readonly template: string };
type Api = { readonly name: string; readonly operations: readonly Operation[] };

const METHODS_OF_ITEMS = ["GET", "PUT", "DELETE"];
const METHODS_OF_COLLECTIONS = ["GET", "POST"];

const APIS: readonly Api[] = readFileSync(new URL("fixtures/further-apis.txt", import.meta.url), "utf8")
  .split(/^\[/m)
  .slice(1)
  .map((section) => {
    const [head = "", ...lines] = section.trim().split("\n");
    const templates = lines.filter((line) => line.startsWith("/"));
    const operations = templates.flatMap((template) =>
      (template.endsWith("}") ? METHODS_OF_ITEMS : METHODS_OF_COLLECTIONS).map((method) => ({ method, template })),
    );
    return { name: head.replace("]", ""), operations };
  });

const WORDS =
  "anna bruno carla david emma felix greta hugo ines jonas klara lukas mara nils olga peter quinn rosa simon tina acme globex initech umbrella hooli stark wayne wonka tyrell apple banana cherry grape lemon mango olive peach berlin cairo delhi lima london madrid oslo paris rome seoul tokyo vienna backend frontend payments billing mobile web infra platform red green blue black white silver gold alpha beta gamma delta zeta sigma omega tiger eagle shark whale otter panda koala raven falcon lynx production staging release hotfix feature main".split(
    " ",
  );
const FAMILIES = "smith johnson brown jones garcia miller davis lopez wilson anderson taylor moore jackson martin lee".split(" ");
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const HEX = "0123456789abcdef";
const ALL = `${LOWER}${LOWER.toUpperCase()}0123456789`;

function createRandom(seed: number) {
  let state = seed | 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const text = (alphabet: string, length: number) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join("");
  const two = (limit: number) => String(1 + below(limit)).padStart(2, "0");
  return { below, pick, text, two };
}

type Random = ReturnType<typeof createRandom>;
type Fill = (random: Random) => string;

/** What a name may be; a parameter of an API has one of these. */
const STRINGS: readonly Fill[] = [
  ({ text, below }) => text(LOWER, 4 + below(9)),
  ({ pick }) => `${pick(WORDS)}-${pick(WORDS)}`,
  ({ pick }) => pick(WORDS),
  ({ pick }) => pick(WORDS),
  ({ pick, below }) => pick([`${pick(WORDS)}.${pick(FAMILIES)}`, `${pick(WORDS)}${below(999)}`, pick(WORDS) + pick(FAMILIES)]),
  ({ text, below }) => text(ALL, 8 + below(8)),
];

const prefixed =
  (prefix: string): Fill =>
  ({ text }) =>
    `${prefix}_${text(ALL, 24)}`;
const token =
  (length: number): Fill =>
  ({ text }) =>
    text(ALL, length);

const VALUES: Readonly<Record<string, Fill>> = {
  integer: ({ below }) => String(1 + below(10 ** (1 + below(8)))),
  uuid: ({ text }) => [8, 4, 4, 4, 12].map((length) => text(HEX, length)).join("-"),
  hash: ({ text }) => text(HEX, 24),
  h2: ({ text }) => text(HEX, 2),
  token: token(20),
  t8: token(8),
  t5: token(5),
  base36: ({ text }) => text(`${LOWER}0123456789`, 7),
  pager: ({ text }) => `P${text(ALL.toUpperCase(), 6)}`,
  semver: ({ below }) => `${below(12)}.${below(30)}.${below(20)}`,
  ip: ({ below }) => `10.${below(256)}.${below(256)}.${below(256)}`,
  domain: ({ text, below, pick }) => `${text(LOWER, 4 + below(6))}.${pick(["com", "io", "net", "dev", "org"])}`,
  email: ({ pick }) => `${pick(WORDS)}@${pick(WORDS)}.com`,
  time: ({ below, two }) => `${2015 + below(11)}-${two(12)}-${two(28)}T${two(23)}:${two(59)}:00Z`,
  yyyy: ({ below }) => String(1990 + below(36)),
  mm: ({ two }) => two(12),
  cc: ({ pick }) => pick("US GB DE FR NL CH AT SE CA AU JP BR IN MX IT ES PL CZ DK NO FI BE PT GR IE NZ ZA KR CN SG".split(" ")),
  cur: ({ pick }) => pick("USD EUR GBP CHF SEK NOK DKK PLN CZK HUF JPY CNY INR BRL MXN CAD AUD NZD SGD HKD KRW ZAR TRY".split(" ")),
  locale: ({ pick }) => pick(["en-US", "de-DE", "fr-FR", "es-ES", "it-IT", "pt-BR", "ja-JP"]),
  digest: ({ text }) => `sha256:${text(HEX, 64)}`,
  file: ({ pick }) => `${pick(WORDS)}-${pick(WORDS)}.${pick(["png", "jpg", "pdf"])}`,
  whl: ({ pick, below }) => `${pick(WORDS)}-${below(12)}.${below(30)}.${below(20)}.tar.gz`,
  ext: ({ pick }) => pick(["mp3", "flac", "vtt", "srt"]),
  dpl: prefixed("dpl"),
  ecfg: prefixed("ecfg"),
  icfg: prefixed("icfg"),
  team: prefixed("team"),
  sku: ({ text, below }) => `${text(LOWER.toUpperCase(), 2)}-${below(99_999)}`,
  imdb: ({ below }) => `tt${String(below(1e7)).padStart(7, "0")}`,
  uci: ({ text, below }) => `${text("abcdefgh", 1)}${1 + below(8)}${text("abcdefgh", 1)}${1 + below(8)}`,
  title: ({ pick, text }) => `${text(LOWER.toUpperCase(), 1)}${pick(WORDS)}_${pick(WORDS)}`,
  entity: ({ pick }) => `${pick(["light", "sensor", "switch"])}.${pick(WORDS)}_${pick(WORDS)}`,
  alias: ({ pick }) => `%23${pick(WORDS)}:example.org`,
  room: ({ text }) => `!${text(ALL, 18)}:example.org`,
  mxid: ({ pick, below }) => `@${pick(WORDS)}${below(99)}:example.org`,
  evid: ({ text }) => `$${text(ALL, 43)}`,
};

/** One fill for each parameter of an API, from `pool` values if that is given. */
function createFills(random: Random, pool: number) {
  const fills = new Map<string, Fill>();
  return (name: string, kind: string): string => {
    let fill = fills.get(name + kind);
    if (fill === undefined) {
      const fresh = VALUES[kind] ?? random.pick(STRINGS);
      const kept: string[] = [];
      const returning: Fill = (each) => {
        const index = each.below(pool);
        return (kept[index] ??= fresh(each));
      };
      fill = pool > 0 ? returning : fresh;
      fills.set(name + kind, fill);
    }
    return fill(random);
  };
}

class Origins {
  readonly counts: Map<string, number>;

  constructor(template: string) {
    this.counts = new Map([[template, 1]]);
  }

  merge(other: Origins): void {
    for (const [template, count] of other.counts) this.counts.set(template, (this.counts.get(template) ?? 0) + count);
  }
}

function learn({ operations }: Api, log: { readonly lines: number; readonly pool: number; readonly random: Random }) {
  const fill = createFills(log.random, log.pool);
  const tries = new Map(["GET", "POST", "PUT", "DELETE"].map((method) => [method, new RouteTrie<Origins>()]));
  for (let line = 0; line < log.lines; line += 1) {
    const { method, template } = log.random.pick(operations);
    const path = template.replace(/\{(\w+):(\w+)\}/g, (_, name: string, kind: string) => fill(name, kind));
    tries.get(method)?.add(path, new Origins(template), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
  }
  return RouteTrie.learnTogether([...tries.values()]).flatMap((routes) =>
    routes.flatMap(({ template, leaf }) => [...leaf.counts].map(([made, count]) => ({ made, learned: template, count }))),
  );
}

const isWrong = ({ made, learned }: { readonly made: string; readonly learned: string }) => made.replace(/\{[^}]*\}/g, "{id}") !== learned;
const sum = (rows: readonly { readonly count: number }[]) => rows.reduce((total, { count }) => total + count, 0);

describe.each([
  { of: "values of their own", pool: 0, lines: 400, floor: 0.96 },
  { of: "values of their own", pool: 0, lines: 4000, floor: 0.97 },
  { of: "400 values of a kind that return", pool: 400, lines: 400, floor: 0.96 },
  { of: "400 values of a kind that return", pool: 400, lines: 4000, floor: 0.97 },
])("the routes of further APIs with $of", ({ pool, lines, floor }) => {
  it(`hold their part of logs of ${lines} lines`, () => {
    const shares = APIS.map((api, index) => {
      const rows = learn(api, { lines, pool, random: createRandom(7919 * (index + 1) + lines) });
      return 1 - sum(rows.filter(isWrong)) / sum(rows);
    });
    expect(shares).toHaveLength(39);
    expect(shares.reduce((total, share) => total + share, 0) / shares.length).toBeGreaterThanOrEqual(floor);
  });
});
