import { Agent, createServer, request as sendRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProblemDetails } from "@faultline/model";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLiveFeed } from "../live-feed.ts";
import { createMemoryStore, type Store } from "../store/index.ts";
import { type Api, createApi } from "./api.ts";

const SEED = 20261121;
/** Every address of the API, with its parameters. Streams are left out: they do not end. */
const ADDRESSES: readonly (readonly [address: string, parameters: readonly string[]])[] = [
  ["/api/overview", ["from", "to", "minutes"]],
  ["/api/changes", ["from", "to", "minutes"]],
  ["/api/faults", ["from", "to", "limit"]],
  ["/api/faults/f00d", ["trace"]],
  ["/api/failing", ["from", "to", "service", "route", "version", "region", "fingerprint", "order", "limit"]],
  [`/api/traces/${"a".repeat(32)}`, []],
  ["/api/gate", ["baseline", "canary", "service", "route", "minutes"]],
  ["/api/health", []],
  ["/api/demo/faults", []],
];
const PARAMETERS = [...new Set(ADDRESSES.flatMap(([, parameters]) => parameters))];
const HOSTILE = [
  "",
  " ",
  "0",
  "-1",
  "1e9",
  "NaN",
  "Infinity",
  "99999999999999999999",
  "0x10",
  "1767225600",
  "2026-02-31T00:00:00Z",
  "2026-01-01",
  "9999-12-31T23:59:59Z",
  "2026-01-01T00:00:00+99:99",
  "\u0000",
  "\ud800",
  "‮gnp.exe",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "%",
  "%ff",
  "%E0%A4%A",
  "__proto__",
  "constructor",
  "x".repeat(3000),
  "ﷺ".repeat(400),
];

/** The statuses that there may be, and the media type of each. */
const TYPES = new Map([
  ...[200, 201].map((status) => [status, "application/json"] as const),
  ...[400, 404].map((status) => [status, "application/problem+json"] as const),
]);

type Reply = { readonly status: number; readonly type: string | undefined; readonly text: string };

let store: Store;
let api: Api;
let server: Server;
let port: number;
const agent = new Agent({ keepAlive: true });
const defects: unknown[] = [];

beforeEach(async () => {
  defects.length = 0;
  store = createMemoryStore();
  api = createApi({ store, live: createLiveFeed(), onDefect: (error) => void defects.push(error) });
  server = createServer((request, response) => api.respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo); // listening on a port, so the address is no pipe
});

afterEach(async () => {
  api.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
});

/** Sends the path exactly as written: fetch would normalise it. */
function ask(path: string, { method = "GET", body = "" } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const sent = sendRequest({ host: "127.0.0.1", port, path, method, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: Number(response.statusCode), type: response.headers["content-type"], text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const post = (path: string, body: string): Promise<Reply> => ask(path, { method: "POST", body });

/** What every answer is: a success, or a refusal whose one sentence says more than its title. */
function expectCalm({ status, type, text }: Reply): void {
  expect([status, type]).toEqual([status, TYPES.get(status)]);
  const { detail = "a success has none." } = JSON.parse(text) as Partial<ProblemDetails>;
  expect(detail).toMatch(/^\S.{10,600}\.$/su);
  expect(detail.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")).not.toMatch(/undefined|null|NaN|\[object|\.ts:/);
}

/** Text as it may stand in a request line, which knows no control characters and no blanks. */
const toTarget = (text: string): string => text.replaceAll(/[^!-~]/gu, (sign) => encodeURIComponent(sign.toWellFormed()));

describe("malformed questions to the API", () => {
  it.each(ADDRESSES)("with each hostile value of each parameter are answered calmly: %s", async (address, parameters) => {
    for (const name of [...parameters, "unheard-of"]) {
      for (const value of HOSTILE) {
        expectCalm(await ask(`${address}?${name}=${encodeURIComponent(value.toWellFormed())}`));
      }
    }
    expect(defects).toEqual([]);
  });

  it("of any shape are answered calmly", async () => {
    const address = fc.oneof(
      fc.constantFrom(...ADDRESSES.map(([known]) => known)),
      fc.string({ unit: "binary" }).map((text) => `/api/${text}`),
    );
    const query = fc.array(
      fc.tuple(fc.oneof(fc.constantFrom(...PARAMETERS), fc.string()), fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" }))),
      {
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(address, query, async (path, pairs) => {
        expectCalm(await ask(toTarget(`${path}?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`)));
      }),
      { seed: SEED, numRuns: 200 },
    );
    expect(defects).toEqual([]);
  });
});

describe("malformed bodies", () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const member = fc.constantFrom(
    "kind",
    "service",
    "version",
    "previousVersion",
    "region",
    "description",
    "time",
    "timeMs",
    "instances",
    "on",
    "toString",
  );
  const objects = fc.dictionary(member, fc.oneof(value, fc.constantFrom(...HOSTILE)), { maxKeys: 6 });

  it.each(["/api/deploys", "/api/demo/faults/cascade"])("are answered calmly: %s", async (address) => {
    const body = fc.oneof(objects, value).map((each) => JSON.stringify(each));
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, fc.string({ unit: "binary" })), async (text) => expectCalm(await post(address, text))),
      { seed: SEED, numRuns: 150 },
    );
    expect(defects).toEqual([]);
  });

  it("are refused whose time is an object that cannot be made text", async () => {
    const reply = await post("/api/deploys", JSON.stringify({ service: "a", version: "1", time: { toString: 1, valueOf: 1 } }));
    expect([reply.status, (JSON.parse(reply.text) as ProblemDetails).parameter]).toEqual([400, "time"]);
    expect(defects).toEqual([]);
  });
});
