/**
 * Makes committed transactions durable off the event loop. SQLite's own sync of a commit (`synchronous = FULL`) stops everything in
 * the process for as long as the disk takes; here the same file, the write-ahead log, is synced by another thread, and all commits that
 * wait while one sync runs share the next.
 */
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";

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

/** See above; for one database. */
export class CommitSync {
  readonly #path: string;
  #file: FileHandle | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: CommitSyncError | undefined;

  /** `path` is the database file; its write-ahead log lies beside it. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
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
    await (this.#next ?? this.#running)?.catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  async #run(): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#file ??= await openWithItsName(this.#path);
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
