/** `faultline logs` on what real proxies write in front of a backend that fails in every way: fields, and who made each failure. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFaultline } from "../../packages/cli/src/main.ts";
import { startFaultyBackend } from "../rig/faulty-backend.ts";
import { findFreePort, listInstalledProxies, type ProxyName, type RunningProxy, startProxy } from "../rig/real-proxies.ts";

const FAULTS = ["boom", "boom-503", "hang", "reset", "close", "garbage", "huge-header"] as const;
const VARNISHNCSA = "/usr/bin/varnishncsa";
/** The default format, and the time to serve the request in µs behind it. */
const NCSA_FORMAT = '%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i" %D';

type Answer = { readonly method: string; readonly status: number; readonly bytes: number };
type Row = Readonly<Record<string, string | number>>;
type RouteRow = {
  readonly route: string;
  readonly status: number;
  readonly count: number;
  readonly madeBy: { readonly hop: string };
};

/** One request on a connection of its own: on a kept one, proxies may hide a reset so that the client tries again. */
async function send(url: string, method = "GET"): Promise<Answer | undefined> {
  return await new Promise((resolve) => {
    const outgoing = request(url, { method, agent: false, headers: { "user-agent": "rig/1" } }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("end", () => resolve({ method, status: response.statusCode ?? 0, bytes }));
    });
    outgoing.on("error", () => resolve(undefined));
    outgoing.end();
  });
}

async function run(...words: string[]): Promise<string> {
  let [out, err] = ["", ""];
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  if ((await runFaultline(["logs", ...words], io)) !== 0) throw new Error(err);
  return out;
}

/** varnishd keeps its log in memory; this program writes it down. Other proxies write theirs. */
async function startLogWriter(proxy: RunningProxy): Promise<readonly ChildProcess[]> {
  if (proxy.name !== "varnish") return [];
  const file = join(proxy.directory, "access.log");
  const child = spawn(VARNISHNCSA, ["-n", join(proxy.directory, "state"), "-t", "10", "-F", NCSA_FORMAT, "-w", file], { stdio: "ignore" });
  for (let round = 0; round < 50 && !existsSync(file); round += 1) await setTimeout(100);
  return [child];
}

/** Lines reach the log after their response: waits until it holds the last path. */
async function waitForLine(proxy: RunningProxy, path: string): Promise<string> {
  for (let round = 0; round < 50 && !proxy.log().includes(path); round += 1) await setTimeout(100);
  await setTimeout(200);
  return proxy.log();
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill();
  await once(child, "exit");
}

function listProxies(): readonly ProxyName[] {
  return listInstalledProxies().filter((name) => name !== "varnish" || existsSync(VARNISHNCSA));
}

/** Whether the lines of each proxy tell who made a failure; where they do not, the answer must be `unknown`. */
const TELLS: Readonly<Record<ProxyName, { readonly own: readonly string[]; readonly app: readonly string[] }>> = {
  nginx: { own: ["hang", "reset", "close", "huge-header", "dead"], app: ["boom", "boom-503"] },
  haproxy: { own: ["hang", "reset", "close", "garbage", "huge-header", "dead"], app: ["boom", "boom-503"] },
  apache: { own: ["hang", "reset", "close"], app: [] },
  caddy: { own: ["hang", "reset", "close", "garbage", "dead"], app: ["boom", "boom-503"] },
  varnish: { own: [], app: [] },
};

describe.each(listProxies())("lines of a real %s", (name) => {
  const folder = mkdtempSync(join(tmpdir(), "faultline-lines-"));
  const file = join(folder, "all.log");
  const answers = new Map<string, Answer>();
  let records: readonly Row[] = [];
  let routes: readonly RouteRow[] = [];

  beforeAll(async () => {
    const backend = await startFaultyBackend();
    const proxies = [await startProxy(name, backend.port), await startProxy(name, await findFreePort())] as const;
    const [live, dead] = proxies;
    const writers = (await Promise.all(proxies.map(startLogWriter))).flat();
    try {
      const sent: [string, Answer | undefined][] = [];
      for (const fault of FAULTS) sent.push([fault, await send(`${live.url}/${fault}?n=1`)]);
      sent.push(["dead", await send(`${dead.url}/dead`, "POST")], ["ok", await send(`${live.url}/ok?n=1`)]);
      for (const [fault, answer] of sent) if (answer !== undefined) answers.set(fault, answer);
      writeFileSync(file, `${await waitForLine(live, "/ok")}\n${await waitForLine(dead, "/dead")}\n`);
    } finally {
      await Promise.all(writers.map(stop));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await backend.close();
    }
    records = (await run("--records", file))
      .trimEnd()
      .split("\n")
      .map((line): Row => JSON.parse(line));
    routes = (JSON.parse(await run("--json", "--top", "50", file)) as { readonly routes: readonly RouteRow[] }).routes;
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const findRecord = (path: string): Row | undefined =>
    records.findLast((record) => record["url.path"] === path && "http.response.status_code" in record && !("message" in record));

  it("give method, path, query and the status that the client got", () => {
    const expected = [...answers].map(([fault, { method, status }]) => [`/${fault}`, method, status]);
    const read = [...answers].map(([fault]) => {
      const record = findRecord(`/${fault}`);
      return [record?.["url.path"], record?.["http.request.method"], record?.["http.response.status_code"]];
    });
    expect(read).toEqual(expected);
    expect(findRecord("/ok")?.["url.query"]).toBe("n=1");
  });

  it("give the size of a good response: of its body, or with its head in HAProxy's log", () => {
    const size = Number(findRecord("/ok")?.["http.response.body.size"]);
    const body = Number(answers.get("ok")?.bytes);
    expect(size).toBeGreaterThanOrEqual(body);
    expect(size > body).toBe(name === "haproxy");
  });

  it("give at least the time that the proxy waited for a backend that hung, and a time of the day", () => {
    const record = findRecord("/hang");
    expect(record?.["duration_ms"]).toBeGreaterThanOrEqual(900);
    expect(record?.["duration_ms"]).toBeLessThan(20_000);
    expect(Math.abs(Date.parse(String(record?.["time"])) - Date.now())).toBeLessThan(120_000);
  });

  it("count each failure once", () => {
    expect(routes.filter(({ count }) => count !== 1)).toEqual([]);
  });

  it("tell who made each failure, or say that they cannot", () => {
    const pick = (hop: string) => routes.filter(({ madeBy }) => madeBy.hop === hop).map(({ route }) => route.slice(1));
    expect({ own: pick("observer").toSorted(), app: pick("behind").toSorted(), client: pick("client") }).toEqual({
      own: TELLS[name].own.toSorted(),
      app: TELLS[name].app.toSorted(),
      client: [],
    });
  });
});
