/** Failing traces, and the sample of good ones, in the database. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { scanAccepted, SPAN_IS_SERVER_ERROR, TraceScan } from "@faultline/formats/otlp";
import type { FailingExchange, Span, Window } from "@faultline/model";
import type { ExchangeFilter, Store, StoredTrace } from "../../contract.ts";
import { matchesSeries } from "../../rules/count-rows.ts";
import { toCountedTime } from "../../rules/counted-time.ts";
import { listFailedSeries } from "../../rules/failed-series.ts";
import { toFailingExchange } from "../../rules/failing-exchange.ts";
import { isExchangeSpan, type Series, toSeries } from "../../rules/series.ts";
import { mayCollect } from "../../rules/series-table.ts";
import { PartBundles } from "../part-bundles.ts";
import { seal, unseal } from "../sealed.ts";
import { FailedHopTable } from "./failed-hop-table.ts";
import type { SeriesCatalog } from "../series-catalog.ts";
import { TraceSet } from "../trace-set.ts";
import { readTraceWords, toTraceId, type TraceWords } from "../trace-words.ts";
import { createOrigins, createPartContents, type Origins, type Part, type PartContents, readOrigins, readPart } from "../trace-parts.ts";

type Row = Readonly<Record<string, unknown>>;

/** One write of a trace. */
export type TraceWrite = {
  readonly words: TraceWords;
  readonly failing: boolean;
  readonly items: number;
  /** Not packed yet. */
  readonly parts: readonly Part[];
  readonly nowMs: number;
};

const COLUMNS = "id, trace_id, cursor, shown AS json, fingerprint, crc";
/** With more matching series than this, a filter is checked row by row instead of series by series. */
const MANY_SERIES = 200;

/** The row of a trace, what it holds, and whether it failed. */
type LoadedTrace = { readonly row: number; readonly failing: boolean; readonly contents: PartContents };

/** The row of a trace, whether it failed, how many spans and log records it has and their size, and where they came from. */
type RecalledTrace = {
  readonly row: number;
  readonly failing: boolean;
  readonly items: number;
  readonly bytes: number;
  readonly origins: Origins;
};

/** A failing trace that was written a moment ago; it is kept as parts until somebody asks for it. */
type RecentTrace = { readonly row: number; readonly parts: readonly Part[]; contents: PartContents | undefined };

/** Enough for two rounds of the watch under a load of a thousand failing traces a second: some megabytes. */
const MOST_RECENT = 2_000;
/** Larger traces are read from the database again. */
const MOST_RECENT_BYTES = 32 << 10;

/** How many list entries are kept, because a page reads them again and again: a megabyte. */
const MOST_ENTRIES = 2_000;

type ListFilter = Parameters<Store["listFailing"]>[0];

/** How the row of a trace is to be written. */
type RowWrite = {
  readonly traceId: string;
  readonly old: Row | undefined;
  readonly shown: FailingExchange | undefined;
  readonly size: number;
};

/** What the hops of a failing trace are told from; `isNew` where the row was written just now for the first time. */
type HopWrite = { readonly shown: FailingExchange; readonly contents: PartContents; readonly nowMs: number; readonly isNew: boolean };

