/**
 * How long a person waits for the verdict of `faultline triage`, whole processes from start to end: `npm run bench -- triage [--rounds 3]`. Each fault of
 * a backend behind each real proxy, and each fault of the demo shop. Also counts who was blamed wrongly, and requests that were sent and not announced.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { OUTSIDE_VIEWS, toCurl } from "../../demo/outside.ts";
import { createTelemetrySink } from "../../demo/src/capture/sink.ts";
import { createRandom } from "../../tests/rig/seeded-random.ts";
import { startShop } from "../../demo/src/shop/shop.ts";
import { Switchboard } from "../../demo/src/switchboard/switchboard.ts";
import { startCountingRelay } from "../../tests/rig/counting-relay.ts";
import { nameTrueMaker, TRUE_CAUSES } from "../../tests/rig/backend-truths.ts";
import { startFaultyBackend } from "../../tests/rig/faulty-backend.ts";
import { findFreePort, listInstalledProxies, startProxy } from "../../tests/rig/real-proxies.ts";
import { recordResult } from "../record.ts";

const { values } = parseArgs({ args: process.argv.slice(3), options: { rounds: { type: "string", default: "3" } } });
const ROUNDS = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), "faultline-bench-triage-"));
const BODY_FILE = join(folder, "body.json");
const CLI = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
/** What takes this long waited for a time-out of somebody. */
const TIMEOUT_PROBE_MS = 950;
const MOST_TRIES = 40;

type Report = {
  readonly triage: {
    readonly maker: { readonly maker: string };
    readonly diagnosis: {
      readonly scope: { readonly failing: number };
      readonly causes: readonly { readonly cause: string; readonly confidence: number }[];
    };
  };
  readonly probes: readonly { readonly totalMs: number; readonly response?: { readonly status: number } }[];
};
type Truth = { readonly maker: string; readonly causes: readonly string[] };
type Row = {
  readonly where: string;
  readonly fault: string;
  readonly wallMs: number;
  readonly probesMs: number;
  readonly waited: boolean;
  readonly maker: string;
  readonly wrongMaker: boolean;
  readonly wrongCauses: readonly string[];
  readonly unannounced: number;
};

/** A word of a command line has at most 128 KiB: bodies go by way of a file, as people send large ones. */
function moveBodyToFile(curl: string): string {
  return curl.replace(/ -d '(.*)'$/s, (_, body: string) => {
    writeFileSync(BODY_FILE, body);
    return ` --data-binary '@${BODY_FILE}'`;
  });
}

async function triage(target: string): Promise<{ readonly report: Report; readonly wallMs: number }> {
  const startedMs = performance.now();
  const text = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [CLI, "triage", "--json", "--allow-files", target], { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      stdout === "" ? reject(error ?? new Error(stderr)) : resolve(stdout),
    );
  });
  const wallMs = performance.now() - startedMs;
  return { report: JSON.parse(text) as Report, wallMs }; // our own output
}

type Place = { readonly where: string; readonly fault: string; readonly truth: Truth; readonly unannounced: number };

function judge({ report, wallMs }: Awaited<ReturnType<typeof triage>>, { where, fault, truth, unannounced }: Place): Row {
  const { maker, diagnosis } = report.triage;
  const isBlamed = diagnosis.scope.failing > 0;
  return {
    where,
    fault,
    wallMs: Math.round(wallMs),
    probesMs: Math.round(report.probes.reduce((sum, probe) => sum + probe.totalMs, 0)),
    waited: report.probes.some(({ totalMs }) => totalMs >= TIMEOUT_PROBE_MS),
    maker: maker.maker,
    wrongMaker: isBlamed && ![truth.maker, "network", "unknown"].includes(maker.maker),
    wrongCauses: diagnosis.causes
      .filter(({ cause, confidence }) => confidence >= 0.5 && !truth.causes.includes(cause))
      .map(({ cause }) => cause),
    unannounced,
  };
}

async function triageProxies(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const backend = await startFaultyBackend();
  for (const name of listInstalledProxies()) {
    const proxy = await startProxy(name, backend.port);
    const dead = await startProxy(name, await findFreePort());
    for (const [fault, causes] of Object.entries(TRUE_CAUSES)) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const relay = await startCountingRelay((fault === "dead" ? dead : proxy).url);
        const done = await triage(`${relay.url}/${fault}`);
        const unannounced = relay.requests.length - done.report.probes.length;
        await relay.close();
        rows.push(judge(done, { where: name, fault, truth: { maker: nameTrueMaker(fault), causes }, unannounced }));
      }
    }
    await proxy.close();
    await dead.close();
  }
  await backend.close();
  return rows;
}

async function triageShop(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const sink = await createTelemetrySink();
  const shop = await startShop({ otlpEndpoint: sink.endpoint, otlpProtocol: "http/json", rate: 20, seed: 1 });
  const board = new Switchboard(shop);
  const relay = await startCountingRelay(shop.gatewayUrl);
  try {
    for (const { fault, kind, statuses, ...truth } of OUTSIDE_VIEWS) {
      await board.turn(fault, true);
      for (let round = 0, tries = 0; round < ROUNDS && tries < MOST_TRIES; tries += 1) {
        const before = relay.requests.length;
        const done = await triage(moveBodyToFile(toCurl(kind, relay.url, createRandom(tries))));
        // A fault that has not begun yet, or that only one of two backends has, is not there to be judged.
        if (!statuses.includes(done.report.probes[0]?.response?.status ?? 0)) continue;
        round += 1;
        rows.push(
          judge(done, { where: "demo shop", fault, truth, unannounced: relay.requests.length - before - done.report.probes.length }),
        );
      }
      await board.turn(fault, false);
    }
  } finally {
    await relay.close();
    await shop.close();
    await sink.close();
  }
  return rows;
}

function findPercentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * share) - 1] ?? Number.NaN;
}

function summarise(rows: readonly Row[]) {
  const wall = rows.map(({ wallMs }) => wallMs);
  return { runs: rows.length, p50Ms: findPercentile(wall, 0.5), p95Ms: findPercentile(wall, 0.95), maxMs: Math.max(0, ...wall) };
}

const rows = [...(await triageProxies()), ...(await triageShop())];
rmSync(folder, { recursive: true });
const cells = Map.groupBy(rows, ({ where, fault }) => `${where}: ${fault}`);
const table = Object.fromEntries(
  [...cells].map(([cell, own]) => [cell, { ...summarise(own), makers: [...new Set(own.map(({ maker }) => maker))].join(" ") }]),
);
console.table(table);
const figures = {
  rounds: ROUNDS,
  whereSomethingTimedOut: summarise(rows.filter(({ waited }) => waited)),
  others: summarise(rows.filter(({ waited }) => !waited)),
  wrongMaker: rows.filter(({ wrongMaker }) => wrongMaker).map(({ where, fault }) => `${where}: ${fault}`),
  wrongCause: rows.flatMap(({ where, fault, wrongCauses }) => wrongCauses.map((cause) => `${where}: ${fault}: ${cause}`)),
  unannouncedRequests: rows.reduce((sum, { unannounced }) => sum + Math.abs(unannounced), 0),
};
console.log(figures);
recordResult("triage", { ...figures, cells: table });
