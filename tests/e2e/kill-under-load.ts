/** Kills a store under load, again and again, and remembers what it had acknowledged. */
import { once } from "node:events";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { openSqliteStore, type StoreHealth } from "@faultline/collector/store";
import { spans, traceId } from "../conformance/payloads.ts";
import { send, startStore } from "./start-store.ts";

const CLIENTS = 4;
const SPANS_PER_TRACE = 5;

/** What a series of kills left. */
export type KillReport = {
  /** Traces all of whose spans were acknowledged. */
  readonly acknowledged: number;
  /** Of these, traces with spans missing, and traces with a span twice. */
  readonly lost: readonly number[];
  readonly doubled: readonly number[];
  /** Failing traces that the list shows, and how many different ones. */
  readonly listed: number;
  readonly listedOnce: number;
  readonly readyAfterMs: readonly number[];
  readonly health: StoreHealth;
};

/** A trace of five spans in two payloads, its first span failing; the second payload comes from another service. */
function createTrace(trace: number) {
  const at = { trace, atMs: Date.now() };
  const head = spans({ ...at, span: 1, status: 500, exception: "TypeError" }, { ...at, span: 2, parent: 1, kind: "client" });
  const tail = spans(...[3, 4, 5].map((span) => ({ ...at, span, parent: span - 1, kind: "internal", service: "stock" }) as const));
  return [head, tail] as const;
}

/** Traces that are acknowledged before a kill, at least: a machine that is busy with other things takes its time for each. */
const LEAST_ACKNOWLEDGED = 2;

/** Starts the store, sends traces until the kill at a random time, and adds what was acknowledged to `acknowledged`. */
async function runUntilKilled(directory: string, traces: Iterator<number>, acknowledged: number[]): Promise<number> {
  const { child, port, readyAfterMs } = await startStore(directory);
  const agent = new Agent({ keepAlive: true });
  const exited = once(child, "exit");
  const client = async (): Promise<void> => {
    // A client that got no answer would send again, as exporters do; here the process is dead by then.
    for (let answers = [200]; answers.every((status) => status === 200);) {
      const trace = traces.next().value as number;
      answers = [];
      for (const payload of createTrace(trace)) answers.push(await send(port, payload, agent));
      if (answers.every((status) => status === 200)) acknowledged.push(trace);
    }
  };
  const enough = acknowledged.length + LEAST_ACKNOWLEDGED + Math.floor(Math.random() * 50);
  const clients = Array.from({ length: CLIENTS }, client);
  const ended = new AbortController();
  void Promise.all(clients).then(() => ended.abort());
  while (acknowledged.length < enough && !ended.signal.aborted) await sleep(1);
  await sleep(Math.random() * 20);
  child.kill("SIGKILL");
  await Promise.all([exited, ...clients]);
  agent.destroy();
  return readyAfterMs;
}

function* countUp(): Generator<number> {
  for (let number = 1; ; number++) yield number;
}

/** Kills so many times, then opens the store and checks every acknowledged trace. */
export async function killUnderLoad(directory: string, kills: number): Promise<KillReport> {
  const acknowledged: number[] = [];
  const readyAfterMs: number[] = [];
  const traces = countUp();
  for (let kill = 0; kill < kills; kill++) readyAfterMs.push(await runUntilKilled(directory, traces, acknowledged));
  const store = await openSqliteStore({ directory });
  await store.flush();
  const lost: number[] = [];
  const doubled: number[] = [];
  for (const trace of acknowledged) {
    const ids = (await store.findTrace(traceId(trace)))?.spans.map((span) => span.spanId) ?? [];
    if (new Set(ids).size !== SPANS_PER_TRACE) lost.push(trace);
    if (new Set(ids).size !== ids.length) doubled.push(trace);
  }
  const { failing } = await store.listFailingSince(0, 1_000_000);
  const health = await store.health();
  await store.close();
  const listedOnce = new Set(failing.map((each) => each.traceId)).size;
  return { acknowledged: acknowledged.length, lost, doubled, listed: failing.length, listedOnce, readyAfterMs, health };
}