/** Reads and writes traces; transactions are the caller's. */
export class TraceTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #bundles: PartBundles;
  readonly #series: SeriesCatalog;
  readonly #hops: FailedHopTable;
  readonly #known = new TraceSet();
  /** Series under which a failing trace is or was found: most series of a route never fail. */
  readonly #listed = new Set<number>();
  /** The failing traces written last: the watch asks for some of them a second later. */
  readonly #recent = new Map<string, RecentTrace>();
  /** Entries of lists by row, without what changed since. */
  readonly #entries = new Map<number, FailingExchange>();
  #written: [traceId: string, recent: RecentTrace][] = [];
  #cursor: number;
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync, series: SeriesCatalog) {
    this.#statements = prepare(db);
    this.#bundles = new PartBundles(db);
    this.#series = series;
    this.#hops = new FailedHopTable(db);
    this.#cursor = Number(db.prepare("SELECT max(cursor) AS cursor FROM trace").get()?.["cursor"] ?? 0);
    for (const row of db.prepare("SELECT DISTINCT series FROM trace WHERE cursor IS NOT NULL").iterate())
      this.#listed.add(Number(row["series"]));
    for (const number of this.#hops.series) this.#listed.add(number);
    for (const row of db.prepare("SELECT trace_id FROM trace").iterate()) {
      const words = readTraceWords(row["trace_id"]);
      if (words !== undefined) this.#known.add(words);
    }
  }

  /** False when the trace is certainly not there. */
  mayHold(words: TraceWords): boolean {
    return this.#known.has(words);
  }

  /** The row of a trace, what it holds, and whether it failed. */
  load(traceId: string): LoadedTrace | undefined {
    const recent = this.#recent.get(traceId);
    if (recent !== undefined) return { row: recent.row, failing: true, contents: (recent.contents ??= readParts(recent.parts)) };
    const row = this.#statements.find.get(toBlob(traceId));
    if (row === undefined) return undefined;
    const id = Number(row["id"]);
    return { row: id, failing: row["failing"] === 1, contents: this.#readParts(id) };
  }

  /** Writes the parts that wait to be bundled with others. To be called last in a transaction. */
  finishWrites(): void {
    this.#bundles.flush();
  }

  /** What the database holds of a trace, without decoding it: after a start, every recently written failing trace is met again. */
  recall(traceId: string): RecalledTrace | undefined {
    const found = this.#statements.find.get(toBlob(traceId));
    if (found === undefined) return undefined;
    const row = Number(found["id"]);
    const origins = createOrigins();
    const items = this.#listParts(row).reduce((sum, part) => sum + readOrigins(part, origins), 0);
    return { row, failing: found["failing"] === 1, items, bytes: Number(found["bytes"]), origins };
  }

  /** To be called once the transaction of the writes is committed, or is no more. */
  endWrites(isCommitted: boolean): void {
    if (isCommitted) for (const [traceId, recent] of this.#written) this.#recent.set(traceId, recent);
    this.#written = [];
    this.#bundles.discard();
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= MOST_RECENT) return;
      this.#recent.delete(oldest);
    }
  }

  /** Takes note that a row is gone. */
  forget(traceId: Uint8Array): void {
    // The number of a deleted row is given out again.
    this.#entries.clear();
    this.#recent.delete(toHex(traceId));
    const words = readTraceWords(traceId);
    if (words !== undefined) this.#known.delete(words);
  }

  /** Writes the new parts of a trace and its list entry; returns its row. At most once for each trace in a transaction. */
  write(write: TraceWrite): number {
    const { words, failing, parts, nowMs } = write;
    const traceId = toTraceId(words);
    const old = this.mayHold(words) ? this.#statements.find.get(toBlob(traceId)) : undefined;
    this.#recent.delete(traceId);
    const only = old === undefined && failing ? findOnlyServerError(parts) : undefined;
    const contents = only === undefined ? this.#readWhole(old, parts) : undefined;
    const found = failing ? toFailingExchange(only === undefined ? [...(contents?.spans.values() ?? [])] : [only]) : undefined;
    const shown = found === undefined ? undefined : this.#putInTime(found, old, nowMs);
    const size = parts.reduce((sum, part) => sum + part.bytes.length, 0);
    const row = this.#writeRow(write, { traceId, old, shown, size });
    for (const part of parts) this.#bundles.add(row, part);
    if (shown !== undefined && contents !== undefined) this.#writeHops(row, { shown, contents, nowMs, isNew: old === undefined });
    if (!failing && contents !== undefined) this.#writeSample(row, contents, nowMs);
    else if (old?.["failing"] === 0) this.#statements.deleteSample.run(row);
    if (failing && Number(old?.["bytes"] ?? 0) + size <= MOST_RECENT_BYTES)
      this.#written.push([traceId, { row, parts: contents === undefined ? parts : [], contents }]);
    this.#known.add(words);
    return row;
  }

  /** Whole telemetry of the trace in a row. */
  read(traceId: string): StoredTrace | undefined {
    const loaded = this.load(traceId);
    return loaded === undefined ? undefined : toStoredTrace(traceId, loaded.contents);
  }

  listFailing(filter: ListFilter): FailingExchange[] {
    const { fromMs, toMs } = filter.window;
    const statements = filter.order === "newest" ? this.#statements.newest : this.#statements.slowest;
    const limit = Math.max(0, filter.limit);
    const { fingerprint } = filter;
    const listed = fingerprint === undefined ? this.#listSeries(filter) : undefined;
    const places = { fromMs, toMs, limit };
    const found =
      fingerprint !== undefined
        ? this.#takeMatching(statements.ofFault.iterate(fingerprint, fromMs, toMs), filter, limit)
        : listed !== undefined && listed.length <= MANY_SERIES
          ? this.#listOfSeries(filter.order, listed, places)
          : this.#takeMatching(statements.all.iterate(fromMs, toMs), filter, limit);
    const byTime = (a: FailingExchange, b: FailingExchange) => b.timeMs - a.timeMs;
    const byDuration = (a: FailingExchange, b: FailingExchange) => b.durationMs - a.durationMs;
    return found.sort(filter.order === "newest" ? byTime : byDuration).slice(0, limit);
  }

  /** The series that hold everything that passes the filter; undefined when other series may hold some of it too. */
  #listSeries(filter: ExchangeFilter): readonly number[] | undefined {
    const { service, route, version, region } = filter;
    if ([service, route, version, region].every((each) => each === undefined)) return undefined;
    const matching: number[] = [];
    for (const number of this.#listed) {
      const series = this.#series.get(number);
      if (mayCollect(series, service)) return undefined;
      if (matchesSeries(filter, series)) matching.push(number);
    }
    return matching;
  }

  listSince(cursor: number, limit: number): { readonly failing: readonly FailingExchange[]; readonly cursor: number } {
    const rows = this.#statements.since.all(cursor, Math.max(0, limit));
    const failing = rows.map((row) => this.#toListed(row)).filter((each) => each !== undefined);
    return { failing, cursor: Number(rows.at(-1)?.["cursor"] ?? cursor) };
  }

  /** Ids of good traces with an exchange of one of these series that began in the window, newest first. */
  listSample(series: readonly number[], filter: ExchangeFilter & { readonly limit: number }): string[] {
    const { fromMs, toMs } = filter.window;
    const found: { readonly traceId: string; readonly timeMs: number }[] = [];
    for (const number of series) {
      for (const row of this.#statements.sample.iterate(number, fromMs, toMs, filter.limit)) {
        found.push({ traceId: toHex(row["trace_id"]), timeMs: Number(row["time_ms"]) });
      }
    }
    found.sort((a, b) => b.timeMs - a.timeMs);
    return [...new Set(found.map((each) => each.traceId))].slice(0, filter.limit);
  }

  assignFault(traceId: string, fingerprint: string): void {
    const row = this.#statements.find.get(toBlob(traceId));
    if (row === undefined) return;
    const shown = this.#unsealShown(traceId, row);
    const { json, crc } = seal(`${traceId} ${fingerprint}`, shown ?? null);
    this.#entries.delete(Number(row["id"]));
    this.#statements.assign.run(fingerprint, json, crc, Number(row["id"]));
  }

  /** A trace whose only server error is the shown one has no other hop to be found by. */
  #writeHops(row: number, { shown, contents, nowMs, isNew }: HopWrite): void {
    const own = toSeriesOf(shown);
    const others = listFailedSeries(contents.spans.values(), contents.exchanges).filter((each) => !isSamePlace(each, own));
    const numbers = others.map((each) => this.#series.intern(each, nowMs));
    for (const number of numbers) this.#listed.add(number);
    if (!isNew) this.#hops.remove(row);
    this.#hops.add(row, numbers, shown);
  }

  /** Makes a good trace findable in the sample, by the series and start of each of its exchanges. */
  #writeSample(row: number, contents: PartContents, nowMs: number): void {
    for (const span of contents.spans.values()) {
      if (isExchangeSpan(span)) this.#statements.insertSample.run(this.#series.intern(toSeries(span), nowMs), span.startMs, row);
    }
  }

  #writeRow({ failing, nowMs, items }: TraceWrite, { traceId, old, shown, size }: RowWrite): number {
    const fingerprint = typeof old?.["fingerprint"] === "string" ? old["fingerprint"] : null;
    const { json, crc } = seal(`${traceId} ${fingerprint ?? ""}`, shown ?? null);
    const cursor = shown === undefined ? null : this.#toCursor(old, shown);
    const series = shown === undefined ? null : this.#series.intern(toSeriesOf(shown), nowMs);
    if (series !== null) this.#listed.add(series);
    const place = [cursor, series, shown?.timeMs ?? null, shown?.durationMs ?? null];
    if (old !== undefined) {
      const id = Number(old["id"]);
      this.#entries.delete(id);
      this.#statements.update.run(Number(failing), items, size, ...place, json, fingerprint, crc, id);
      return id;
    }
    const inserted = this.#statements.insert.run(toBlob(traceId), Number(failing), nowMs, items, size, ...place, json, fingerprint, crc);
    return Number(inserted.lastInsertRowid);
  }

  /** Replaces an impossible date with the time of arrival, and keeps that on later writes. */
  #putInTime(shown: FailingExchange, old: Row | undefined, nowMs: number): FailingExchange {
    const timeMs = toCountedTime(shown.timeMs, nowMs);
    if (timeMs === shown.timeMs) return shown;
    const before = old === undefined ? undefined : this.#unsealShown(shown.traceId, old);
    return { ...shown, timeMs: before?.spanId === shown.spanId ? before.timeMs : timeMs };
  }

  /** A trace that is now shown by another exchange gets a new place in the order in which traces became visible. */
  #toCursor(old: Row | undefined, shown: FailingExchange): number {
    const before = old === undefined ? undefined : this.#unsealShown(shown.traceId, old);
    const isSame = before?.spanId === shown.spanId && before.status === shown.status && typeof old?.["cursor"] === "number";
    return isSame ? Number(old["cursor"]) : ++this.#cursor;
  }

  /** What the database holds of a trace, together with its new parts. */
  #readWhole(old: Row | undefined, parts: readonly Part[]): PartContents {
    return readParts(parts, old === undefined ? undefined : this.#readParts(Number(old["id"])));
  }

  #readParts(row: number): PartContents {
    const contents = createPartContents();
    for (const part of this.#listParts(row)) readPart(part, contents);
    return contents;
  }

  #listParts(row: number): Part[] {
    return this.#statements.parts.all(row).flatMap((found) => {
      const part = this.#bundles.read(row, found);
      if (part === undefined) this.damaged.add(`a part of the trace in row ${row}`);
      return part ?? [];
    });
  }

  #unsealShown(traceId: string, row: Row): FailingExchange | undefined {
    const fingerprint = typeof row["fingerprint"] === "string" ? row["fingerprint"] : "";
    const value = unseal(`${traceId} ${fingerprint}`, row);
    // Sealed under the trace's id by #writeRow, so that it is what was written there.
    return typeof value === "object" && value !== null ? (value as FailingExchange) : undefined;
  }

  #toListed(row: Row): FailingExchange | undefined {
    const traceId = toHex(row["trace_id"]);
    const shown = this.#unsealShown(traceId, row);
    if (shown === undefined) this.damaged.add(`the entry of trace ${traceId}`);
    return shown === undefined || typeof row["fingerprint"] !== "string" ? shown : { ...shown, fingerprint: row["fingerprint"] };
  }

  /** Rows in order until enough of them pass the filter. */
  #takeMatching(rows: Iterable<Row>, filter: ExchangeFilter, limit: number): FailingExchange[] {
    const taken: FailingExchange[] = [];
    if (limit === 0) return taken;
    for (const row of rows) {
      const shown = this.#toListed(row);
      if (shown !== undefined && this.#matches(filter, shown, Number(row["id"]))) taken.push(shown);
      if (taken.length >= limit) break;
    }
    return taken;
  }

  /** True where the shown exchange passes the filter, or another one that failed behind it. */
  #matches(filter: ExchangeFilter, shown: FailingExchange, row: number): boolean {
    if (shown.timeMs < filter.window.fromMs || shown.timeMs >= filter.window.toMs) return false;
    if (matchesSeries(filter, toSeriesOf(shown))) return true;
    return this.#hops.listSeries(row).some((number) => matchesSeries(filter, this.#series.get(number)));
  }

  /** Ranks by the index of each series, and reads only the rows that come first overall. */
  #listOfSeries(order: ListFilter["order"], series: readonly number[], places: Window & { readonly limit: number }): FailingExchange[] {
    const { fromMs, toMs, limit } = places;
    const { ofSeries } = this.#statements[order];
    const found = series.flatMap((number) => [
      ...ofSeries.all(number, fromMs, toMs, limit),
      ...(this.#hops.series.has(number) ? this.#hops.list(order, number, places) : []),
    ]);
    // A trace may stand under several of the series.
    const first = new Set<number>();
    for (const place of found.sort((a, b) => Number(b["rank"]) - Number(a["rank"]))) {
      if (first.size >= limit) break;
      first.add(Number(place["id"]));
    }
    return [...first].map((id) => this.#readEntry(id)).filter((shown) => shown !== undefined);
  }

  #readEntry(id: number): FailingExchange | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const row = this.#statements.byId.get(id);
    const shown = row === undefined ? undefined : this.#toListed(row);
    if (shown === undefined) return undefined;
    if (this.#entries.size >= MOST_ENTRIES) this.#entries.clear();
    this.#entries.set(id, shown);
    return shown;
  }
}

