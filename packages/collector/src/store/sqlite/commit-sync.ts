/**
 * Makes committed transactions durable off the event loop. SQLite's own sync of a commit (`synchronous = FULL`) stops everything in
 * the process for as long as the disk takes; here the same file, the write-ahead log, is synced by another thread, and all commits that
 * wait while one sync runs share the next. The log is moved into the database in the same way.
 */
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** What was committed may not survive the loss of power, and this process cannot mend it. */
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
   * Resolves when a transaction may begin: none may while the log is moved. Rejects once a sync has failed: another commit could write over
   * what only the log still has.
   */
  async ready(): Promise<void> {
    while (this.#moving !== undefined) await this.#moving.catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Moves the log into the database when it has grown, as SQLite would by itself, but for its two syncs on the event loop. The order is
   * theirs: the log is synced, then copied, the database is synced, and only then the next transaction begins the log anew (SQLite syncs
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
   * Resolves when every transaction that was committed before the call would survive the loss of power. Rejects with a
   * `CommitSyncError` when the disk refuses, and from then on always: a failed sync may have dropped the pages, and the next one would not know (LWN 752063).
   */
  sync(): Promise<void> {
    if (this.#running === undefined) return (this.#running = this.#run());
    // What runs may have begun before the commit; the one behind it has not.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return (this.#running = this.#run());
      });
    return this.#next;
  }

  /** Waits for the last sync and lets go of the file. */
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

/** A new file survives the loss of power only when its directory was synced, too. */
async function openWithItsName(path: string): Promise<FileHandle> {
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return open(path, "r");
}
