import { describe, expect, it } from "vitest";
import { RouteTrie } from "./route-trie.ts";

/** Counts lines by the template that made them, so that a test can see what was folded into what. */
class Origins {
  readonly counts = new Map<string, number>();

  constructor(template: string) {
    this.counts.set(template, 1);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  merge(other: Origins): void {
    for (const [template, count] of other.counts) this.counts.set(template, (this.counts.get(template) ?? 0) + count);
  }
}

function learn(paths: readonly (readonly [path: string, template: string])[]) {
  const trie = new RouteTrie<Origins>();
  for (const [path, template] of paths) trie.add(path, new Origins(template), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
  return trie.learn();
}

function createRandom(seed: number) {
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  return {
    next,
    below,
    pick,
    text: (alphabet: string, length: number) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(""),
  };
}

type Random = ReturnType<typeof createRandom>;

const WORDS =
  "users accounts orders items products carts payments invoices sessions tokens search status reports exports events hooks teams members roles groups projects tasks comments labels milestones issues pulls branches commits tags releases assets files folders pages posts media images videos streams channels messages threads reactions customers subscriptions plans prices coupons refunds disputes transfers balances charges cards banks addresses cities countries regions zones clusters nodes pods services deployments jobs runs logs metrics alerts rules policies keys secrets configs settings profiles followers stars watchers devices sensors schedules calendars meetings rooms seats tickets flights hotels bookings reviews ratings".split(
    " ",
  );
const HEX = "0123456789abcdef";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const VALUES: Readonly<Record<string, (random: Random) => string>> = {
  integer: (random) => String(random.below(10 ** (1 + random.below(8)))),
  uuid: (random) => [8, 4, 4, 4, 12].map((length) => random.text(HEX, length)).join("-"),
  hash: (random) => random.text(HEX, random.pick([12, 24, 40, 64])),
  date: (random) => `20${10 + random.below(16)}-0${1 + random.below(9)}-1${random.below(10)}`,
  slug: (random) => Array.from({ length: 2 + random.below(3) }, () => random.pick(WORDS)).join("-"),
  token: (random) => random.text(`${LOWER}${LOWER.toUpperCase()}0123456789`, 8 + random.below(12)),
  word: (random) => random.text(LOWER, 5 + random.below(8)),
  prefixed: (random) => `cus_${random.text(`${LOWER}0123456789`, 14)}`,
};
const VERBS = ["findByStatus", "search", "export", "bulk", "me", "stats", "recent", "archive", "oauth2", "2fa"];

/** The paths of one made-up API: resources with literal and parameter children, two levels deep. */
function inventTemplates(random: Random): string[] {
  const prefix = random.pick(["", "/api", "/api/v1", "/v2", "/2010-04-01", "/api/1"]);
  const kind = () => `{${random.pick(Object.keys(VALUES))}}`;
  const templates = new Set<string>();
  const resources = new Set(Array.from({ length: 5 + random.below(25) }, () => random.pick(WORDS)));
  for (const resource of resources) {
    const item = `${prefix}/${resource}/${kind()}`;
    const own = [`${prefix}/${resource}`, item, `${item}:cancel`, `${item}.json`].slice(0, random.pick([2, 2, 2, 3, 4]));
    if (random.next() < 0.6) own.push(`${prefix}/${resource}/${random.pick(VERBS)}`);
    for (const sub of new Set(Array.from({ length: random.below(4) }, () => random.pick(WORDS))))
      own.push(`${item}/${sub}`, `${item}/${sub}/${kind()}`);
    for (const template of own) templates.add(template);
  }
  return [...templates];
}

function fill(template: string, random: Random): string {
  return template.replace(/\{(\w+)\}/g, (_, kind: string) => VALUES[kind]?.(random) ?? "");
}

/** Lines whose learned route holds mostly lines of their own template and most of its lines. */
function score(learned: ReturnType<typeof learn>) {
  const homes = new Map<string, { template: string; count: number }>();
  for (const { template, leaf } of learned) {
    for (const [origin, count] of leaf.counts) if (count > (homes.get(origin)?.count ?? 0)) homes.set(origin, { template, count });
  }
  let right = 0;
  let total = 0;
  for (const { template, leaf } of learned) {
    const [main] = [...leaf.counts].sort((a, b) => b[1] - a[1]).map(([origin]) => origin);
    for (const [origin, count] of leaf.counts) {
      total += count;
      right += origin === main && homes.get(origin)?.template === template ? count : 0;
    }
  }
  return right / total;
}

describe("learning routes from paths", () => {
  it("has one route for all languages with a region, and leaves a single one as it is", () => {
    const pages = ["cart", "checkout", "products"].flatMap((page) =>
      ["en-US", "de-DE", "pt_BR"].flatMap((locale) => Array.from({ length: 200 }, () => [`/${locale}/${page}`, `/{id}/${page}`] as const)),
    );
    const others = Array.from({ length: 200 }, () => ["/api/en-US/help", "/api/en-US/help"] as const);
    const routes = learn([...pages, ...others]).map(({ template, leaf }) => ({ template, counts: Object.fromEntries(leaf.counts) }));
    expect(routes.toSorted((a, b) => a.template.localeCompare(b.template))).toEqual([
      { template: "/{id}/cart", counts: { "/{id}/cart": 600 } },
      { template: "/{id}/checkout", counts: { "/{id}/checkout": 600 } },
      { template: "/{id}/products", counts: { "/{id}/products": 600 } },
      { template: "/api/en-US/help", counts: { "/api/en-US/help": 200 } },
    ]);
  });

  it.each(Array.from({ length: 20 }, (_, index) => 1000 + index * 77))(
    "puts 98 percent of the lines of made-up API %s to their own template",
    (seed) => {
      const random = createRandom(seed);
      const lines = inventTemplates(random).flatMap((template) =>
        Array.from({ length: Math.max(20, Math.floor(20 / (random.next() + 0.01))) }, (): [string, string] => [
          fill(template, random),
          template,
        ]),
      );
      expect(score(learn(lines))).toBeGreaterThanOrEqual(0.98);
    },
  );

  it("keeps literals beside a parameter apart from its values", () => {
    const values = Array.from({ length: 60 }, (_, index): [string, string] => [
      `/users/${createRandom(index + 5).text(LOWER, 9)}`,
      "{name}",
    ]);
    const literals = Array.from({ length: 40 }, (): [string, string] => ["/users/search", "search"]);
    expect(
      learn([...values, ...literals])
        .map(({ template }) => template)
        .sort(),
    ).toEqual(["/users/search", "/users/{id}"]);
  });

  it("keeps the version of an API that looks like a date", () => {
    const lines = Array.from({ length: 30 }, (_, index): [string, string] => [`/2010-04-01/Accounts/${index}/Calls.json`, "x"]);
    expect(learn(lines).map(({ template }) => template)).toEqual(["/2010-04-01/Accounts/{id}/Calls.json"]);
  });

  it("keeps the versions of an API apart, and makes a value of many short numbers", () => {
    const lines = Array.from({ length: 40 }, (_, index): [string, string] => [`/${["2", "1.1"][index % 2]}/users/${index}`, "x"]);
    expect(
      learn(lines)
        .map(({ template }) => template)
        .sort(),
    ).toEqual(["/1.1/users/{id}", "/2/users/{id}"]);
    const pages = Array.from({ length: 40 }, (_, index): [string, string] => [`/${1 + (index % 20)}/list`, "x"]);
    expect(learn(pages).map(({ template }) => template)).toEqual(["/{id}/list"]);
  });

  it("leaves few and frequent names alone", () => {
    const names = ["charges", "refunds", "payouts", "events", "files", "topups", "plans", "prices", "taxes", "tokens"];
    const lines = names.flatMap((name) => Array.from({ length: 30 }, (): [string, string] => [`/v1/${name}`, name]));
    expect(learn(lines)).toHaveLength(names.length);
  });

  it("stays small on paths without end", () => {
    const random = createRandom(7);
    const trie = new RouteTrie<Origins>();
    for (let index = 0; index < 70_000; index += 1) {
      trie.add(`/${random.text(LOWER, 3)}/${random.text(LOWER, 4)}`, new Origins("x"), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
    }
    expect(trie.learn().length).toBeLessThan(40_000);
  });

  it("takes new words for values at once where a thousand were, but for a late one that comes often", () => {
    const random = createRandom(11);
    const trie = new RouteTrie<Origins>();
    const add = (path: string, template: string) =>
      trie.add(path, new Origins(template), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
    const slug = () => `/p/${random.text(LOWER, 4)}-${random.text(LOWER, 5)}`;
    for (let index = 0; index < 5000; index += 1) add(slug(), "slug");
    expect(trie.findCrowds()).toMatchObject([{ keys: ["p"], names: [], valueSuffixes: undefined }]);
    for (let index = 0; index < 2000; index += 1) {
      add(slug(), "slug");
      add("/p/export", "export");
    }
    const learned = trie.learn();
    expect(learned.map(({ template }) => template).sort()).toEqual(["/p/export", "/p/{id}"]);
    const exported = learned.filter(({ template }) => template === "/p/export").map(({ leaf }) => [...leaf.counts]);
    expect(exported).toEqual([[["export", 1995]]]);
  });

  const TENANTS = Array.from({ length: 60 }, (_, index) => `${LOWER.charAt(index % 26)}${LOWER.charAt(index / 2)}tenant`);
  const names = (count: number) => [...new Set(WORDS)].slice(0, count);

  it.each([
    ["45 resources of an admin in Rails", names(45), ["/admin/*", "/admin/*/new", "/admin/*/17", "/admin/*/17/edit"]],
    ["60 resources of an RPC API", names(60), ["/api/*/list", "/api/*/create", "/api/*/update", "/api/*/delete"]],
    ["50 resources of a version", names(50), ["/api/v1/*", "/api/v1/*/17", "/api/v1/*/search", "/api/v1/*/count"]],
    ["44 resources at the top", names(44), ["/*/new", "/*/17/edit"]],
    [
      "45 resources whose names have no plural",
      names(45).map((name) => name.replace(/e?s$/, "")),
      ["/svc/*/list", "/svc/*/create", "/svc/*/delete"],
    ],
  ])("keeps %s apart, whatever follows each", (_, resources, shapes) => {
    const paths = resources.flatMap((resource, index) =>
      shapes.flatMap((shape) => {
        const path = shape.replace("*", resource);
        return Array.from({ length: 4 + (index % 7) * 9 }, (): [string, string] => [path, path]);
      }),
    );
    const learned = learn(paths);
    expect(learned).toHaveLength(resources.length * shapes.length);
    expect(learned.filter(({ leaf }) => leaf.counts.size > 1)).toEqual([]);
  });

  it("makes one route of accounts that each come often in a collection, and are followed by the same", () => {
    const shapes = ["/realms/*", "/realms/*/users", "/realms/*/users/count", "/realms/*/events"];
    const paths = TENANTS.flatMap((tenant, index) =>
      shapes.flatMap((shape) =>
        Array.from({ length: 4 + (index % 7) * 9 }, (): [string, string] => [shape.replace("*", tenant), shape.replace("*", "{id}")]),
      ),
    );
    const learned = learn(paths);
    expect(learned.map(({ template, leaf }) => `${template} ${[...leaf.counts.keys()].join()}`).toSorted()).toEqual(
      shapes
        .map((shape) => shape.replace("*", "{id}"))
        .map((shape) => `${shape} ${shape}`)
        .toSorted(),
    );
  });

  it("finds frequent values behind rare ones, and merges nothing below them", () => {
    const random = createRandom(19);
    const rare = Array.from({ length: 400 }, (): [string, string] => [`/services/${random.text(LOWER, 7)}`, "/services/{id}"]);
    const shapes = ["/services/*", "/services/*/config", "/services/*/rollouts", "/services/*/accessPolicy:query"];
    const frequent = TENANTS.flatMap((tenant) =>
      shapes.flatMap((shape, index) =>
        Array.from({ length: 7 - 2 * index }, (): [string, string] => [shape.replace("*", tenant), shape.replace("*", "{id}")]),
      ),
    );
    const learned = learn([["/services", "/services"], ...rare, ...frequent]);
    expect(learned.filter(({ template, leaf }) => [...leaf.counts.keys()].join() !== template)).toEqual([]);
  });

  it("keeps long names with dashes apart", () => {
    const paths = ["foundation", "guardrail", "evaluation", "provisioned"].flatMap((kind) =>
      ["list", "create", "delete"].flatMap((verb) =>
        Array.from({ length: 40 }, (): [string, string] => [`/${verb}-${kind}-model-agreement-offers`, `${verb} ${kind}`]),
      ),
    );
    expect(learn(paths)).toHaveLength(12);
  });

  it("knows the values of a rare method from a frequent one", () => {
    const random = createRandom(13);
    const [get, remove] = [new RouteTrie<Origins>(), new RouteTrie<Origins>()];
    const add = (trie: RouteTrie<Origins>, path: string) =>
      trie.add(path, new Origins("x"), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
    for (let index = 0; index < 400; index += 1) {
      add(get, `/users/${random.text(LOWER, 7)}`);
      add(get, "/users");
    }
    for (let index = 0; index < 3; index += 1) add(remove, `/users/${random.text(LOWER, 7)}`);
    const learned = RouteTrie.learnTogether([get, remove]).map((routes) => routes.map(({ template }) => template).toSorted());
    expect(learned).toEqual([["/users", "/users/{id}"], ["/users/{id}"]]);
  });

  it("has no route for family names behind a dot, and one for files of several extensions", () => {
    const random = createRandom(17);
    const families = Array.from({ length: 12 }, () => random.text(LOWER, 5));
    const users = Array.from({ length: 300 }, (): [string, string] => [`/users/${random.text(LOWER, 5)}.${random.pick(families)}`, "user"]);
    const files = Array.from({ length: 300 }, (): [string, string] => [
      `/media/${random.text(LOWER, 7)}.${random.pick(["png", "jpg", "pdf"])}`,
      "file",
    ]);
    const templates = learn([...users, ...files]).map(({ template }) => template);
    expect(templates.toSorted()).toEqual(["/media/{id}", "/users/{id}"]);
  });

  it("has one route for files of seven extensions, one of which comes twice as often", () => {
    const random = createRandom(23);
    const endings = ["docx", "docx", "pdf", "png", "csv", "zip", "txt", "json"];
    const files = Array.from({ length: 40 }, (_, index): [string, string] => [
      `/invoices/${index}/attachments/${random.text(LOWER, 7)}-${random.text(LOWER, 5)}.${endings[index % endings.length]}`,
      "file",
    ]);
    expect(learn(files).map(({ template }) => template)).toEqual(["/invoices/{id}/attachments/{id}"]);
  });

  it("keeps the new of a few resources, each asked for once or twice beside ids", () => {
    const paths = names(30).flatMap((resource, index): [string, string][] => [
      ...Array.from({ length: 2 + (index % 9) }, (_, id): [string, string] => [`/${resource}/${index * 31 + id}`, "item"]),
      ...Array.from({ length: 2 + (index % 5) }, (): [string, string] => [`/${resource}`, "list"]),
      ...Array.from({ length: 1 + (index % 3) * (index % 4) }, (): [string, string] => [`/${resource}/new`, "new"]),
    ]);
    expect(learn(paths).filter(({ template }) => template.endsWith("/new"))).toHaveLength(30);
  });

  const LANGUAGES = "en de fr es it pt nl pl sv da fi nb cs hu ro tr ja ko zh ru".split(" ");
  const SERVICES = "User Order Product Cart Payment Invoice Session Report Coupon Shipment Return Review".split(" ");
  it.each([
    ["pages of a site in 20 languages", LANGUAGES, ["/*", "/*/about", "/*/pricing", "/*/contact", "/*/blog", "/*/docs", "/*/login"]],
    ["methods of an RPC", SERVICES, ["Get*", "List*", "Create*", "Update*", "Delete*", "Search*"].map((name) => `/v1.*Service/${name}`)],
  ])("merges few %s in small logs, some of which are seldom asked for", (_, heads, shapes) => {
    const names = heads.flatMap((head) => shapes.map((shape) => shape.replaceAll("*", head)));
    const shares = [1, 2, 3, 4, 5].map((seed) => {
      const random = createRandom(seed * 7919);
      const order = names.map((name) => [random.next(), name] as const).toSorted(([a], [b]) => a - b);
      const asked = Array.from({ length: 200 }, (): [string, string] => {
        const [name] = order.slice(Math.floor(order.length ** random.next()) - 1).map(([, each]) => each) as [string];
        return [name, name];
      });
      const merged = learn(asked).filter(({ template }) => template.includes("{id}"));
      return merged.reduce((total, { leaf }) => total + leaf.total, 0) / asked.length;
    });
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.1);
  });

  it.each(["", "/api/v1"])("keeps a few names at the top of a short log, each asked for once, behind %j", (prefix) => {
    const asked = "boom boom-503 hang reset close garbage huge-header dead ok ping login checkout".split(" ");
    const routes = learn(asked.map((name) => [`${prefix}/${name}`, name]));
    expect(routes.map(({ template }) => template).toSorted()).toEqual(asked.map((name) => `${prefix}/${name}`).toSorted());
  });

  it("makes one route of scopes, and none of @me", () => {
    const paths = TENANTS.flatMap((tenant) => Array.from({ length: 30 }, (): [string, string] => [`/@${tenant}/${tenant}`, "scope"]));
    const routes = learn([...paths, ["/@me/settings", "me"]]);
    expect(routes.map(({ template }) => template)).toEqual(expect.arrayContaining(["/@me/settings"]));
    expect(routes.filter(({ template }) => !template.startsWith("/@{id}/"))).toHaveLength(1);
  });

  const TIMES = [1, 1, 2, 1, 1, 2, 5, 7, 10, 1];

  it("takes words for values that are as often as others, up to a gap", () => {
    const often = (word: string, times: number) => Array.from({ length: times }, (): [string, string] => [`/tags/${word}`, word]);
    const paths = TENANTS.flatMap((tenant, index) => often(tenant, Number(TIMES[index % TIMES.length])));
    const routes = learn([...paths, ...often("search", 400), ...often("export", 90)]);
    expect(routes.map(({ template }) => template)).toEqual(["/tags/search", "/tags/export", "/tags/{id}"]);
  });

  it.each([
    ["suffixes of ids", (random: Random) => `/files/${random.below(1e6)}.${random.text(LOWER, 4)}`, ["/files/{id}"]],
    ["suffixes of words", (random: Random) => `/files/${random.text(LOWER, 4)}.${random.text(LOWER, 3)}`, ["/files/{id}"]],
  ])("makes no routes of %s that are many and rare", (_, write, templates) => {
    const random = createRandom(5);
    const paths = Array.from({ length: 6000 }, (): [string, string] => [write(random), "file"]);
    const frequent = learn(paths).filter(({ leaf }) => leaf.total >= 20);
    expect(frequent.map(({ template }) => template)).toEqual(templates);
  });

  it.each([
    ["deep", (random: Random) => Array.from({ length: 2 + random.below(30) }, () => `/${random.text(LOWER, 3)}`).join("")],
    ["regular", (random: Random) => Array.from({ length: 6 }, () => `/page${LOWER.charAt(random.below(20))}`).join("")],
  ])("keeps a bounded number of places of %s paths without end", (_, write) => {
    const random = createRandom(3);
    const trie = new RouteTrie<Origins>();
    for (let index = 0; index < 45_000; index += 1)
      trie.add(write(random), new Origins("x"), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
    const learned = trie.learn();
    expect(learned.length).toBeLessThan(40_000);
    expect(learned.reduce((total, { leaf }) => total + leaf.total, 0)).toBe(45_000);
  });

  it.each([
    [
      "regions, with a verb and without",
      ["us-central1", "europe-west4", "asia-east1"],
      ["/locations/*", "/locations/*:setConfig", "/locations/*/jobs"],
    ],
    ["Azure's regions", ["eastus", "westus2", "northeurope", "germanywestcentral"], ["/locations/*", "/locations/*/usages"]],
    ["the months of a year", ["jan", "feb", "mar", "apr", "may"], ["/archive/2026/*", "/archive/2025/*/posts"]],
    ["languages of a file", ["en-US", "de-DE", "fr-FR"], ["/subtitles/*.vtt", "/site/*/about"]],
  ])("knows %s for values, however often each comes", (_, values, shapes) => {
    const paths = values.flatMap((value) =>
      shapes.flatMap((shape) => Array.from({ length: 300 }, (): [string, string] => [shape.replace("*", value), shape])),
    );
    expect(
      learn(paths)
        .map(({ template, leaf }) => `${template} ${leaf.counts.size}`)
        .toSorted(),
    ).toEqual(shapes.map((shape) => `${shape.replace("*", "{id}").replace(/20\d\d/, "{id}")} 1`).toSorted());
  });

  it("leaves a page alone that is called as one of Azure's regions is", () => {
    const pages = ["/tours/northeurope", "/tours/alps", "/tours/greece"];
    const paths = pages.flatMap((page) => Array.from({ length: 300 }, (): [string, string] => [page, page]));
    expect(learn(paths).map(({ template }) => template)).toEqual(pages);
  });

  it("has no route for a few people's family names in a short log", () => {
    const random = createRandom(23);
    const users = ["lee", "moore", "lopez"].flatMap((family) => [1, 2, 3].map(() => `${random.text(LOWER, 5)}.${family}`));
    const words = Array.from({ length: 30 }, () => random.text(LOWER, 8));
    const paths = [...users, ...words].map((user): [string, string] => [`/users/${user}`, "user"]);
    expect(learn([["/users", "users"], ...paths]).map(({ template }) => template)).toEqual(["/users", "/users/{id}"]);
  });

  const VERBS = "restore backup alterLocation exportMetadata queryMetadata moveTable cancel drain".split(" ");

  it("keeps the verbs of a short log, each of which came once or twice", () => {
    const random = createRandom(29);
    const services = Array.from({ length: 40 }, (): [string, string] => [`/services/${random.text(LOWER, 7)}`, "service"]);
    const calls = VERBS.flatMap((verb) => [1, 2].map((): [string, string] => [`/services/${random.text(LOWER, 7)}:${verb}`, verb]));
    const merged = learn([["/services", "list"], ...services, ...calls]).filter(({ leaf }) => leaf.counts.size > 1);
    expect(merged).toEqual([]);
  });

  it("takes what stands before one verb for values at the top, too", () => {
    const random = createRandom(31);
    const paths = Array.from({ length: 8 }, (): [string, string] => [
      `/v1/${random.text(LOWER, 6)}-${random.text(LOWER, 5)}:setPolicy`,
      "set",
    ]);
    expect(learn(paths).map(({ template }) => template)).toEqual(["/v1/{id}:setPolicy"]);
  });

  const MODULES = "auth billing cart catalog checkout stock mail report user order file job".split(" ");

  it("keeps a dozen modules apart that are followed by the same and each come again", () => {
    const random = createRandom(37);
    const paths = Array.from({ length: 100 }, (): [string, string] => {
      const path = `/modules/${random.pick(MODULES)}/${random.pick(["list", "create", "update", "delete"])}`;
      return [path, path];
    });
    expect(learn([["/health", "/health"], ...paths]).filter(({ template }) => template.includes("{id}"))).toEqual([]);
  });

  it.each(["bulk", "search", "me", "latest"])("keeps %s beside values, however seldom it comes", (name) => {
    const random = createRandom(41);
    const paths = Array.from({ length: 60 }, (): [string, string] => [`/issues/${random.text(LOWER, 7)}`, "issue"]);
    const learned = learn([["/issues", "list"], ...paths, [`/issues/${name}`, name]]).map(({ template }) => template);
    expect(learned.toSorted()).toEqual(["/issues", `/issues/${name}`, "/issues/{id}"].toSorted());
  });

  it("keeps a name that is far more frequent than the values beside it and followed by nearly the same", () => {
    const random = createRandom(43);
    const pages = Array.from({ length: 400 }, (_, index): [string, string] => [
      `/${random.text(LOWER, 9)}/${["feed", "", "", ""][index % 4]}`,
      "page",
    ]);
    const contact = Array.from({ length: 150 }, (): [string, string] => ["/contact/", "contact"]);
    expect(
      learn([...pages, ...contact])
        .map(({ template }) => template)
        .toSorted(),
    ).toEqual(["/contact/", "/{id}/", "/{id}/feed"]);
  });

  const learnFrom = (templates: readonly string[], count: number) => {
    const random = createRandom(11);
    const fill = (template: string) =>
      template.replaceAll("{id}", () => random.text(LOWER, 9)).replaceAll("{number}", () => String(random.below(1e6)));
    const lines = Array.from({ length: count }, (_, index) => templates[index % templates.length] as string);
    return learn(lines.map((template): [string, string] => [fill(template), template]))
      .map(({ template }) => template)
      .toSorted();
  };

  it("keeps the dates that are versions of APIs, each of which leads to what is its own", () => {
    const templates = [
      "/2013-04-01/hostedzone/{id}/rrset",
      "/2015-03-31/functions/{id}",
      "/2015-03-31/functions/{id}/invocations",
      "/2015-03-31/event-source-mappings/{id}",
      "/2017-03-31/tags/{id}",
      "/2018-10-31/layers/{id}/versions",
      "/2019-09-25/functions/{id}/event-invoke-config",
      "/2019-09-30/functions/{id}/provisioned-concurrency",
      "/2020-05-31/distribution/{id}/invalidation",
      "/2020-06-30/functions/{id}/code-signing-config",
    ];
    expect(learnFrom(templates, 900)).toEqual(templates.toSorted());
  });

  it.each([
    ["follow day by day", (index: number) => `/2024-05-${10 + index}/r${LOWER.charAt(index)}/{id}`, { count: 8, lines: 320 }],
    ["lead to the same", (index: number) => `/20${14 + index}-03-31/reports/{id}`, { count: 8, lines: 320 }],
    ["lead to one page each", (index: number) => `/20${14 + index}-03-31/a-page-called-${LOWER.charAt(index)}`, { count: 8, lines: 320 }],
    [
      "are requested",
      (index: number) => `/20${14 + (index >> 1)}-03-31${`/r${LOWER.charAt(index)}/{id}`.repeat(index % 2)}`,
      { count: 12, lines: 320 },
    ],
    [
      "come once or twice",
      (index: number) => `/20${10 + index}-03-31/r${"xyz".charAt(index % 3)}/{number}/${LOWER.charAt(index)}`,
      { count: 16, lines: 32 },
    ],
    ["come in a few lines", (index: number) => `/20${14 + index}-03-31/r${LOWER.charAt(index)}/{number}`, { count: 3, lines: 12 }],
    [
      "are many",
      (index: number) => `/20${10 + (index % 16)}-0${1 + (index % 9)}-1${index % 10}/r${index}x/{id}`,
      { count: 40, lines: 1600 },
    ],
  ])("makes a value of dates that %s", (_, toTemplate, { count, lines }) => {
    const templates = Array.from({ length: count }, (__, index) => toTemplate(index));
    expect(learnFrom(templates, lines).filter((template) => !template.startsWith("/{id}"))).toEqual([]);
  });

  it("makes a value of a few dates before articles", () => {
    const random = createRandom(5);
    const lines = Array.from({ length: 60 }, (_, index): [string, string] => {
      const article = [5, 4, 6, 3].map((length) => random.text(LOWER, length)).join("-");
      return [`/20${10 + (index % 12)}-03-31/${article}${`/comments/${index}`.repeat(Math.min(1, index % 3))}`, "x"];
    });
    expect(learn(lines).map(({ template }) => template)).toEqual(["/{id}/{id}", "/{id}/{id}/comments/{id}"]);
  });

  it("makes a value of dates at the start where other values stand", () => {
    const templates = ["/2013-04-01/hostedzone/{id}/rrset", "/2015-03-31/functions/{id}", "/81234567/orders/{id}"];
    expect(learnFrom(templates, 300)).toEqual(["/{id}/functions/{id}", "/{id}/hostedzone/{id}/rrset", "/{id}/orders/{id}"]);
  });

  it.each([
    ["/order/12/pay", "/order/{id}/pay"],
    ["/blog/2026-11-21/photos", "/blog/{id}/photos"],
    ["/rest/api/2/issue", "/rest/api/2/issue"],
    ["/2015-03-31/functions", "/2015-03-31/functions"],
  ])("reads %s, which a short log repeats, as %s", (path, template) => {
    const paths = Array.from({ length: 5 }, (): [string, string] => [path, path]);
    expect(learn([...paths, ["/health", "health"]]).map((route) => route.template)).toEqual([template, "/health"]);
  });

  it("takes a code of two digits for a value beside others, however often it comes", () => {
    const random = createRandom(47);
    const flights = Array.from({ length: 200 }, (): [string, string] => [`/flights/LH${random.text("123456789", 3)}/seats`, "seats"]);
    const frequent = Array.from({ length: 60 }, (): [string, string] => ["/flights/LH90/seats", "seats"]);
    expect(learn([...flights, ...frequent]).map(({ template }) => template)).toEqual(["/flights/{id}/seats"]);
  });

  it("reads the version of an API for all methods alike, and from three lines on where it is written as one", () => {
    const [get, put] = [new RouteTrie<Origins>(), new RouteTrie<Origins>()];
    const add = (trie: RouteTrie<Origins>, path: string) =>
      trie.add(path, new Origins(path), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
    for (const path of ["/rest/agile/1.0/board", "/rest/agile/1.0/sprint"]) add(get, path);
    add(put, "/rest/agile/1.0/epic");
    const learned = RouteTrie.learnTogether([get, put]).map((routes) => routes.map(({ template }) => template));
    expect(learned).toEqual([["/rest/agile/1.0/board", "/rest/agile/1.0/sprint"], ["/rest/agile/1.0/epic"]]);
  });

  it("keeps the entity sets of OData apart, however many keys each has", () => {
    const sets = ["Products", "Customers", "Orders", "Employees"];
    const paths = sets.flatMap((set) => Array.from({ length: 90 }, (_, key): [string, string] => [`/odata/${set}(${key * 37})`, set]));
    const learned = learn(paths).map(({ template, leaf }) => `${template} ${[...leaf.counts.keys()].join()}`);
    expect(learned.toSorted()).toEqual(sets.map((set) => `/odata/${set}({id}) ${set}`).toSorted());
  });

  it.each([
    ["/orders/42", "/orders/{id}"],
    ["/orders/5f2b9a1c", "/orders/{id}"],
    ["/orders/2026-11-21", "/orders/{id}"],
    ["/users/a@b.example", "/users/{id}"],
    ["/v1beta1/oauth2/sha256/iso8601/ipv4", "/v1beta1/oauth2/sha256/iso8601/ipv4"],
    ["/files/123.json", "/files/{id}.json"],
    ["/orders/42:cancel", "/orders/{id}:cancel"],
    ["/topics/42:modifyAckDeadline", "/topics/{id}:modifyAckDeadline"],
    ["/links/42:processBitbucketDataCenterWebhook", "/links/{id}:processBitbucketDataCenterWebhook"],
    ["/archive/2.4.1.tar.gz", "/archive/{id}.tar.gz"],
    ["/packages/12.js/latest", "/packages/{id}/latest"],
    ["/repos/12.git/info/refs", "/repos/{id}.git/info/refs"],
    ["/plans/2026-W47/meals", "/plans/{id}/meals"],
    ["/slots/10:00:00Z", "/slots/{id}"],
    ["/flights/LH1234/seats", "/flights/{id}/seats"],
    ["/issues/OPS-7", "/issues/{id}"],
    ["/docs/RFC/S3", "/docs/RFC/S3"],
    ["/services/SOAP12", "/services/SOAP12"],
    ["/reports/getOffice365ActiveUserDetail", "/reports/getOffice365ActiveUserDetail"],
    ["/files/aB3kLm92xQpRt5Zw1YvN", "/files/{id}"],
    ["/files/abcdefgh12KLmnopqrst", "/files/{id}"],
    ["/slots/09:30/book", "/slots/{id}/book"],
    ["/reports/2026-11-22T10:00:00+02:00", "/reports/{id}"],
    ["/servers/10.0.0.1:8080", "/servers/{id}"],
    ["/devices/aa:bb:cc:dd:ee:f1/twin", "/devices/{id}/twin"],
    ["/things/hue:bulb:3f2a9c10:kitchen", "/things/{id}"],
    ["/slots/2026-11-22T10:00:00Z:cancel", "/slots/{id}:cancel"],
    ["/profile/@james:example.org/displayname", "/profile/{id}/displayname"],
    ["/profile/@james12:example.org", "/profile/{id}"],
    ["/rooms/!OGEhHVWSdvArJzumhm:example.org/state", "/rooms/{id}/state"],
    ["/rooms/!important", "/rooms/!important"],
    ["/odata/Products(5)/Category", "/odata/Products({id})/Category"],
    ["/odata/Customers('ALFKI')", "/odata/Customers('{id}')"],
    ["/odata/Lines(Order=7,Product=11)", "/odata/Lines(Order={id},Product={id})"],
    ["/odata/Products(123456789)", "/odata/Products({id})"],
    ["/sheets/1aB2cD3eF4/values/Sheet1!A1:B50:append", "/sheets/{id}/values/{id}:append"],
    ["/ip/2001:db8:7f3a::abc/whois", "/ip/{id}/whois"],
    ["/odata/GetNearest()", "/odata/GetNearest()"],
    ["/wiki/Heat_(1995)", "/wiki/Heat_(1995)"],
    ["/api/v20210901/users", "/api/v20210901/users"],
    ["/", "/"],
    ["/a/", "/a/"],
  ])("reads the single path %s as %s", (path, template) => {
    expect(learn([[path, "x"]]).map((route) => route.template)).toEqual([template]);
  });
});
