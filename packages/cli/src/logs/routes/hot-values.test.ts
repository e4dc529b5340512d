/**
 * The values that come most are values: hot keys beside a long tail, a dozen that return, and what strangers try tells nothing of names.
 * Where values are random, names stand out of them.
 */
import { describe, expect, it } from "vitest";
import { RouteTrie } from "./route-trie.ts";

class Lines {
  count: number;

  constructor(count: number) {
    this.count = count;
  }

  merge(other: Lines): void {
    this.count += other.count;
  }
}

type Request = readonly [method: string, path: string, lines?: number];

/** The routes of all methods with their lines, by name. */
function learn(requests: readonly Request[]): Readonly<Record<string, number>> {
  const tries = new Map<string, RouteTrie<Lines>>();
  for (const [method, path, lines = 1] of requests) {
    const trie = tries.get(method) ?? new RouteTrie<Lines>();
    tries.set(method, trie);
    for (let line = 0; line < lines; line += 1) trie.add(path, new Lines(1), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
  }
  const learned = RouteTrie.learnTogether([...tries.values()]);
  return Object.fromEntries(
    [...tries.keys()].flatMap((method, index) => (learned[index] ?? []).map(({ template, leaf }) => [`${method} ${template}`, leaf.count])),
  );
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
/** Words of five letters, each another. */
const word = (index: number) =>
  Array.from({ length: 5 }, (_, place) => LETTERS.charAt((index * (place * 2 + 3) + place * 7) % 26)).join("");
const WORDS = [...new Set(Array.from({ length: 400 }, (_, index) => word(index) + LETTERS.charAt(Math.floor(index / 26))))];

describe("the values that come most", () => {
  it("are values where the same follows them as all others", () => {
    const requests = WORDS.slice(0, 100).flatMap((name, rank): Request[] => [
      ["GET", `/v2/heartbeats/${name}-job`, Math.ceil(60 / (rank + 1))],
      ["POST", `/v2/heartbeats/${name}-job/ping`, Math.ceil(120 / (rank + 1))],
    ]);
    expect(Object.keys(learn([["GET", "/v2/account", 50], ...requests]))).toEqual([
      "GET /v2/account",
      "GET /v2/heartbeats/{id}",
      "POST /v2/heartbeats/{id}/ping",
    ]);
  });

  it("are values where nothing follows any of them and their counts rise in steps; a word far above is a name", () => {
    const requests = WORDS.slice(0, 100).map((name, rank): Request => ["GET", `/v2/tags/${name}`, Math.ceil(60 / (rank + 1))]);
    const lines = requests.reduce((sum, [, , count = 0]) => sum + count, 0);
    expect(learn([["GET", "/v2/account", 50], ["GET", "/v2/tags/popular", 150], ...requests])).toEqual({
      "GET /v2/account": 50,
      "GET /v2/tags/popular": 150,
      "GET /v2/tags/{id}": lines,
    });
  });

  it("are values if they are written as such: symbols, keys in capitals", () => {
    const symbols = WORDS.slice(0, 60).map((name): Request => ["GET", `/v1/prices/${name.toUpperCase()}`, 2]);
    expect(learn([["GET", "/v1/account", 50], ["GET", "/v1/prices/USD_EUR", 55], ...symbols])).toEqual({
      "GET /v1/account": 50,
      "GET /v1/prices/{id}": 175,
    });
  });

  it("leave a name apart that is followed by its own", () => {
    const items = WORDS.slice(0, 100).flatMap((name, rank): Request[] => [
      ["GET", `/v2/topics/${name}`, Math.ceil(40 / (rank + 1))],
      ["GET", `/v2/topics/${name}/posts`, Math.ceil(40 / (rank + 1))],
    ]);
    const routes = learn([["GET", "/v2/account", 50], ["GET", "/v2/topics/unread", 60], ...items]);
    expect(routes["GET /v2/topics/unread"]).toBe(60);
  });
});

describe("names whose counts are those of the values that come most", () => {
  const code = (index: number) =>
    [index, Math.floor(index / 26), Math.floor(index / 676)].map((digit) => LETTERS.charAt(digit % 26)).join("");
  const ranked = Array.from({ length: 300 }, (_, rank): Request => [
    "GET",
    `/cards/${code(rank * 7919)}/${rank + 1}`,
    Math.ceil(200 / (rank + 1)),
  ]);

  it("stay names where they are longer than any value", () => {
    const routes = learn([["GET", "/sets", 60], ["GET", "/cards/multiverse/7", 55], ["GET", "/cards/multiverse/9", 5], ...ranked]);
    expect(routes["GET /cards/multiverse/{id}"]).toBe(60);
  });

  it("stay names of one word where all values have several", () => {
    const slugs = WORDS.slice(0, 100).map((name, rank): Request => ["GET", `/v2/reports/${name}-daily`, Math.ceil(60 / (rank + 1))]);
    expect(learn([["GET", "/v2/account", 50], ["GET", "/v2/reports/overview", 60], ...slugs])["GET /v2/reports/overview"]).toBe(60);
  });
});

describe("a collection that is requested itself", () => {
  it("has items where a dozen of them return", () => {
    const requests = WORDS.slice(0, 12).flatMap((name): Request[] =>
      ["branches", "commits", "pulls", "tags", "hooks"].map((part) => ["GET", `/api/repositories/${name}-${name.slice(1)}/${part}`, 30]),
    );
    expect(Object.keys(learn([["GET", "/api/repositories", 40], ["GET", "/api/config", 40], ...requests]))).toEqual([
      "GET /api/repositories",
      ...["branches", "commits", "pulls", "tags", "hooks"].map((part) => `GET /api/repositories/{id}/${part}`),
      "GET /api/config",
    ]);
  });

  it("is none where it is a folder of modules", () => {
    const modules = WORDS.slice(0, 12).flatMap((name): Request[] =>
      ["list", "create", "delete", "update"].map((action) => ["POST", `/admin/${name}/${action}`, 30]),
    );
    expect(Object.keys(learn([["GET", "/health", 40], ...modules]))).toHaveLength(49);
  });
});

describe("a few words beside ids", () => {
  const ACTIONS = "poweron poweroff reboot reset rebuild attach_iso change_type enable_backup".split(" ");

  it("are names where other methods ask for them", () => {
    const ids = Array.from({ length: 12 }, (_, index): Request => ["GET", `/v1/servers/${index + 40}/actions/${index * 7 + 3}`]);
    const names = ACTIONS.map((action, index): Request => ["POST", `/v1/servers/${index + 70}/actions/${action}`]);
    expect(learn([["GET", "/v1/servers", 40], ["GET", "/v1/pricing", 40], ...ids, ...names])).toEqual({
      "GET /v1/servers": 40,
      "GET /v1/pricing": 40,
      "GET /v1/servers/{id}/actions/{id}": 12,
      ...Object.fromEntries(ACTIONS.map((action) => [`POST /v1/servers/{id}/actions/${action}`, 1])),
    });
  });

  it("are values where the same methods do", () => {
    const ids = Array.from({ length: 12 }, (_, index): Request => ["GET", `/v1/labels/${index * 7 + 3}`, 2]);
    const names = WORDS.slice(0, 10).map((name): Request => ["GET", `/v1/labels/${name}`]);
    expect(learn([["GET", "/v1/labels", 40], ["GET", "/v1/pricing", 40], ...ids, ...names])["GET /v1/labels/{id}"]).toBe(34);
  });
});

describe("what strangers try", () => {
  const TRIED =
    ".env .git/config wp-login.php xmlrpc.php phpmyadmin/ pma/index.php cgi-bin/luci HNAP1 owa/auth solr/admin manager/html console/login v1/.env v3/admin actuator/env telescope/requests shell test backup old demo dump.sql info.php user/login druid/index.html geoserver/web setup.cgi alfa.php wso.php up.php".split(
      " ",
    );
  const tried = TRIED.map((path): Request => ["GET", `/${path}`]);

  it("makes no value of a version that stands elsewhere", () => {
    const parts = "health series episode history indexer language log command calendar filter format profile".split(" ");
    const requests = parts.map((part): Request => ["GET", `/api/v3/${part}`, 120]);
    const routes = learn([...tried, ["GET", "/feed/v3/calendar", 3], ["GET", "/api/.env"], ...requests]);
    expect(routes).toMatchObject(Object.fromEntries(requests.map(([method, path, lines]) => [`${method} ${path}`, lines])));
  });

  it("makes no value of a frequent name with a digit, nor of one that has items", () => {
    const others = "userinfo keys clients admin sessions projects health version".split(" ");
    const items = Array.from({ length: 60 }, (_, index): Request => ["GET", `/countries/${index}`]);
    const routes = learn([
      ...tried,
      ...others.map((name): Request => ["GET", `/${name}`, 100]),
      ["GET", "/oauth2/auth", 200],
      ["GET", "/oauth2/sessions/logout", 60],
      ["GET", "/countries", 40],
      ...items,
    ]);
    expect(routes).toMatchObject({
      "GET /oauth2/auth": 200,
      "GET /oauth2/sessions/logout": 60,
      "GET /countries": 40,
      "GET /countries/{id}": 60,
    });
  });
});

describe("a list of words that strangers try again and again", () => {
  it("takes no names with it: values of which none is asked for more than the others have no steps", () => {
    const names: readonly Request[] = ["assets 40", "offers 60", "prices 110", "quotes 200"].map((name) => [
      "GET",
      `/api/v1/${name.replace(/ .*/, "")}`,
      Number(name.replace(/.* /, "")),
    ]);
    const tried = WORDS.map((name, index): Request => ["GET", `/api/v1/${name}`, 8 + (index % 2) + 13 * Number(index === 0)]);
    expect(Object.keys(learn([...tried, ...names]))).toEqual([...names.map(([, path]) => `GET ${path}`), "GET /api/v1/{id}"]);
  });
});

describe("how values and names are written", () => {
  it.each([
    ["/v1/stores/XNHPXUXuxivBlElhoSfC/items", "/v1/stores/{id}/items"],
    ["/rpc/waf/GetWebACLForResource", "/rpc/waf/GetWebACLForResource"],
    ["/rpc/emr/GetOnClusterAppUIPresignedURL", "/rpc/emr/GetOnClusterAppUIPresignedURL"],
    ["/docs/how-to-do-it-in-AWS/edit", "/docs/how-to-do-it-in-AWS/edit"],
  ])("reads %s", (path, template) => {
    expect(Object.keys(learn([["GET", path]]))).toEqual([`GET ${template}`]);
  });

  it("keeps an operation that starts with a dollar beside ids", () => {
    const requests = WORDS.slice(0, 40).map((name): Request => ["GET", `/fhir/Patient/${name}-ward`]);
    expect(
      learn([...requests, ["POST", "/fhir/Patient/$match"], ["GET", "/fhir/Patient/$export"], ["GET", "/fhir/Patient/$count"]]),
    ).toEqual({
      "GET /fhir/Patient/{id}": 40,
      "POST /fhir/Patient/$match": 1,
      "GET /fhir/Patient/$export": 1,
      "GET /fhir/Patient/$count": 1,
    });
  });

  it("reads long words in capitals in a time that grows with their length", () => {
    const name = `CMAKE_${"ABCDEFGH".repeat(20)}x`;
    expect(
      Object.keys(
        learn([
          ["GET", `/variable/${name}`],
          ["GET", "/variable/OTHER"],
          ["GET", "/variable/NAME"],
        ]),
      ),
    ).toHaveLength(3);
  });

  it("reads tokens in capitals that end in another character as fast as others", () => {
    const trie = new RouteTrie<Lines>();
    const startMs = performance.now();
    const path = `/x/${"A".repeat(198)}!`;
    for (let line = 0; line < 20_000; line += 1) trie.add(path, new Lines(1), { lines: 1, variedFrom: Number.POSITIVE_INFINITY });
    expect(performance.now() - startMs).toBeLessThan(1000);
  });
});

describe("names beside random values", () => {
  const routesOf = (requests: readonly Request[]) => Object.keys(learn(requests));
  const words = WORDS.slice(0, 120);

  it("are what nothing follows of what follows the values", () => {
    const requests = words.flatMap((name, index): Request[] => [
      ["GET", `/v2/${name}/apps`, 3 - 2 * Math.sign(index % 7)],
      ["POST", `/v2/${name}/members`],
      ["GET", `/v2/${name}/usage`],
    ]);
    expect(learn([...requests, ["GET", "/v2/regions", 12]])).toEqual({
      "GET /v2/{id}/apps": 156,
      "POST /v2/{id}/members": 120,
      "GET /v2/{id}/usage": 120,
      "GET /v2/regions": 12,
    });
  });

  it("are a word or two that stand alone, even if they are values elsewhere", () => {
    const requests = words.map((name): Request => ["GET", `/tags/${name}/latest`, 2]);
    const ends = ["", "/results", "/errors", "/batches", "/state", "/owner"];
    const jobs = ends.map((end): Request => ["GET", `/jobs/${words[5]}${end}`, 30]);
    const learned = ends.map((end) => [`GET /jobs/${words[5]}${end}`, 30] as const);
    expect(learn([["GET", "/limits", 9], ...requests, ["GET", "/jobs/query", 90], ...jobs])).toEqual({
      "GET /limits": 9,
      "GET /jobs/query": 90,
      "GET /tags/{id}/latest": 240,
      ...Object.fromEntries(learned),
    });
  });

  it("are a word or two that return beside tokens that do not", () => {
    const tokens = ["stl_A6qUzkvojwrH", "stl_VoSxKxaMOzCN", "stl_ZkQbTrWmXyPd"].map((id): Request => ["GET", `/v2/settlements/${id}`]);
    expect(routesOf([["GET", "/v2/settlements", 5], ...tokens, ["GET", "/v2/settlements/open", 4], ["GET", "/v2/invoices", 9]])).toEqual([
      "GET /v2/settlements",
      "GET /v2/settlements/{id}",
      "GET /v2/settlements/open",
      "GET /v2/invoices",
    ]);
  });

  it("are one month alone behind a year", () => {
    const requests = [2010, 2015, 2020].flatMap((year): Request[] => [
      ["GET", `/data/${year}/dec/pl`, 9],
      ["GET", `/data/${year}/acs/profile`, 9],
    ]);
    expect(routesOf([["GET", "/status", 9], ...requests])).toEqual(["GET /status", "GET /data/{id}/dec/pl", "GET /data/{id}/acs/profile"]);
  });

  it("are the version that stands alone, not far from the start", () => {
    const requests = words.map((name): Request => ["GET", `/stats/api/dissemination/sdmx/2.1/data/${name}`]);
    expect(routesOf([["GET", "/status", 9], ...requests])).toEqual(["GET /status", "GET /stats/api/dissemination/sdmx/2.1/data/{id}"]);
    const retried: Request[] = [["GET", "/a/b/c/d/basket/12/pay", 40]];
    expect(routesOf([["GET", "/status", 9], ...retried])).toEqual(["GET /status", "GET /a/b/c/d/basket/{id}/pay"]);
  });
});

describe("numbers behind the name of an API", () => {
  const requests = (versions: readonly string[]) =>
    versions.flatMap((version, index) =>
      ["clusters", "pipelines", "repos"].map((name): Request => ["GET", `/api/${version}/${name}${"s".repeat(index)}/get`, 9]),
    );

  it("are its versions where each leads to its own", () => {
    expect(Object.keys(learn(requests(["2.0", "2.1"])))).toEqual([
      "GET /api/2.0/clusters/get",
      "GET /api/2.0/pipelines/get",
      "GET /api/2.0/repos/get",
      "GET /api/2.1/clusterss/get",
      "GET /api/2.1/pipeliness/get",
      "GET /api/2.1/reposs/get",
    ]);
  });

  it("are values where a scanner saw several, but for the start of a path", () => {
    const trie = new RouteTrie<Lines>();
    trie.add("/2/users/5", new Lines(9), { lines: 9, variedFrom: 0 });
    trie.add("/api/2/users/5", new Lines(9), { lines: 9, variedFrom: 0 });
    trie.add("/rest/2/users/5", new Lines(9), { lines: 9, variedFrom: 1 });
    expect(trie.learn().map(({ template }) => template)).toEqual(["/2/users/{id}", "/api/{id}/users/{id}", "/rest/2/users/{id}"]);
  });

  it("are values where they lead to the same, are many, are requested themselves or came once", () => {
    const same = ["7", "8", "9"].flatMap((id): Request[] => [
      ["GET", `/api/${id}/users`, 9],
      ["POST", `/api/${id}/orders`, 9],
    ]);
    expect(learn(same)).toEqual({ "GET /api/{id}/users": 27, "POST /api/{id}/orders": 27 });
    expect(Object.keys(learn(requests(["1", "2", "3", "4", "5"]).slice(0, 15)))[0]).toBe("GET /api/{id}/clusters/get");
    expect(learn([["GET", "/rest/5", 9]])).toEqual({ "GET /rest/{id}": 9 });
    expect(learn([["GET", "/rest/5/items"]])).toEqual({ "GET /rest/{id}/items": 1 });
  });
});

describe("random values that look like names", () => {
  const words = WORDS.slice(0, 120);

  it("are words that are kept for methods, where they are followed as all other values are", () => {
    const requests = [...words, "export", "search"].flatMap((name): Request[] => [
      ["GET", `/project/${name}/jobs`, 2],
      ["GET", `/project/${name}/history`, 2],
    ]);
    expect(learn([["GET", "/status", 9], ...requests, ["GET", "/project/import", 1]])).toEqual({
      "GET /status": 9,
      "GET /project/{id}/jobs": 244,
      "GET /project/{id}/history": 244,
      "GET /project/import": 1,
    });
  });

  it("are those asked for by as many methods", () => {
    const requests = [...words, "upload"].flatMap((name): Request[] => [
      ["GET", `/aliases/${name}`],
      ["PUT", `/aliases/${name}`],
      ["DELETE", `/aliases/${name}`],
    ]);
    expect(learn([["GET", "/status", 9], ...requests])).toEqual({
      "GET /status": 9,
      "GET /aliases/{id}": 121,
      "PUT /aliases/{id}": 121,
      "DELETE /aliases/{id}": 121,
    });
  });

  it("are a dozen that each have two numbers", () => {
    const types =
      "g6-nano-1 g6-standard-1 g6-standard-2 g6-standard-4 g6-standard-8 g6-dedicated-2 g6-dedicated-4 g7-highmem-1 g7-highmem-2".split(
        " ",
      );
    const requests = types.map((type): Request => ["GET", `/v4/linode/types/${type}`, 9]);
    expect(learn([["GET", "/v4/linode/types", 9], ["GET", "/v4/regions", 9], ...requests])).toEqual({
      "GET /v4/linode/types": 9,
      "GET /v4/linode/types/{id}": 81,
      "GET /v4/regions": 9,
    });
  });

  it("are single letters of a list, however few lines each has", () => {
    const letters = LETTERS.toUpperCase()
      .split("")
      .map((letter, index): Request => ["GET", `/sections/5f2b9a1c/firstCharacter/${letter}`, 1 + (index % 2)]);
    expect(learn([["GET", "/sections", 9], ...letters])).toEqual({ "GET /sections": 9, "GET /sections/{id}/firstCharacter/{id}": 39 });
  });

  it("are tokens beside ids, whose letters or parts are random", () => {
    const ids = Array.from({ length: 30 }, (_, index): Request => ["GET", `/entities/${1000 + index * 37}x${index}`]);
    const tokens = ["MuGzKmQeoQaggCgBa", "XTagOTTFDFJmvCJeq", "Q2FT-LANI-CFOV"].map((token): Request => ["GET", `/entities/${token}`]);
    expect(learn([["GET", "/status", 9], ...ids, ...tokens])).toEqual({ "GET /status": 9, "GET /entities/{id}": 33 });
  });

  it("are codes in parts, however many of them end alike", () => {
    const codes = WORDS.slice(0, 40).map((name, index): Request => {
      const code = name.toUpperCase();
      return ["GET", `/v2/indicator/${code.slice(0, 2)}.${code.slice(2, 5)}.${["ZS", "KD"][index % 2]}`];
    });
    expect(learn([["GET", "/v2/topics", 30], ...codes])).toEqual({ "GET /v2/topics": 30, "GET /v2/indicator/{id}": 40 });
  });
});

describe("a word that is written as values are", () => {
  it("is a name where it returns and nothing of what follows it follows the values beside it", () => {
    const ids = Array.from({ length: 60 }, (_, index): Request => ["GET", `/sessions/6af${index}0c9d1e${index}b`]);
    const logins = ["google", "github", "slack"].map((provider): Request => ["GET", `/sessions/oauth2/${provider}`, 15]);
    expect(learn([["GET", "/sessions", 30], ["POST", "/sessions/email", 40], ...ids, ...logins])).toEqual({
      "GET /sessions": 30,
      "GET /sessions/{id}": 60,
      "GET /sessions/oauth2/google": 15,
      "GET /sessions/oauth2/github": 15,
      "GET /sessions/oauth2/slack": 15,
      "POST /sessions/email": 40,
    });
  });
});
