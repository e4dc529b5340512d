/** A parameter that is filled at random from a list of a few words is one route; names that stand in a list stay names. */
import { describe, expect, it } from "vitest";
import { RouteTrie } from "./route-trie.ts";

class Lines {
  count: number;
  failed: number;

  constructor(count: number, failed = 0) {
    this.count = count;
    this.failed = failed;
  }

  merge(other: Lines): void {
    this.count += other.count;
    this.failed += other.failed;
  }
}

type Request = readonly [method: string, path: string, lines: number, failed?: number];

/** The routes of all methods with their lines, by name. */
function learn(requests: readonly Request[]): Readonly<Record<string, number>> {
  const tries = new Map<string, RouteTrie<Lines>>();
  for (const [method, path, lines, failed = 0] of requests) {
    const trie = tries.get(method) ?? new RouteTrie<Lines>();
    tries.set(method, trie);
    for (let line = 0; line < lines; line += 1)
      trie.add(path, new Lines(1, Number(line < failed)), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
  }
  const learned = RouteTrie.learnTogether([...tries.values()]);
  return Object.fromEntries(
    [...tries.keys()].flatMap((method, index) => (learned[index] ?? []).map(({ template, leaf }) => [`${method} ${template}`, leaf.count])),
  );
}

const MODULES =
  "dashboard prometheus balancer telemetry devicehealth iostat restful nfs orchestrator autoscaler progress volumes rbd_support".split(" ");
const OPERATIONS = ["GET /mgr/module/*", "PUT /mgr/module/*", "GET /mgr/module/*/options", "POST /mgr/module/*/enable"].map((operation) =>
  operation.split(" "),
);
/** What else the log has: twenty routes, each asked for about as often as an operation on all modules is. */
const OTHERS = Array.from({ length: 20 }, (_, index): Request => [
  "GET",
  `/${["host", "pool", "osd", "user"][index % 4]}/page${index}/all`,
  120,
]);

/** Lines of each word: so many draws, of which one comes to each word in turn as a generator of 32 bits has it. */
function draw(words: readonly string[], draws: number, seed: number): ReadonlyMap<string, number> {
  const lines = new Map(words.map((word) => [word, 0]));
  let state = seed;
  for (let turn = 0; turn < draws; turn += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const word = words[Math.floor((state / 2 ** 32) * words.length)] ?? "";
    lines.set(word, (lines.get(word) ?? 0) + 1);
  }
  return lines;
}

function countDrawn(draws: readonly ReadonlyMap<string, number>[], operation: number, word: string): number {
  return draws[operation]?.get(word) ?? 0;
}

/** Requests of all operations on all modules; `count` says how often. */
function request(count: (module: string, operation: number) => number): readonly Request[] {
  return OPERATIONS.flatMap(([method = "", path = ""], operation) =>
    MODULES.map((module): Request => [method, path.replace("*", module), count(module, operation)]),
  );
}

const drawn = OPERATIONS.map((_, operation) => draw(MODULES, 130, operation + 1));
const random = request((module, operation) => countDrawn(drawn, operation, module));

function countModuleRoutes(requests: readonly Request[]): number {
  return Object.keys(learn(requests)).filter((route) => route.includes("/mgr/module/")).length;
}

describe("values drawn from a list", () => {
  it("are one route where each comes as often as the others, and together as often as a route does", () => {
    const routes = learn([...OTHERS, ...random]);
    expect(Object.fromEntries(Object.entries(routes).filter(([route]) => route.includes("module")))).toEqual({
      "GET /mgr/module/{id}": 130,
      "PUT /mgr/module/{id}": 130,
      "GET /mgr/module/{id}/options": 130,
      "POST /mgr/module/{id}/enable": 130,
    });
  });

  it("are names where each comes as often as a route does", () => {
    const often = OPERATIONS.map((_, operation) => draw(MODULES, 130 * MODULES.length, operation + 1));
    const asOften = request((module, operation) => countDrawn(often, operation, module));
    expect(countModuleRoutes([...OTHERS, ...asOften])).toBe(MODULES.length * OPERATIONS.length);
  });

  it("are names where some are chosen", () => {
    const chosen = request((module) => 8 + 5 * (MODULES.indexOf(module) % 2));
    expect(countModuleRoutes([...OTHERS, ...chosen])).toBe(MODULES.length * OPERATIONS.length);
  });

  it("are names where each is asked for in a way of its own", () => {
    const totals = draw(MODULES, 520, 9);
    const isOwn = (module: string, operation: number) => MODULES.indexOf(module) % OPERATIONS.length === operation;
    const turned = request((module, operation) => countDrawn([totals], 0, module) * Number(isOwn(module, operation)));
    expect(countModuleRoutes([...OTHERS, ...turned])).toBe(MODULES.length);
  });

  it("are names where each comes exactly as often as the others, as what one page asks for does", () => {
    const together = MODULES.map((module): Request => ["GET", `/mgr/module/${module}`, 8]);
    expect(countModuleRoutes([...OTHERS, ...together])).toBe(MODULES.length);
  });

  it("tell nothing of the same words elsewhere", () => {
    const names = MODULES.map((module, index): Request => ["GET", `/settings/${module}/all`, 60 + 20 * index]);
    const routes = Object.keys(learn([...OTHERS, ...random, ...names]));
    expect(routes.filter((route) => route.includes("/settings/"))).toHaveLength(MODULES.length);
  });

  it("are known by the same list at another place, where their counts are told apart from chance by little", () => {
    const places = ["folders", "articles"].flatMap((place, index) =>
      [...draw(MODULES, 150, 7 + index)].map(([word, lines]): Request => ["GET", `/solutions/${place}/${word}`, lines]),
    );
    const uneven = MODULES.map((module, index): Request => ["GET", `/solutions/topics/${module}`, 18 + (index % 2) * 16]);
    expect(Object.keys(learn([...OTHERS, ...places, ...uneven])).filter((route) => route.includes("/solutions/"))).toEqual([
      "GET /solutions/folders/{id}",
      "GET /solutions/articles/{id}",
      "GET /solutions/topics/{id}",
    ]);
  });

  /** The endpoints of a load test, called evenly at random beside a few routes that are called far more often. */
  const load = (method: string, path: string): readonly Request[] =>
    [...draw(MODULES, 130, 5)].map(([word, lines]) => [method, path.replace("*", word), lines]);
  const HOT = ["/", "/healthz", "/api/orders", "/api/me"].map((path): Request => ["GET", path, 900]);

  it.each(["/rpc/*", "/admin/*", "/en/*", "/graphql/*", "/api/v2/*", "/static/js/*.js", "/status/*/health"])(
    "are names behind what is no collection, where nothing that follows tells: %s",
    (path) => {
      const routes = Object.keys(learn([...HOT, ...load("POST", path)]));
      expect(routes).toHaveLength(HOT.length + MODULES.length);
    },
  );

  it("are names behind an API's version, where ids follow them as they follow a collection", () => {
    const items = load("GET", "/api/v2/*").flatMap(([method, path, lines]): readonly Request[] => [
      [method, path, Math.ceil(lines / 3)],
      ["POST", path, Math.floor(lines / 3)],
      ...Array.from({ length: Math.floor(lines / 3) }, (_, index): Request => [method, `${path}/${7919 * (index + 1)}`, 1]),
    ]);
    const routes = Object.keys(learn([...HOT, ...items]));
    expect(routes.filter((route) => route.includes("/v2/"))).toHaveLength(3 * MODULES.length);
  });

  it("are names where they are written as the methods of an RPC", () => {
    const methods = load("POST", "/services/get*/run").map(([method, path, lines]): Request => [
      method,
      path.replace(/get(\w)(\w+?)_?\//, (_, first: string, rest: string) => `get${first.toUpperCase()}${rest.replaceAll("_", "")}/`),
      lines,
    ]);
    expect(Object.keys(learn([...HOT, ...methods]))).toHaveLength(HOT.length + MODULES.length);
  });

  it("are names where the requests that fail are all of one", () => {
    const failing = random.map(([method, path, lines]): Request => [method, path, lines, 3 * Number(path.includes("/nfs/enable"))]);
    expect(countModuleRoutes([...OTHERS, ...failing])).toBe(MODULES.length * OPERATIONS.length);
  });

  it("are one route where they fail as often as one another", () => {
    const failing = random.map(([method, path, lines]): Request => [method, path, lines, Math.round(lines / 2)]);
    expect(countModuleRoutes([...OTHERS, ...failing])).toBe(OPERATIONS.length);
  });
});
