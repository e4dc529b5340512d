import { createLineReader } from "@faultline/formats/access-log";
import { readOtlpLine } from "@faultline/formats/otlp";
import type { Exchange, LogRecord, Window } from "@faultline/model";
import { type Columns, HEAD_BYTES, judgeHead, withColumnOrder } from "./column-order.ts";
import { type LineSource, readLines } from "../input/read-lines.ts";
import { MemoryWarnings } from "./tally/memory-warnings.ts";
import type { KeptExchange, KeptMessage } from "./tally/tally.ts";
import { gatherObservations } from "./gather-observations.ts";
import { nameObserver } from "./to-log-record.ts";

/** The content of access and error logs, bounded: failing exchanges first, good ones evenly thinned. */
export type ReadLogs = {
  readonly exchanges: readonly Exchange[];
  readonly logs: readonly LogRecord[];
  /** The share of the good exchanges that was kept, 0 to 1. */
  readonly keptShare: number;
};

/** The number of lines by which a file's kind is told. */
const LOOKED_AT = 20;
const MAX_FAILING = 20_000;
const MAX_GOOD = 4_000;
const MAX_MESSAGES = 20_000;
const LOG_WARN = 13;
const SERVER_ERROR = 500;
const LINE_BREAK = Buffer.from("\n");

/** True for a file of access, error or application log lines. False for OTLP, and for anything that is neither. */
export async function isLogFile(source: LineSource): Promise<boolean> {
  const reader = createLineReader({ context: readContext() });
  let looked = 0;
  for await (const { bytes } of readLines(source)) {
    const line = Buffer.from(bytes).toString("utf8");
    if (line.trim() === "") continue;
    if (/^\s*\{\s*"resource(?:Spans|Logs|Metrics)"/.test(line.slice(0, 64)) || readOtlpLine(bytes).ok) return false;
    const { kind } = reader.read(line);
    if (kind === "exchange" || kind === "message") return true;
    looked += 1;
    if (looked === LOOKED_AT) return false;
  }
  return false;
}

/** How to read: which times, and whether spans tell of the same requests. */
type ReadOptions = {
  readonly windows: readonly Window[];
  readonly onBytes?: (count: number) => void;
  readonly areTraced?: boolean;
};

/**
 * Reads logs as exchanges and log records. The file's name tells who wrote it (`nginx.access.log`), unless it is a general one
 * (`access.log`).
 */
export async function readAccessLogs(
  sources: readonly LineSource[],
  { windows, onBytes, areTraced = false }: ReadOptions,
): Promise<ReadLogs> {
  const failing: KeptExchange[] = [];
  const messages: KeptMessage[] = [];
  const memory = new MemoryWarnings();
  const good = new ThinnedList<KeptExchange>(MAX_GOOD);
  const isAsked = (timeMs: number) => windows.length === 0 || windows.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
  for (const source of sources) {
    const options = withColumnOrder({ reader: { context: readContext() }, isFastAllowed: false }, await judgeSource(source));
    const reader = createLineReader(options.reader);
    for await (const { bytes } of readLines(source, onBytes)) {
      const line = Buffer.from(bytes).toString("utf8");
      const read = reader.read(line);
      if (read.kind === "exchange") {
        const exchange = nameObserver(read.exchange, source.name);
        if (exchange.timeMs !== undefined && !isAsked(exchange.timeMs)) continue;
        const kept = { exchange, format: read.format, file: source.name };
        if (isTelling(exchange)) failing.push(...(failing.length < MAX_FAILING ? [kept] : []));
        else good.add(kept);
      } else if (read.kind === "message") {
        const { message, format } = read;
        memory.add(line, message.timeMs);
        if (message.severity < LOG_WARN || messages.length >= MAX_MESSAGES || !isAsked(message.timeMs ?? 0)) continue;
        messages.push({ message, format, file: source.name });
      }
    }
  }
  return { ...gatherObservations({ failing, good: good.items, messages, memory, areTraced }), keptShare: good.share };
}

/** The judgement on a source's columns by its first lines. */
async function judgeSource(source: LineSource): Promise<Columns> {
  const head: Uint8Array[] = [];
  let length = 0;
  for await (const { bytes } of readLines(source)) {
    head.push(bytes, LINE_BREAK);
    length += bytes.length + 1;
    if (length > HEAD_BYTES) break;
  }
  return judgeHead(Buffer.concat(head), length <= HEAD_BYTES);
}

/** Times without a zone are in the machine's own zone. */
function readContext() {
  return { nowMs: Date.now(), zoneOffsetMinutes: -new Date().getTimezoneOffset() };
}

/** A failure, or a request that only a retry saved. */
function isTelling({ status = 0, upstream = [] }: Exchange): boolean {
  return status >= SERVER_ERROR || upstream.length > 1;
}

/** An even sample of a stream of unknown length: every n-th item, where n doubles whenever the list is full. */
class ThinnedList<T> {
  readonly #limit: number;
  #items: T[] = [];
  #step = 1;
  #seen = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: T): void {
    if (this.#seen % this.#step === 0) this.#items.push(item);
    this.#seen += 1;
    if (this.#items.length < this.#limit) return;
    this.#items = this.#items.filter((_, index) => index % 2 === 0);
    this.#step *= 2;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  get share(): number {
    return this.#seen === 0 ? 1 : this.#items.length / this.#seen;
  }
}
