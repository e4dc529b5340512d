import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Exporter, type ExportCounts } from "./exporter.ts";
import { type Batch, openSpool, type Spool } from "./spool.ts";
import { parseRetryAfter, type SendOutcome, type Transport } from "./transport.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-spool-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;

function createFolder(): string {
  return join(folder, String((folders += 1)));
}

/** A collector that answers what the table says for each request, and the last of it from then on. */
function createCollector(...outcomes: SendOutcome["kind"][]): Transport & { readonly seen: string[]; readonly requests: () => number } {
  const seen: string[] = [];
  let requests = 0;
  return {
    seen,
    requests: () => requests,
    close: () => undefined,
    send(_path, body) {
      const kind = outcomes[Math.min(requests++, outcomes.length - 1)] ?? "accepted";
      const accepted =
        kind === "accepted"
          ? gunzipSync(body)
              .toString()
              .matchAll(/"id":(\d+)/g)
          : [];
      for (const [, id] of accepted) seen.push(id ?? "");
      return Promise.resolve(kind === "accepted" ? { kind } : { kind, because: "the test says so" });
    },
  };
}

function createExporter(transport: Transport, spool: Spool | undefined, queueBytes = 1 << 20): Exporter {
  return new Exporter({ resource: "[]", transport, spool, flushMs: 1, queueBytes, random: () => 0 });
}

function offer(exporter: Exporter, from: number, to: number): void {
  for (let id = from; id < to; id++) exporter.offer(() => ({ spans: [`{"id":${id}}`], logs: [] }));
}

function sumOf(counts: ExportCounts): number {
  const dropped = Object.values(counts.dropped).reduce((sum, each) => sum + each, 0);
  return counts.delivered + counts.pending + counts.spooled + dropped;
}

