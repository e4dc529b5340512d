/**
 * The in-flight journal: a small file that lists the requests under way, so that the next process can name them when this one is killed or runs
 * out of memory and cannot report anything. The start of a request is one `pwrite` into a fixed slot. Its end costs nothing at that moment: the slot is
 * overwritten by the next start, or cleared within 10 ms. There is no fsync: what a process wrote outlives the process, and only a crash of the machine loses it.
 *
 * The file is lines of text, so that `cat` shows it. Line 0 says whose file it is; a slot that begins with a space is free.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exchange } from "../exchange.ts";
import { createOwnName, isOrphan } from "../export/process-name.ts";
import { type JournalEntry, type Orphan, writeOrphan } from "./orphan-record.ts";
import type { FailureRecord } from "./record.ts";

const SLOT_BYTES = 512;
const MAX_SLOTS = 4_096;
const MAX_PATH = 256;
const HEADER_BYTES = 4_096;
const CLEAR_MS = 10;
const SUFFIX = ".journal";
const FREE = Buffer.from(" ");

/** The journal of this process, as the guard uses it. All methods throw what the file system throws. */
export type Journal = {
  open(exchange: Exchange): void;
  close(exchange: Exchange): void;
  /** Called when the process may end: clears the slots of finished requests. */
  settle(): void;
  /** Called when the guard ends: removes the file, unless requests are still under way. */
  end(): void;
};

/** What a guard gives its journal. `adopt` sends the `count` failures that another process left behind, under that process's resource. */
export type JournalHost = {
  readonly service: string;
  /** Resource attributes, OTLP/JSON text. */
  readonly resource: string;
  redactPath(path: string): string;
  adopt(record: FailureRecord, told: { readonly count: number; readonly resource: string }): void;
};

/** Opens the journal of a guard. */
export type OpenJournal = (host: JournalHost) => Journal;

type PathRedactor = (path: string) => string;

/** Remembers redacted paths: they repeat, and redaction costs more than everything else here. */
function rememberPaths(redact: PathRedactor): PathRedactor {
  const known = new Map<string, string>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const redacted = redact(path).slice(0, MAX_PATH);
    if (known.size >= 1_000) known.clear();
    known.set(path, redacted);
    return redacted;
  };
}

function toEntry(exchange: Exchange, redact: PathRedactor): JournalEntry {
  const { trace, view, request } = exchange;
  const target = view.target(request);
  const query = target.indexOf("?");
  return {
    startMs: Math.round(performance.timeOrigin + exchange.startMs),
    method: view.method(request).slice(0, 32),
    path: redact(query < 0 ? target : target.slice(0, query)),
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentSpanId,
    requestId: exchange.requestId.slice(0, 64),
    isJoined: trace.joined,
  };
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(line) as JournalEntry;
    const isWhole = [entry.method, entry.path, entry.traceId, entry.spanId, entry.requestId].every((each) => typeof each === "string");
    return isWhole && Number.isFinite(entry.startMs) ? entry : undefined;
  } catch {
    // The process was killed in the middle of the write, or the file has a hole: there is nothing to report.
    return undefined;
  }
}

/** The line that begins at `at`. */
function readLine(bytes: Buffer, at: number, limit: number): string {
  const end = bytes.indexOf(10, at);
  return end < 0 || end > at + limit ? "" : bytes.toString("utf8", at, end);
}

function readOrphan(file: string): Orphan {
  const handle = openSync(file, "r");
  try {
    const bytes = readFileSync(handle);
    const resource = readLine(bytes, 0, HEADER_BYTES);
    const entries: JournalEntry[] = [];
    for (let at = HEADER_BYTES; at < bytes.byteLength; at += SLOT_BYTES) {
      const entry = bytes[at] === 0x7b ? parseEntry(readLine(bytes, at, SLOT_BYTES)) : undefined;
      if (entry !== undefined) entries.push(entry);
    }
    const endMs = fstatSync(handle).mtimeMs;
    return { resource, endMs, entries: entries.toSorted((a, b) => a.startMs - b.startMs) };
  } finally {
    closeSync(handle);
  }
}

