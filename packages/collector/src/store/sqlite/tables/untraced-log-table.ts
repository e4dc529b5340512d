/** Error logs that belong to no trace, a limited number for each service. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decodeLogs } from "@faultline/formats/otlp";
import { encodeLogs } from "@faultline/formats/otlp-encode";
import type { LogRecord } from "@faultline/model";
import type { Store } from "../../contract.ts";
import { sealBytes, unsealBytes } from "../sealed.ts";

const MAX_PER_SERVICE = 1_000;
/** Looking for a service's surplus costs as much as writing a record, so it is done once for this many records. */
const TRIM_AFTER = 50;
const MOST_GROWN = 10_000;
const MAX_PENDING = 10_000;
/** Beyond this many, records should not wait for the next regular checkpoint: each takes some microseconds to write. */
const MANY_PENDING = 2_000;
const MAX_PENDING_BYTES = 8 << 20;

type Pending = { readonly service: string; readonly timeMs: number; readonly bytes: Uint8Array };

/** See above. Transactions are the caller's. */
export class UntracedLogTable {
  #pending: Pending[] = [];
  #pendingBytes = 0;
  /** Records written for each service since its surplus was last removed. A service that is missing here may have any number from before the start. */
  readonly #grown = new Map<string, number>();
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #list: StatementSync;
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare("INSERT INTO untraced_log (service, time_ms, bytes, crc) VALUES (?, ?, ?, ?)");
    this.#trim = db.prepare(
      `DELETE FROM untraced_log WHERE service = ?1 AND id <= (SELECT id FROM untraced_log WHERE service = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${MAX_PER_SERVICE})`,
    );
    this.#list = db.prepare(
      "SELECT service, bytes, crc FROM untraced_log WHERE time_ms >= ? AND time_ms < ? AND (?3 IS NULL OR service = ?3) ORDER BY time_ms DESC LIMIT ?4",
    );
  }

  /** Takes a record; false when too many wait already. */
  add(log: LogRecord): boolean {
    if (this.#pending.length >= MAX_PENDING || this.#pendingBytes >= MAX_PENDING_BYTES) return false;
    const bytes = encodeLogs([log]);
    this.#pending.push({ service: log.resource.service, timeMs: log.timeMs, bytes });
    this.#pendingBytes += bytes.length;
    return true;
  }

  get isDirty(): boolean {
    return this.#pending.length > 0;
  }

  /** True when so many records wait that they should be written now. */
  get isPressed(): boolean {
    return this.#pending.length >= MANY_PENDING;
  }

  /** Writes what is new. Returns how many old records were removed, and what to call once the transaction is committed. */
  write(): { readonly removed: number; readonly commit: () => void } {
    const logs = this.#pending;
    for (const { service, timeMs, bytes } of logs) this.#insert.run(service, timeMs, bytes, sealBytes(service, bytes));
    const grown = this.#countGrown(logs);
    let removed = 0;
    for (const [service, count] of grown) if (count >= TRIM_AFTER) removed += Number(this.#trim.run(service).changes);
    const commit = (): void => {
      this.#pending = this.#pending.slice(logs.length);
      this.#pendingBytes = this.#pending.reduce((sum, { bytes }) => sum + bytes.length, 0);
      this.#noteGrown(grown);
    };
    return { removed, commit };
  }

  /** How many each of these services got since its surplus was looked for last, this time included; of a service not known yet, enough to look. */
  #countGrown(logs: readonly Pending[]): ReadonlyMap<string, number> {
    const grown = new Map<string, number>();
    for (const { service } of logs) grown.set(service, (grown.get(service) ?? this.#grown.get(service) ?? TRIM_AFTER) + 1);
    return grown;
  }

  #noteGrown(grown: ReadonlyMap<string, number>): void {
    if (this.#grown.size > MOST_GROWN) this.#grown.clear();
    for (const [service, count] of grown) this.#grown.set(service, count >= TRIM_AFTER ? 0 : count);
  }

  list({ window, service, limit }: Parameters<Store["listUntracedLogs"]>[0]): LogRecord[] {
    return this.#list.all(window.fromMs, window.toMs, service ?? null, Math.max(0, limit)).flatMap((row) => {
      const bytes = unsealBytes(String(row["service"]), row);
      if (bytes === undefined) {
        this.damaged.add(`a log record of ${String(row["service"])}`);
        return [];
      }
      const decoded = decodeLogs(bytes, "protobuf");
      return decoded.ok ? decoded.value.items : [];
    });
  }
}
