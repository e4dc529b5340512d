/**
 * Makes committed transactions durable without blocking the event loop. SQLite's own sync of a commit (`synchronous = FULL`) stops the whole process for as
 * long as the disk takes. Here another thread syncs the same file, the write-ahead log, and all commits that wait while one sync runs share the next. The
 * log is moved into the database in the same way.
 */
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** Committed data may not survive a loss of power, and this process cannot repair that. */
export class CommitSyncError extends Error {
  constructor(cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(`The disk failed to sync the database (${text}): start the collector again; all that was acknowledged is in its journal.`, {
      cause,
    });
    this.name = "CommitSyncError";
  }
}

/** Pages the log may hold before it is moved: 16 MiB, which take some milliseconds to copy. */
const MOVED_PAGES = 1_000;

/** See above; for one database. */
export class CommitSync {
  readonly #path: string;
  #file: FileHandle | undefined;
  #moving: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: CommitSyncError | undefined;

  /** `path` is the database file; its write-ahead log lies beside it. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Resolves when a transaction may begin: not while the log is being moved. Rejects once a sync has failed, because another commit could overwrite what
   * only the log still holds.
   */
  async ready(): Promise<void> {
    while (this.#moving !== undefined) await this.#moving.catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Moves the log into the database when it has grown, as SQLite would do by itself, but without its two syncs on the event loop. The order is the same:
   * the log is synced, then copied, then the database is synced, and only then may the next transaction start the log afresh (SQLite syncs
   * its new header itself).
   */
  async moveLog(db: DatabaseSync): Promise<void> {
    const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
    if (Number(log) - Number(checkpointed) < MOVED_PAGES) return;
    this.#moving = this.#move(db);
    try {
      await this.#moving;
    } finally {
      this.#moving = undefined;
    }
  }

  /**
   * Resolves when every transaction that was committed before the call would survive a loss of power. Rejects with a
   * `CommitSyncError` when the disk refuses, and always from then on: a failed sync may have dropped the pages, and a later one would not notice (LWN 752063).
   */
  sync(): Promise<void> {
    if (this.#running === undefined) return (this.#running = this.#run());
    // The sync that is running may have begun before the commit; the next one has not.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return (this.#running = this.#run());
      });
    return this.#next;
  }

  /** Waits for the last sync and closes the file. */
  async close(): Promise<void> {
    await this.#moving?.catch(() => undefined);
    await (this.#next ?? this.#running)?.catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  async #move(db: DatabaseSync): Promise<void> {
    await this.sync();
    db.exec("PRAGMA synchronous = OFF; PRAGMA wal_checkpoint(PASSIVE); PRAGMA synchronous = NORMAL;");
    try {
      const file = await open(this.#path, "r");
      await file.datasync().finally(() => file.close());
    } catch (cause) {
      throw (this.#failure ??= new CommitSyncError(cause));
    }
  }

  async #run(): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#file ??= await openWithItsName(`${this.#path}-wal`);
      await this.#file.datasync();
    } catch (cause) {
      throw (this.#failure ??= new CommitSyncError(cause));
    } finally {
      if (this.#next === undefined) this.#running = undefined;
    }
  }
}

/** A new file survives a loss of power only once its directory was synced too. */
async function openWithItsName(path: string): Promise<FileHandle> {
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return open(path, "r");
}
