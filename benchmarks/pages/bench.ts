/**
 * What a person waits for: the data of the overview and of a fault's page, and the time from the first failing response of a new fault
 * until Chromium shows that fault with its verdict, under 500 requests a second of other traffic.
 *
 * Runs a whole collector (SQLite, fsync) in a process of its own, fed over OTLP/HTTP as exporters feed it: a batch every 400 ms.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { encodeTraces } from "@faultline/formats/otlp-encode";
import type { FaultsAnswer, Span } from "@faultline/model";
import { type Browser, chromium, type Page } from "playwright-core";
import { type HopSketch, sketchTrace } from "../../tests/e2e/dashboard-fixture.ts";
import { createRandom } from "../../tests/rig/seeded-random.ts";
import { recordResult } from "../record.ts";

const ROUTES = 50;
const REQUESTS_PER_SECOND = 500;
const BATCH_MS = 400;
const TRIALS = Number(process.env["TRIALS"] ?? 20);
const ASKS = 100;
const BROWSER_ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];

const random = createRandom(7);
const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];

function sketchRequest(failure?: string): readonly HopSketch[] {
  // A fault sits in one place; the other traffic is everywhere.
  const route = `/api/resource-${failure === undefined ? Math.floor(random() * ROUTES) : failure.length + failure.charCodeAt(6) - 65}/{id}`;
  const version = failure === undefined ? pick(["1.4.0", "1.4.0", "1.5.0"]) : "1.4.0";
  const region = pick(["eu-west-1", "us-east-1", "ap-south-1"]);
  const status = failure === undefined ? 200 : 500;
  const stack = `${failure ?? ""}: broken\n    at read${failure ?? ""} (file:///app/src/orders/${failure ?? ""}.js:12:7)`;
  return [
    { service: "gateway", version: "3.0.0", region, route, status },
    {
      service: "orders",
      version,
      region,
      route,
      status,
      ...(failure === undefined ? {} : { exception: { type: failure, message: "broken", stack } }),
    },
  ];
}

type Collector = { readonly url: string; readonly process: ChildProcess };

async function startCollector(directory: string): Promise<Collector> {
  const program = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
  const started = spawn(process.execPath, [program, "up", "--port", "0", "--data", directory], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const chunk of started.stdout) {
    said += String(chunk);
    const url = /http:\/\/\S+/.exec(said)?.[0];
    if (url !== undefined) return { url, process: started };
  }
  throw new Error(`the collector did not start: ${said}`);
}

async function send(url: string, spans: readonly Span[]): Promise<void> {
  const headers = { "content-type": "application/x-protobuf" };
  const response = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: encodeTraces(spans) });
  await response.arrayBuffer();
  if (response.status >= 400) throw new Error(`the collector answered ${response.status}`);
}

/** An open-loop load: every batch holds what was served since the last, whatever the collector's answers take. */
function startLoad(url: string): { stop: () => Promise<void> } {
  const end = new AbortController();
  const run = async (): Promise<void> => {
    const sending: Promise<void>[] = [];
    for (let at = performance.now(); !end.signal.aborted; at += BATCH_MS) {
      await sleep(Math.max(0, at - performance.now()));
      const count = Math.round((REQUESTS_PER_SECOND * BATCH_MS) / 1000);
      const spans = Array.from({ length: count }, () => sketchTrace(sketchRequest(), Date.now() - random() * BATCH_MS, random)).flat();
      sending.push(send(url, spans));
    }
    await Promise.all(sending);
  };
  const running = run();
  return {
    async stop() {
      end.abort();
      await running;
    },
  };
}

/** From the first failing response to the fault with its verdict on an open overview, ms. */
async function measurePage(url: string, page: Page, trial: number): Promise<number> {
  const failure = `Broken${String.fromCharCode(65 + (trial % 26))}${String.fromCharCode(65 + Math.floor(trial / 26))}Error`;
  const shown = page
    .getByRole("listitem")
    .filter({ hasText: failure })
    .filter({ hasText: /sure\)|Inconclusive/ })
    .first()
    .waitFor();
  const respondedAt = performance.now();
  const first = sketchTrace(sketchRequest(failure), Date.now(), random);
  await sleep(random() * BATCH_MS);
  await send(url, first);
  for (let more = 0; more < 3; more++) {
    await sleep(BATCH_MS);
    await send(url, sketchTrace(sketchRequest(failure), Date.now(), random));
  }
  await shown;
  return performance.now() - respondedAt;
}

/** The time an answer takes, warm, ms each. */
async function measureAnswer(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < ASKS + 5; i++) {
    const askedAt = performance.now();
    const response = await fetch(url);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    if (i >= 5) times.push(performance.now() - askedAt);
  }
  return times;
}

function summarise(times: readonly number[]): { readonly median: number; readonly p95: number; readonly max: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

async function measureAll(url: string, browser: Browser): Promise<object> {
  const page = await browser.newPage();
  await page.goto(url);
  const load = startLoad(url);
  await sleep(3000);
  const pageMs: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) pageMs.push(await measurePage(url, page, trial));
  for (let batch = 0; batch < 5; batch++) {
    const loud = Array.from({ length: 60 }, () => sketchTrace(sketchRequest("LoudError"), Date.now() - 1000 * random(), random));
    await send(url, loud.flat());
    await sleep(BATCH_MS);
  }
  await sleep(3000);
  const { faults } = (await (await fetch(`${url}/api/faults`)).json()) as FaultsAnswer; // our own API
  const loudest = faults.toSorted((a, b) => b.count - a.count)[0];
  const underLoad = {
    overviewMs: summarise(await measureAnswer(`${url}/api/overview`)),
    faultMs: summarise(await measureAnswer(`${url}/api/faults/${loudest?.fingerprint ?? ""}`)),
  };
  await load.stop();
  const atRest = {
    overviewMs: summarise(await measureAnswer(`${url}/api/overview`)),
    faultMs: summarise(await measureAnswer(`${url}/api/faults/${loudest?.fingerprint ?? ""}`)),
  };
  return {
    requestsPerSecond: REQUESTS_PER_SECOND,
    failuresOfTheFault: loudest?.count,
    trials: TRIALS,
    firstFailureToPageMs: summarise(pageMs),
    atRest,
    underLoad,
  };
}

const directory = mkdtempSync(join(tmpdir(), "faultline-pages-"));
const collector = await startCollector(directory);
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: BROWSER_ARGS });
try {
  const figures = await measureAll(collector.url, browser);
  console.log(JSON.stringify(figures, null, 2));
  recordResult("pages", figures);
} finally {
  await browser.close();
  collector.process.kill();
  rmSync(directory, { recursive: true, force: true });
}
