/** What was in flight when a process was killed or ran out of memory is named by the next one. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createGuard } from "@faultline/guard";
import { keepJournal } from "@faultline/guard/journal";
import { afterAll, describe, expect, it } from "vitest";
import { createCollected, type Collected } from "../../packages/guard/src/testing/collected.ts";

const APP = fileURLToPath(new URL("fixtures/journal-app.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "faultline-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KILLS = Number(process.env["JOURNAL_KILLS"]) || 25;
const CLIENTS = 8;

type App = { readonly child: ChildProcess; readonly url: string; readonly directory: string; readonly truth: string };

async function start(name: string, ...flags: string[]): Promise<App> {
  const [directory, truth] = [join(folder, name), join(folder, `${name}.truth`)];
  const child = fork(APP, [directory, truth], {
    execArgv: ["--conditions=source", ...flags],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [port] = (await once(child, "message")) as [number];
  return { child, url: `http://127.0.0.1:${port}`, directory, truth };
}

/** Paths that the app entered and did not leave. */
function readInFlight(app: App): { entered: Set<string>; inFlight: Set<string> } {
  const entered = new Set<string>();
  const inFlight = new Set<string>();
  for (const line of readFileSync(app.truth, "utf8").split("\n").filter(Boolean)) {
    const path = line.slice(1);
    if (line.startsWith("-")) inFlight.delete(path);
    else inFlight.add(path);
    entered.add(path);
  }
  return { entered, inFlight };
}

/** What the next guard tells of the app that is gone. */
async function readNamed(app: App): Promise<Collected> {
  const collected = createCollected();
  const guard = createGuard({
    service: "journal",
    version: "2.0.0",
    transport: collected,
    spool: false,
    announce: false,
    journal: keepJournal({ directory: app.directory }),
  });
  await guard.flush();
  expect(guard.counts()).toMatchObject({
    captured: collected.spans.length,
    delivered: collected.spans.length,
    pending: 0,
    internalErrors: 0,
  });
  await guard.close();
  return collected;
}

function pathsOf(items: Collected["spans"]): Set<string> {
  return new Set(items.map((item) => String(item.attributes["url.path"])));
}

describe("a process that is killed", () => {
  it(`names at least 99 % of what was in flight, over ${KILLS} kills at random moments`, async () => {
    let [inFlight, named, ended, requests] = [0, 0, 0, 0];
    for (let kill = 0; kill < KILLS; kill++) {
      const app = await start(`kill-${kill}`);
      const ask = async (client: number, serial: number): Promise<void> => {
        await (await fetch(`${app.url}/slow/${client}-${serial}?ms=${Math.floor(Math.random() * 40)}`)).text();
        return ask(client, serial + 1);
      };
      // Each goes on until the connection breaks.
      const clients = Array.from({ length: CLIENTS }, (_, client) => ask(client, 0).catch(() => undefined));
      await setTimeout(100 + Math.random() * 200);
      app.child.kill("SIGKILL");
      await Promise.all([once(app.child, "exit"), ...clients]);
      const truth = readInFlight(app);
      const told = pathsOf((await readNamed(app)).spans);
      inFlight += truth.inFlight.size;
      named += [...truth.inFlight].filter((path) => told.has(path)).length;
      ended += [...told].filter((path) => !truth.inFlight.has(path)).length;
      requests += truth.entered.size;
    }
    console.log(
      `${requests} requests, ${inFlight} in flight at a kill, ${named} of them named, ${ended} named that had just ended or not quite begun`,
    );
    expect(inFlight).toBeGreaterThan(KILLS);
    expect(named / inFlight).toBeGreaterThanOrEqual(0.99);
    // A slot outlives its request by 10 ms.
    expect(ended).toBeLessThan(requests / 10);
  });
});

describe("a process that runs out of memory", () => {
  it("names the request that took it, and those beside it, under its own version", async () => {
    const app = await start("oom", "--max-old-space-size=32");
    const beside = [1, 2, 3].map((serial) => fetch(`${app.url}/slow/${serial}?ms=60000`).catch(() => undefined));
    await setTimeout(200);
    const eater = fetch(`${app.url}/eat/bob@example.com?card=4111111111111111`).catch(() => undefined);
    const [code, signal] = (await once(app.child, "exit")) as [number | null, string | null];
    expect([code, signal]).toEqual([null, "SIGABRT"]);
    await Promise.all([eater, ...beside]);
    const told = await readNamed(app);
    expect(told.spans).toHaveLength(4);
    expect(told.spans.filter((span) => String(span.attributes["url.path"]).startsWith("/eat/"))).toMatchObject([
      {
        kind: 2,
        status: { code: 2 },
        attributes: { "http.request.method": "GET", "error.type": "process_ended", "faultline.process.in_flight": 4 },
      },
    ]);
    expect(told.logs.map((log) => [log["severityNumber"], log["eventName"]])).toEqual(
      Array.from({ length: 4 }, () => [21, "faultline.process.ended"]),
    );
    expect(told.text).toContain('"stringValue":"1.2.3"');
    expect(told.text).not.toMatch(/bob@|4111111111111111/);
    // Nothing raw was on disk either, and what was told once is not told again.
    expect(readdirSync(app.directory)).toEqual([]);
    expect((await readNamed(app)).spans).toEqual([]);
  });
});

describe("a process that ends in order", () => {
  it("leaves nothing to tell", async () => {
    const directory = join(folder, "order");
    const guard = createGuard({
      service: "journal",
      transport: createCollected(),
      spool: false,
      announce: false,
      journal: keepJournal({ directory }),
    });
    expect(readdirSync(directory)).toHaveLength(1);
    await guard.close();
    expect(readdirSync(directory)).toEqual([]);
  });
});
