/** Faults with their newest diagnosis. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredFault, Store } from "../../contract.ts";
import { seal, unseal } from "../sealed.ts";

/** Each method is its own transaction. */
export class FaultTable {
  readonly #save: StatementSync;
  readonly #find: StatementSync;
  readonly #list: StatementSync;
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync) {
    this.#save = db.prepare("INSERT OR REPLACE INTO fault (fingerprint, first_ms, last_ms, count, json, crc) VALUES (?, ?, ?, ?, ?, ?)");
    this.#find = db.prepare("SELECT fingerprint, json, crc FROM fault WHERE fingerprint = ?");
    this.#list = db.prepare(
      "SELECT fingerprint, json, crc FROM fault WHERE last_ms >= ? AND first_ms < ? AND count > 0 ORDER BY last_ms DESC, count DESC LIMIT ?",
    );
  }

  save(fault: StoredFault): void {
    const { json, crc } = seal(fault.fingerprint, fault);
    this.#save.run(fault.fingerprint, fault.firstSeenMs, fault.lastSeenMs, fault.count, json, crc);
  }

  find(fingerprint: string): StoredFault | undefined {
    const row = this.#find.get(fingerprint);
    return row === undefined ? undefined : this.#read(row);
  }

  list({ window, limit }: Parameters<Store["listFaults"]>[0]): StoredFault[] {
    const { fromMs, toMs } = window ?? { fromMs: -Infinity, toMs: Infinity };
    const rows = this.#list.all(fromMs, toMs, Math.max(0, limit));
    return rows.map((row) => this.#read(row)).filter((fault) => fault !== undefined);
  }

  #read(row: Record<string, unknown>): StoredFault | undefined {
    const fingerprint = String(row["fingerprint"]);
    const value = unseal(fingerprint, row);
    if (typeof value !== "object" || value === null) return void this.damaged.add(`the fault ${fingerprint}`);
    // Sealed by `save`.
    return value as StoredFault;
  }
}