function prepare(db: DatabaseSync) {
  const listed = (where: string, order: string) =>
    db.prepare(`SELECT ${COLUMNS} FROM trace WHERE ${where} AND cursor IS NOT NULL ORDER BY ${order}`);
  const ranked = (column: "time_ms" | "duration_ms") =>
    db.prepare(
      `SELECT id, ${column} AS rank FROM trace WHERE series = ? AND time_ms >= ? AND time_ms < ? AND cursor IS NOT NULL ORDER BY ${column} DESC LIMIT ?`,
    );
  return {
    find: db.prepare("SELECT id, failing, bytes, cursor, shown AS json, fingerprint, crc FROM trace WHERE trace_id = ?"),
    insert: db.prepare(
      "INSERT INTO trace (trace_id, failing, stored_ms, items, bytes, cursor, series, time_ms, duration_ms, shown, fingerprint, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    update: db.prepare(
      "UPDATE trace SET failing = ?, items = ?, bytes = bytes + ?, cursor = ?, series = ?, time_ms = ?, duration_ms = ?, shown = ?, fingerprint = ?, crc = ? WHERE id = ?",
    ),
    assign: db.prepare("UPDATE trace SET fingerprint = ?, shown = ?, crc = ? WHERE id = ?"),
    parts: db.prepare("SELECT kind, packed, position, bytes, crc, bundle, start, length FROM part WHERE trace = ? ORDER BY id"),
    insertSample: db.prepare("INSERT OR IGNORE INTO sample (series, time_ms, trace) VALUES (?, ?, ?)"),
    deleteSample: db.prepare("DELETE FROM sample WHERE trace = ?"),
    sample: db.prepare(
      "SELECT trace.trace_id, sample.time_ms FROM sample JOIN trace ON trace.id = sample.trace WHERE sample.series = ? AND sample.time_ms >= ? AND sample.time_ms < ? ORDER BY sample.time_ms DESC LIMIT ?",
    ),
    since: db.prepare(`SELECT ${COLUMNS} FROM trace WHERE cursor > ? ORDER BY cursor LIMIT ?`),
    byId: db.prepare(`SELECT ${COLUMNS} FROM trace WHERE id = ?`),
    newest: {
      all: listed("time_ms >= ? AND time_ms < ?", "time_ms DESC"),
      ofFault: listed("fingerprint = ? AND time_ms >= ? AND time_ms < ?", "time_ms DESC"),
      ofSeries: ranked("time_ms"),
    },
    slowest: {
      all: listed("time_ms >= ? AND time_ms < ?", "duration_ms DESC"),
      ofFault: listed("fingerprint = ? AND time_ms >= ? AND time_ms < ?", "duration_ms DESC"),
      ofSeries: ranked("duration_ms"),
    },
  } satisfies Record<string, StatementSync | Record<string, StatementSync>>;
}

