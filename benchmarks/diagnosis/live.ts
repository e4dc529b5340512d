/** What the diagnosis of a live fault costs: gathered from a store on disk with so many spans in its window, and judged. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createLiveFeed } from "../../packages/collector/src/live-feed.ts";
import { openSqliteStore, type Store } from "@faultline/collector/store";
import { gatherObservations } from "../../packages/collector/src/watch/gather-observations.ts";
import { startWatch } from "../../packages/collector/src/watch/watch.ts";
import { diagnose } from "@faultline/playbook";
import { type Spread, toSpread } from "../record.ts";

const SPANS = 100_000;
const ROUNDS = 41;
const COPY_EVERY_MS = 500;

type Payload = { readonly resourceSpans: { readonly scopeSpans: { readonly spans: OtlpSpan[] }[] }[] };
type OtlpSpan = { traceId: string; startTimeUnixNano: string; endTimeUnixNano: string; events?: { timeUnixNano: string }[] };

/** Milliseconds of processor time and by the clock. */
export type LiveFigures = {
  readonly incident: string;
  readonly spans: number;
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly ofThatJudgingMs: Spread;
};

/** Plays one recorded incident again and again until the window holds 100,000 spans, and diagnoses its fault so many times. */
export async function benchLive(incident: string): Promise<LiveFigures> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-live-"));
  const clock = { nowMs: 0 };
  const store = await openSqliteStore({ directory: folder, now: () => clock.nowMs });
  try {
    const spans = await fill(store, incident, clock);
    await store.flush();
    await findFaults(store, clock);
    return { incident, spans, ...(await measure(store, clock)) };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(store: Store, incident: string, clock: { nowMs: number }): Promise<number> {
  const files = readdirSync(incident).filter((file) => file.startsWith("traces."));
  const payloads = files.flatMap((file) =>
    gunzipSync(readFileSync(join(incident, file)))
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Payload),
  );
  let count = 0;
  for (let copy = 0; count < SPANS; copy += 1) {
    for (const payload of payloads) {
      const spans = payload.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
      for (const span of spans) move(span, copy);
      clock.nowMs = Math.max(clock.nowMs, ...spans.map(({ endTimeUnixNano }) => Number(BigInt(endTimeUnixNano) / 1_000_000n)));
      const receipt = await store.append({ signal: "traces", encoding: "json", bytes: Buffer.from(JSON.stringify(payload)) });
      if (receipt.kind !== "accepted") throw new Error(JSON.stringify(receipt));
      count += spans.length;
    }
  }
  return count;
}

/** The same span of the next copy: another trace, a little later. */
function move(span: OtlpSpan, copy: number): void {
  span.traceId = copy.toString(16).padStart(8, "0") + span.traceId.slice(8);
  const later = (nano: string): string => String(BigInt(nano) + BigInt(COPY_EVERY_MS) * 1_000_000n);
  span.startTimeUnixNano = later(span.startTimeUnixNano);
  span.endTimeUnixNano = later(span.endTimeUnixNano);
  for (const event of span.events ?? []) event.timeUnixNano = later(event.timeUnixNano);
}

async function findFaults(store: Store, clock: { nowMs: number }): Promise<void> {
  const ignore = (): void => {};
  const watch = startWatch({
    store,
    feed: createLiveFeed(),
    onAlert: ignore,
    onProblem: (line) => console.error(line),
    now: () => clock.nowMs,
    intervalMs: 3_600_000,
    settleMs: 0,
  });
  await watch.round();
  await watch.close();
}

async function measure(store: Store, clock: { nowMs: number }): Promise<Pick<LiveFigures, "wallMs" | "cpuMs" | "ofThatJudgingMs">> {
  const [fault] = (await store.listFaults({ limit: 10 })).toSorted((a, b) => b.count - a.count);
  if (fault === undefined) throw new Error("no fault was found");
  const [wall, cpu, judging]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    const evidence = await gatherObservations(store, fault, clock.nowMs);
    if (evidence === undefined) throw new Error("the fault has no failure");
    const gathered = performance.now();
    diagnose(evidence.observations, { scope: { service: evidence.scope.service ?? "", route: evidence.scope.route ?? "" } });
    judging.push(performance.now() - gathered);
    wall.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1_000);
  }
  return { wallMs: toSpread(wall), cpuMs: toSpread(cpu), ofThatJudgingMs: toSpread(judging) };
}