describe("the exporter", () => {
  it("writes failures down together, at the latest when it sends, and drops only the one that cannot be written", async () => {
    const collector = createCollector("accepted");
    const exporter = createExporter(collector, undefined);
    const written: number[] = [];
    const records = new Map(Array.from({ length: 20 }, (_, id) => [id, { spans: [`{"id":${id}}`], logs: [] }]));
    records.delete(3);
    for (let id = 0; id < 20; id++) {
      exporter.offer(() => {
        written.push(id);
        return records.get(id);
      });
    }
    expect(written).toEqual(Array.from({ length: 16 }, (_, id) => id));
    expect(exporter.counts).toMatchObject({ captured: 20, pending: 19, dropped: { "record-failed": 1 } });
    await exporter.flush();
    expect(written).toHaveLength(20);
    expect(collector.seen).toHaveLength(19);
    expect(exporter.counts).toMatchObject({ captured: 20, delivered: 19, pending: 0, dropped: { "record-failed": 1 } });
  });

  it("delivers what it is given, each once", async () => {
    const collector = createCollector("accepted");
    const exporter = createExporter(collector, undefined);
    offer(exporter, 0, 100);
    await exporter.flush();
    expect(collector.seen).toHaveLength(100);
    expect(exporter.counts).toEqual({ captured: 100, delivered: 100, pending: 0, spooled: 0, dropped: {} });
  });

  it("keeps failures on disk while the collector is away, and delivers them to whoever starts next", async () => {
    const root = createFolder();
    const away = createExporter(
      createCollector("unavailable"),
      openSpool(root, 1 << 20, () => undefined),
    );
    offer(away, 0, 3);
    await away.flush();
    offer(away, 3, 5);
    await away.close(60_000);
    expect(away.counts).toMatchObject({ captured: 5, pending: 0, spooled: 5, dropped: {} });
    // The folder of a process that is gone: no process has this id.
    const [own = ""] = readdirSync(root);
    const orphan = join(root, own.replace(/^\d+/, "4194999"));
    renameSync(join(root, own), orphan);
    const collector = createCollector("accepted");
    const next = createExporter(
      collector,
      openSpool(root, 1 << 20, () => undefined),
    );
    await next.flush();
    expect(collector.seen.toSorted()).toEqual(["0", "1", "2", "3", "4"]);
    expect(sumOf(next.counts)).toBe(next.counts.captured);
    expect(readdirSync(root)).toHaveLength(1);
  });

  it("writes at once what a slow disk has not taken yet when the process ends, and keeps it once", async () => {
    const spool = openSpool(createFolder(), 1 << 20, () => undefined);
    const begun = Promise.withResolvers<void>();
    const disk = Promise.withResolvers<void>();
    const slow = Object.assign(Object.create(spool) as Spool, {
      async writeBeside(batch: Batch) {
        begun.resolve();
        await disk.promise;
        return spool.writeBeside(batch);
      },
    });
    const exporter = createExporter(createCollector("unavailable"), slow);
    offer(exporter, 0, 3);
    const flushed = exporter.flush();
    await begun.promise;
    exporter.spoolNow();
    expect(exporter.counts).toMatchObject({ captured: 3, pending: 0, spooled: 3, dropped: {} });
    disk.resolve();
    await flushed;
    expect(exporter.counts).toMatchObject({ captured: 3, pending: 0, spooled: 3, dropped: {} });
    expect(spool.size).toBe(1);
  });

  it("loses nothing where what is written down last makes a batch too large, while it sends or when the process ends", async () => {
    const large = "x".repeat(50_000);
    const offerLarge = (exporter: Exporter): void => {
      for (let id = 0; id < 15; id++) exporter.offer(() => ({ spans: [`{"id":${id},"text":"${large}"}`], logs: [] }));
    };
    const sending = createExporter(
      createCollector("unavailable"),
      openSpool(createFolder(), 1 << 20, () => undefined),
    );
    offerLarge(sending);
    await sending.flush();
    expect(sending.counts).toMatchObject({ captured: 15, pending: 0, spooled: 15, dropped: {} });
    const spool = openSpool(createFolder(), 1 << 20, () => undefined);
    const ending = createExporter(createCollector("unavailable"), spool);
    offerLarge(ending);
    ending.spoolNow();
    expect(ending.counts).toMatchObject({ captured: 15, pending: 0, spooled: 15, dropped: {} });
    expect(spool.findOldest()?.batch.count).toBe(15);
  });

  it("counts a failure that the disk refuses", async () => {
    const root = createFolder();
    const spool = openSpool(root, 1 << 20, () => undefined);
    rmSync(root, { recursive: true });
    const exporter = createExporter(createCollector("unavailable"), spool);
    offer(exporter, 0, 2);
    await exporter.flush();
    expect(exporter.counts).toMatchObject({ captured: 2, pending: 0, spooled: 0, dropped: { "spool-failed": 2 } });
  });

  it("asks a collector that is away rarely", async () => {
    const collector = createCollector("unavailable");
    const exporter = createExporter(collector, undefined);
    const startMs = Date.now();
    for (let id = 0; id < 200; id++) {
      offer(exporter, id, id + 1);
      await exporter.flush();
    }
    // Never sooner than a quarter of a second after the last one, however long the machine takes for this.
    expect(collector.requests()).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - startMs) / 250));
    expect(exporter.counts).toMatchObject({ captured: 200, pending: 200 });
  });

  it("counts what the collector refuses, and what does not fit", async () => {
    const refused = createExporter(createCollector("refused"), undefined);
    offer(refused, 0, 2);
    await refused.flush();
    expect(refused.counts.dropped).toEqual({ refused: 2 });
    const full = createExporter(createCollector("accepted"), undefined, 42);
    offer(full, 0, 10);
    await full.flush();
    expect(full.counts.dropped).toEqual({ "queue-full": 5 });
  });

  it("sends before its time what would soon fill a small queue", async () => {
    const collector = createCollector("accepted");
    const exporter = new Exporter({
      resource: "[]",
      transport: collector,
      spool: undefined,
      flushMs: 60_000,
      queueBytes: 1_000,
      random: () => 0,
    });
    for (let id = 0; id < 320; id += 16) {
      offer(exporter, id, id + 16);
      await setTimeout(1);
    }
    expect(exporter.counts.dropped).toEqual({});
  });

  it("passes over a damaged file in the spool and says so", async () => {
    const root = createFolder();
    let damaged = 0;
    openSpool(root, 1 << 20, () => undefined);
    const [own = ""] = readdirSync(root);
    writeFileSync(join(root, own, "1-0.otlp"), "half a fi");
    renameSync(join(root, own), join(root, own.replace(/^\d+/, "4194998")));
    const spool = openSpool(root, 1 << 20, () => (damaged += 1));
    expect(spool.findOldest()).toBeUndefined();
    expect(damaged).toBe(1);
  });

  it("balances to the unit whatever the collector does", async () => {
    const step = fc.record({ failures: fc.nat(5), outcome: fc.constantFrom<SendOutcome["kind"]>("accepted", "refused", "unavailable") });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, hasSpool) => {
        const collector = createCollector(...steps.map((each) => each.outcome));
        const spools = [undefined, openSpool(createFolder(), 2_000, () => undefined)];
        const exporter = createExporter(collector, spools[Number(hasSpool)], 200);
        for (const each of steps) {
          offer(exporter, 0, each.failures);
          await exporter.flush();
          expect(sumOf(exporter.counts)).toBe(exporter.counts.captured);
        }
        await exporter.close(100);
        expect(sumOf(exporter.counts)).toBe(exporter.counts.captured);
        expect(exporter.counts.pending).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe("Retry-After", () => {
  it("is read as seconds or as a date, never negative, at most an hour", () => {
    const nowMs = Date.UTC(2026, 0, 1);
    expect(parseRetryAfter("3", nowMs)).toBe(3_000);
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:02 GMT", nowMs)).toBe(2_000);
    expect(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", nowMs)).toBe(0);
    expect(parseRetryAfter("999999", nowMs)).toBe(3_600_000);
    expect(parseRetryAfter("soon", nowMs)).toBeUndefined();
  });
});