/** Reports what dead processes left behind. Renaming is atomic, so of two adopters one finds nothing; an adopter that dies leaves the file to the next. */
function adoptOrphans(directory: string, own: string, host: JournalHost): void {
  const names = readdirSync(directory).filter((name) => name.endsWith(SUFFIX) && isOrphan(name));
  for (const [index, name] of names.entries()) {
    try {
      const adopted = join(directory, `${own}-${index}${SUFFIX}`);
      renameSync(join(directory, name), adopted);
      const orphan = readOrphan(adopted);
      const { resource, entries } = orphan;
      if (entries.length > 0) host.adopt(writeOrphan(orphan), { count: entries.length, resource });
      rmSync(adopted, { force: true });
    } catch {
      // Another process was faster, or the file cannot be read.
    }
  }
}

/** The slots of the journal's file; see the file's comment. */
class SlotFile implements Journal {
  readonly #file: string;
  readonly #handle: number;
  readonly #redact: PathRedactor;
  readonly #slots = new Map<Exchange, number>();
  readonly #line = Buffer.alloc(SLOT_BYTES);
  /** Slots whose request has ended while the file still names it; these are reused first. */
  #stale: number[] = [];
  #free: number[] = [];
  #used = 0;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(file: string, handle: number, redact: PathRedactor) {
    this.#file = file;
    this.#handle = handle;
    this.#redact = redact;
  }

  open(exchange: Exchange): void {
    if (this.#isEnded || this.#slots.size >= MAX_SLOTS) return;
    const slot = this.#stale.pop() ?? this.#free.pop() ?? this.#used++;
    const text = `${JSON.stringify(toEntry(exchange, this.#redact))}\n`;
    const length = this.#line.write(text);
    // An overlong method or id may cut the line; a line without its end is ignored when read.
    writeSync(this.#handle, this.#line, 0, length, HEADER_BYTES + slot * SLOT_BYTES);
    this.#slots.set(exchange, slot);
  }

  close(exchange: Exchange): void {
    const slot = this.#slots.get(exchange);
    if (slot === undefined) return;
    this.#slots.delete(exchange);
    this.#stale.push(slot);
    if (this.#timer !== undefined || this.#isEnded) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.settle();
    }, CLEAR_MS);
    this.#timer.unref();
  }

  settle(): void {
    if (this.#isEnded) return;
    const stale = this.#stale;
    this.#stale = [];
    for (const slot of stale) writeSync(this.#handle, FREE, 0, 1, HEADER_BYTES + slot * SLOT_BYTES);
    this.#free.push(...stale);
  }

  end(): void {
    if (this.#isEnded) return;
    clearTimeout(this.#timer);
    this.settle();
    this.#isEnded = true;
    closeSync(this.#handle);
    if (this.#slots.size === 0) rmSync(this.#file, { force: true });
  }
}

/**
 * The journal for `createGuard({ journal: keepJournal() })`. Its files are in `directory`, which is created for its owner only; default is a
 * folder for each service in the system's temporary directory. Costs one small write per request; see docs/playbook/guard.md.
 */
export function keepJournal(options: { readonly directory?: string } = {}): OpenJournal {
  return (host) => {
    const name = host.service.replace(/[^A-Za-z0-9._-]/g, "_");
    const directory = options.directory ?? join(tmpdir(), "faultline-journal", name);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const own = createOwnName();
    adoptOrphans(directory, own, host);
    const file = join(directory, `${own}${SUFFIX}`);
    const handle = openSync(file, "wx", 0o600);
    const header = Buffer.alloc(HEADER_BYTES, " ");
    header.write(`${Buffer.byteLength(host.resource) < HEADER_BYTES ? host.resource : "[]"}\n`);
    writeSync(handle, header, 0, HEADER_BYTES, 0);
    return new SlotFile(
      file,
      handle,
      rememberPaths((path) => host.redactPath(path)),
    );
  };
}
