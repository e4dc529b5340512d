/** Changes, declared and inferred, and the services that changes are inferred from. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Change, Resource, Window } from "@faultline/model";
import { inferChange, type KnownServices } from "../../rules/infer-change.ts";
import { seal, unseal } from "../sealed.ts";

/** See above. Transactions are the caller's. */
export class ChangeTable {
  readonly #known: KnownServices = new Map();
  readonly #dirtyServices = new Set<string>();
  readonly #pending = new Map<string, Change>();
  readonly #insert: StatementSync;
  readonly #list: StatementSync;
  readonly #saveService: StatementSync;
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare("INSERT OR REPLACE INTO change (key, time_ms, json, crc) VALUES (?, ?, ?, ?)");
    this.#list = db.prepare("SELECT key, json, crc FROM change WHERE time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC LIMIT 10000");
    this.#saveService = db.prepare("INSERT OR REPLACE INTO known_service (service, json, crc) VALUES (?, ?, ?)");
    for (const row of db.prepare("SELECT service, json, crc FROM known_service").iterate()) this.#restore(String(row["service"]), row);
  }

  /** Takes note of a process that sends telemetry. */
  note(resource: Resource, timeMs: number): void {
    const services = this.#known.size;
    const change = inferChange(this.#known, resource, timeMs);
    if (change !== undefined) this.add(change);
    if (this.#known.size > services || change !== undefined) this.#dirtyServices.add(resource.service);
  }

  /** To be written with the next transaction. */
  add(change: Change): void {
    this.#pending.set(`${change.source} ${change.service} ${change.kind} ${change.timeMs} ${change.version ?? ""}`, change);
  }

  get isDirty(): boolean {
    return this.waiting > 0;
  }

  /** How many rows wait to be written. */
  get waiting(): number {
    return this.#pending.size + this.#dirtyServices.size;
  }

  /**
   * Writes what is new, up to `limit` rows, changes before the services that they were inferred from: a service that is known infers nothing
   * again. Call the returned function once the transaction is committed.
   */
  write(limit = Infinity): () => void {
    const changes = takeFirst(this.#pending, limit);
    const services = takeFirst(this.#dirtyServices, limit - changes.length);
    for (const [key, change] of changes) {
      const { json, crc } = seal(key, change);
      this.#insert.run(key, change.timeMs, json, crc);
    }
    for (const service of services) {
      const known = this.#known.get(service);
      const { json, crc } = seal(service, { ...known, versions: [...(known?.versions ?? [])], instances: [...(known?.instances ?? [])] });
      this.#saveService.run(service, json, crc);
    }
    return () => {
      for (const [key, change] of changes) if (this.#pending.get(key) === change) this.#pending.delete(key);
      for (const service of services) this.#dirtyServices.delete(service);
    };
  }

  list(window: Window): Change[] {
    return this.#list.all(window.fromMs, window.toMs).flatMap((row) => {
      const value = unseal(String(row["key"]), row);
      if (value === undefined) this.damaged.add(`the change ${String(row["key"])}`);
      // Sealed by `write`.
      return value === undefined ? [] : [value as Change];
    });
  }

  #restore(service: string, row: Record<string, unknown>): void {
    const value = unseal(service, row);
    if (typeof value !== "object" || value === null) return void this.damaged.add(`what is known of the service ${service}`);
    // Sealed by `write`.
    const saved = value as { versions: string[]; instances: string[]; lastVersion?: string; lastChange?: Change };
    this.#known.set(service, { ...saved, versions: new Set(saved.versions), instances: new Set(saved.instances) });
  }
}

function takeFirst<T>(items: Iterable<T>, limit: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length >= limit) break;
    taken.push(item);
  }
  return taken;
}