function readParts(parts: readonly Part[], into: PartContents = createPartContents()): PartContents {
  for (const part of parts) readPart(part, into);
  return into;
}

const scan = new TraceScan();

/**
 * The one exchange of new parts that ended in a server error; undefined when there are several, or none, or when its status is to be
 * told from other spans, or when an intermediary wrote of the trace: then all must be decoded to know which one the lists show, and by what
 * else they find it.
 */
function findOnlyServerError(parts: readonly Part[]): Span | undefined {
  if (parts.some((part) => part.kind === "exchanges")) return undefined;
  const traces = parts.filter((part) => part.kind === "traces");
  if (traces.length !== 1 || !scanAccepted(traces[0]!.bytes, scan).ok) return undefined;
  let only = -1;
  for (let row = 0; row < scan.spanCount; row++) {
    if ((scan.flags[row]! & SPAN_IS_SERVER_ERROR) === 0) continue;
    if (only >= 0) return undefined;
    only = row;
  }
  return only < 0 || scan.status[only] === 0 ? undefined : scan.readSpan(only);
}

/** A trace's parts as the contract answers with them. */
export function toStoredTrace(traceId: string, contents: PartContents): StoredTrace {
  return { traceId, spans: [...contents.spans.values()], logs: contents.logs, exchanges: contents.exchanges };
}

function toSeriesOf(shown: FailingExchange): Series {
  const { service, route, method, status, version, region } = shown;
  return { service, route, method, status, version: version ?? "", region: region ?? "" };
}

/** By what a filter tells apart: neither method nor status. */
function isSamePlace(one: Series, other: Series): boolean {
  return one.service === other.service && one.route === other.route && one.version === other.version && one.region === other.region;
}

function toBlob(traceId: string): Uint8Array {
  return Buffer.from(traceId, "hex");
}

function toHex(blob: unknown): string {
  return blob instanceof Uint8Array ? Buffer.from(blob).toString("hex") : "";
}
