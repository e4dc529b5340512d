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
/** How long the proxies wait for the backend: so long that a busy machine does not make a fault of its own. */
const WAIT_S = 4;
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

/** A path that only the rig asks for, to see whether the log is being written. */
const PROBE = "/is-anybody-writing";

/** varnishd keeps its log in memory; this program writes down what happens after it has attached itself. Other proxies write theirs. */
async function startLogWriter(proxy: RunningProxy): Promise<readonly ChildProcess[]> {
  if (proxy.name !== "varnish") return [];
  const file = join(proxy.directory, "access.log");
  const args = ["-n", join(proxy.directory, "state"), "-t", "30", "-F", NCSA_FORMAT, "-w", file];
  const child = spawn(VARNISHNCSA, args, { stdio: "ignore" });
  await waitUntil("the log's writer has attached itself", async () => {
    await send(`${proxy.url}${PROBE}`);
    return proxy.log().includes(PROBE);
  });
  return [child];
}

async function waitUntil(claim: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 60_000; !(await isTrue()); await setTimeout(100))
    if (Date.now() > until) throw new Error(`not within a minute: ${claim}`);
}

/** Lines reach the log after their response: waits for one of each path, and ends the proxy, which writes what is left. */
async function readWholeLog(proxy: RunningProxy, paths: readonly string[]): Promise<string> {
  await waitUntil(`${proxy.name} has written ${paths.join(" ")}`, async () => {
    const log = proxy.log();
    const written = log.slice(0, log.lastIndexOf("\n"));
    return paths.every((path) => written.includes(path));
  });
  await proxy.stop();
  const lines = proxy.log().split("\n");
  return lines.filter((line) => !line.includes(PROBE)).join("\n");
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
  apache: { own: ["hang", "reset", "close", "dead"], app: [] },
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
    const proxies = [await startProxy(name, backend.port, WAIT_S), await startProxy(name, await findFreePort(), WAIT_S)] as const;
    const [live, dead] = proxies;
    const writers = (await Promise.all(proxies.map(startLogWriter))).flat();
    try {
      const sent: [string, Answer | undefined][] = [];
      for (const fault of FAULTS) sent.push([fault, await send(`${live.url}/${fault}?n=1`)]);
      sent.push(["dead", await send(`${dead.url}/dead`, "POST")], ["ok", await send(`${live.url}/ok?n=1`)]);
      for (const [fault, answer] of sent) if (answer !== undefined) answers.set(fault, answer);
      const logs = [
        await readWholeLog(
          live,
          [...FAULTS, "ok"].map((fault) => `/${fault}?n=1`),
        ),
        await readWholeLog(dead, ["/dead"]),
      ];
      writeFileSync(file, `${logs.join("\n")}\n`);
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
  });
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
    expect(record?.["duration_ms"]).toBeGreaterThanOrEqual(WAIT_S * 900);
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
