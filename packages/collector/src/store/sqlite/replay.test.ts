import { cpSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { encodeLogs, encodeMetrics, encodeTraces } from "@faultline/formats/otlp-encode";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Signal, Store } from "../contract.ts";
import { encodeHeader, END, type RecordKind, toSeed } from "../journal/frame.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const NOON = Date.UTC(2026, 10, 20, 12);
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SHOP = { service: "shop", attributes: { "service.name": "shop" } };
/** More groups of nothing than a payload may name today: each is a tag and a length of zero. */
const EMPTY_GROUPS = Uint8Array.from({ length: 120_000 }, (_, at) => (at % 2 === 0 ? 10 : 0));

const ITEMS: Readonly<Record<Signal, Uint8Array>> = {
  traces: encodeTraces([
    {
      traceId: TRACE_ID,
      spanId: "00f067aa0ba902b7",
      name: "GET /cart",
      kind: "server",
      startMs: NOON,
      endMs: NOON + 5,
      status: "error",
      attributes: {},
      events: [],
      links: [],
      resource: SHOP,
    },
  ]),
  logs: encodeLogs([{ timeMs: NOON, severity: 17, body: "broken", traceId: TRACE_ID, attributes: {}, resource: SHOP }]),
  metrics: encodeMetrics([{ name: "queue.depth", unit: "1", timeMs: NOON, value: 1, attributes: {}, resource: SHOP }]),
};

let root: string;
let copied: string;
let store: Store | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "faultline-replay-"));
  copied = await mkdtemp(join(tmpdir(), "faultline-replay-"));
});

afterEach(async () => {
  await store?.close();
  for (const path of [root, copied]) await rm(path, { recursive: true, force: true });
});

/** Opens a store that finds these records in its journal, as another version may have left them. */
async function openWith(...records: readonly { kind: RecordKind; items: number; payload: Uint8Array }[]): Promise<Store> {
  let itemsBefore = 0;
  const chunks = records.flatMap(({ kind, items, payload }, index) => {
    const header = encodeHeader({ number: index + 1, itemsBefore, receivedMs: NOON, items, kind }, payload, toSeed(0));
    itemsBefore += items;
    return [header, payload];
  });
  await mkdir(join(root, "journal"), { recursive: true });
  await writeFile(join(root, "journal", "0000000000000000.journal"), Buffer.concat([...chunks, END]));
  store = await openSqliteStore({ directory: root, now: () => NOON, checkpointEveryMs: 3_600_000 });
  await store.flush();
  return store;
}

describe("a replay of the journal", () => {
  it.each(["traces", "logs", "metrics"] as const)("keeps %s that were acknowledged under wider limits", async (kind) => {
    const payload = Buffer.concat([EMPTY_GROUPS, ITEMS[kind]]);
    const opened = await openWith({ kind, items: 1, payload });
    expect(await opened.append({ signal: kind, encoding: "protobuf", bytes: payload })).toMatchObject({ kind: "malformed" });
    expect(await opened.health()).toMatchObject({ accepted: 1, stored: 1, dropped: {}, audit: [] });
  });

  it("counts what it can no longer read of a record, and says so", async () => {
    const opened = await openWith(
      { kind: "traces", items: 7, payload: Uint8Array.of(10, 200, 1) },
      { kind: "traces", items: 3, payload: ITEMS.traces },
    );
    const { accepted, stored, dropped, audit } = await opened.health();
    expect({ accepted, stored, dropped }).toEqual({ accepted: 10, stored: 1, dropped: { corrupted: 9 } });
    expect(audit).toEqual([
      expect.stringMatching(/^Journal record 1 cannot be read \(.*\): 7 items received at 2026-11-20T12:00:00.000Z were lost\.$/),
      "Journal record 2 holds 3 items, of which 2 cannot be read any more and were lost.",
    ]);
  });
});

describe("a crash between the slices of one checkpoint", () => {
  const WINDOW = { fromMs: NOON, toMs: NOON + 60_000 };
  const SERVICES = 400;

  /** A good span of each service, of one version. */
  function toVersion(version: string): Uint8Array {
    const traceId = version.padStart(32, "0");
    const spans = Array.from({ length: SERVICES }, (_, index) => {
      const resource = { service: `s${index}`, version, attributes: { "service.name": `s${index}`, "service.version": version } };
      const ids = { traceId, spanId: (index + 1).toString(16).padStart(16, "0") };
      return {
        ...ids,
        name: "x",
        kind: "internal",
        startMs: NOON,
        endMs: NOON + 5,
        status: "unset",
        attributes: {},
        events: [],
        links: [],
        resource,
      } as const;
    });
    return encodeTraces(spans);
  }

  it("leaves each change that was inferred there once", async () => {
    store = await openSqliteStore({ directory: root, now: () => NOON, checkpointEveryMs: 3_600_000 });
    for (const version of ["1", "2"]) await store.append({ signal: "traces", encoding: "protobuf", bytes: toVersion(version) });
    const over = new AbortController();
    const flushing = store.flush().finally(() => over.abort());
    const copies: string[] = [];
    while (!over.signal.aborted) {
      // Whole, in each turn of the event loop: what a crash in this moment would leave.
      const copy = join(copied, String(copies.length));
      cpSync(root, copy, { recursive: true });
      copies.push(copy);
      await setImmediate();
    }
    await flushing;
    const expected = await store.listChanges(WINDOW);
    expect(expected).toHaveLength(SERVICES);
    for (const copy of copies) {
      const crashed = await openSqliteStore({ directory: copy, now: () => NOON, checkpointEveryMs: 3_600_000 });
      await crashed.flush();
      const changes = await crashed.listChanges(WINDOW);
      await crashed.close();
      expect(changes.map(({ service }) => service).sort()).toEqual(expected.map(({ service }) => service).sort());
    }
    expect(copies.length).toBeGreaterThan(0);
  });
});
