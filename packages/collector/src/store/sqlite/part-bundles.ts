/**
 * Compresses the parts of many traces together: those that one transaction writes. Failures resemble each other, so together they take a third of the
 * space that they take one by one, and sixteen of them cost zstd no more than four times the time of one. Deleting the last part of a bundle deletes the
 * bundle (a trigger in schema.ts).
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { RECORD_KINDS } from "../journal/frame.ts";
import { sealBytes } from "./sealed.ts";
import { packPart, type Part } from "./trace-parts.ts";

/** A bundle is closed at this size, because a reader must decompress all of it for one trace: a fifth of a millisecond. */
const MAX_BYTES = 96 << 10;
/** Larger parts are compressed alone. */
const MAX_PART_BYTES = 32 << 10;
/** Recently read bundles are kept decompressed: the traces of a list lie side by side. */
const MOST_READ = 4;

type Row = Readonly<Record<string, unknown>>;
type Waiting = { readonly row: number; readonly part: Part };

/** Writes and reads the parts of traces; transactions are the caller's. */
export class PartBundles {
  readonly #insertPart: StatementSync;
  readonly #insertBundle: StatementSync;
  readonly #find: StatementSync;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  readonly #read = new Map<number, Uint8Array | undefined>();

  constructor(db: DatabaseSync) {
    this.#insertPart = db.prepare(
      "INSERT INTO part (trace, kind, packed, position, bytes, crc, bundle, start, length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#insertBundle = db.prepare("INSERT INTO bundle (parts, bytes) VALUES (?, ?)");
    this.#find = db.prepare("SELECT bytes FROM bundle WHERE id = ?");
  }

  /** Takes a part of the trace in a row; it is not in the database before `flush`. */
  add(row: number, part: Part): void {
    if (part.bytes.length > MAX_PART_BYTES) return this.#insertAlone({ row, part });
    if (this.#waitingBytes + part.bytes.length > MAX_BYTES) this.flush();
    this.#waiting.push({ row, part });
    this.#waitingBytes += part.bytes.length;
  }

  /** Writes what was added; to be called before the transaction ends. */
  flush(): void {
    const waiting = this.#waiting;
    this.discard();
    if (waiting.length < 2) return waiting.forEach((each) => this.#insertAlone(each));
    const plain = Buffer.concat(waiting.map(({ part }) => part.bytes));
    const bytes = zstdCompressSync(plain, { chunkSize: 32 << 10, pledgedSrcSize: plain.length });
    const bundle = Number(this.#insertBundle.run(waiting.length, bytes).lastInsertRowid);
    // The number of a deleted bundle is given out again.
    this.#read.delete(bundle);
    let start = 0;
    for (const { row, part } of waiting) {
      const { length } = part.bytes;
      const crc = sealBytes(toKey(row, part.kind), part.bytes);
      this.#insertPart.run(row, RECORD_KINDS.indexOf(part.kind), 0, part.position, EMPTY, crc, bundle, start, length);
      start += length;
    }
  }

  /** Forgets what was added; for a transaction that failed. */
  discard(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** The part in a row of the table; undefined when it is not what was written. */
  read(trace: number, row: Row): Part | undefined {
    const kind = RECORD_KINDS[Number(row["kind"])];
    const bytes = typeof row["bundle"] === "number" ? this.#cut(row["bundle"], row) : row["bytes"];
    if (kind === undefined || !(bytes instanceof Uint8Array) || sealBytes(toKey(trace, kind), bytes) !== row["crc"]) return undefined;
    return { kind, packed: row["packed"] === 1, position: Number(row["position"]), bytes };
  }

  #insertAlone({ row, part }: Waiting): void {
    const { kind, packed, position, bytes } = packPart(part);
    const crc = sealBytes(toKey(row, kind), bytes);
    this.#insertPart.run(row, RECORD_KINDS.indexOf(kind), Number(packed), position, bytes, crc, null, null, null);
  }

  #cut(bundle: number, row: Row): Uint8Array | undefined {
    if (!this.#read.has(bundle)) {
      this.#read.set(bundle, this.#decompress(bundle));
      for (const oldest of this.#read.keys()) if (this.#read.size > MOST_READ) this.#read.delete(oldest);
    }
    const start = Number(row["start"]);
    return this.#read.get(bundle)?.subarray(start, start + Number(row["length"]));
  }

  #decompress(bundle: number): Uint8Array | undefined {
    const bytes = this.#find.get(bundle)?.["bytes"];
    if (!(bytes instanceof Uint8Array)) return undefined;
    try {
      return zstdDecompressSync(bytes, { maxOutputLength: MAX_BYTES });
    } catch {
      // Damaged on disk. Where zstd does not notice, the check sums of the parts do.
      return undefined;
    }
  }
}

const EMPTY = new Uint8Array();

function toKey(row: number, kind: Part["kind"]): string {
  return `${row} ${kind}`;
}
