/** Opens the database file, refusing what it must not touch. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createTables, readSchemaVersion, SCHEMA_VERSION, StoreOpenError } from "./schema.ts";

const PAGE_BYTES = 16_384;
/** Pages the write-ahead log may hold before it is moved into the file: 32 MiB. */
const CHECKPOINT_PAGES = 2_000;

/** Refuses a database of a newer Faultline before anything is written, not even a lock file. */
export function refuseNewerVersion(path: string): void {
  if (!existsSync(path)) return;
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const version = readSchemaVersion(db);
    if (version > SCHEMA_VERSION) {
      throw new StoreOpenError(
        `${path} was written by a newer Faultline (its tables have version ${version}, this one knows ${SCHEMA_VERSION}): ` +
          "start that version, or name another data directory. Nothing was changed.",
      );
    }
  } finally {
    db.close();
  }
}

/** Opens or creates the database with full durability: a commit has reached the disk when it returns. */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA locking_mode = EXCLUSIVE;`);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`);
    db.exec("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;");
    if (readSchemaVersion(db) === 0) createTables(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
