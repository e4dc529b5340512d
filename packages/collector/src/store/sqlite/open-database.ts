/** Opens the database file, refusing what it must not touch. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createTables, readSchemaVersion, SCHEMA_VERSION, StoreOpenError, updateTables } from "./schema.ts";

const PAGE_BYTES = 16_384;
/** Pages the write-ahead log may hold before SQLite itself moves it into the database and waits for the disk: 128 MiB. `CommitSync` moves it earlier. */
const CHECKPOINT_PAGES = 8_000;
/** Where SQLite's file format keeps `user_version`. */
const VERSION_AT = 60;

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** One sentence that says why a directory cannot be used and what to do. */
export function toOpenError(directory: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const because = (sentence: string) => new StoreOpenError(sentence, { cause: error });
  if (hasCode(error, "EEXIST", "ENOTDIR")) return because(`${directory} is a file, or lies below one: name a directory for the data.`);
  if (hasCode(error, "ENOENT", "ELOOP", "ENAMETOOLONG", "EINVAL", "ERR_INVALID_ARG_VALUE"))
    return because(`${directory} is no place where a directory can be made: name another one.`);
  if (hasCode(error, "EROFS")) return because(`${directory} lies on a read-only disk: name a directory that can be written to.`);
  if (hasCode(error, "EACCES", "EPERM"))
    return because(`${directory} may not be written to by this user: change its owner, or name another one.`);
  if (hasCode(error, "ENOSPC", "EDQUOT") || /disk is full/i.test(text))
    return because(`The disk of ${directory} is full: free some space.`);
  if (/database is locked/i.test(text)) return because(`${directory} is in use by another process: stop it, or name another directory.`);
  if (/readonly database/i.test(text)) return because(`${directory} cannot be written to: change its owner, or name another one.`);
  return because(`${directory} cannot be opened as a store (${text}): name another directory, or move its files away.`);
}

/** Makes the directory for the journal, and with it the one for the data, so that they survive the loss of power. */
export function makeDirectory(path: string): void {
  // A new directory is durable once its parent directory was synced.
  for (const made of makeDirectories(path)) syncDirectory(dirname(made));
}

/**
 * Creates the missing directories of a path, and returns them, the outermost first. It does not use `recursive` of `mkdir`: where a parent exists but
 * access is denied, as below /proc, Node loops for ever, and on a read-only disk it hides the disk's error.
 */
function makeDirectories(path: string): readonly string[] {
  try {
    mkdirSync(path, { mode: 0o700 });
    return [path];
  } catch (error) {
    if (hasCode(error, "EEXIST") && statSync(path).isDirectory()) return [];
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    const parents = makeDirectories(dirname(path));
    if (parents.length === 0) throw error;
    mkdirSync(path, { mode: 0o700 });
    return [...parents, path];
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Refuses a database of a newer Faultline before anything is written. The version is read from the file's header: SQLite itself would
 * leave its side files behind, even when it only reads.
 */
export function refuseNewerVersion(path: string): void {
  const header = Buffer.alloc(100);
  try {
    if (!statSync(path).isFile()) throw new StoreOpenError(`${path} is no file: move it away, or name another data directory.`);
    const file = openSync(path, "r");
    try {
      if (readSync(file, header, 0, header.length, 0) < header.length) return;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  if (header.toString("latin1", 0, 15) === "SQLite format 3") refuseVersion(path, header.readUInt32BE(VERSION_AT));
}

function refuseVersion(path: string, version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new StoreOpenError(
    `${path} was written by a newer Faultline (its tables have version ${version}, this one knows ${SCHEMA_VERSION}): ` +
      "start that version, or name another data directory. Nothing was changed.",
  );
}

/** True when SQLite says that the file is damaged, or is no SQLite file. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error && /malformed|not a database|disk image/i.test(error.message);
}

/** Moves a damaged database out of the way, with its side files, and says so. Nothing is deleted. */
export function setAside(path: string, nowMs: number): string {
  const suffix = `damaged-${new Date(nowMs).toISOString().replaceAll(":", "")}`;
  for (const side of ["", "-wal", "-shm"]) if (existsSync(path + side)) renameSync(path + side, `${path}.${suffix}${side}`);
  return `The database was damaged beyond reading: it was moved to ${path}.${suffix}, and what only it held is not shown; the journal was read again from its start.`;
}

/**
 * Opens or creates the database. A commit is complete after a crash, but survives a loss of power only once `CommitSync` has synced it: nothing counts as
 * written before that.
 */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA locking_mode = EXCLUSIVE;`);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`);
    db.exec("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;");
    const version = readSchemaVersion(db);
    refuseVersion(path, version);
    // The lock that keeps other processes out is taken by the first write, and an old database might get none for a while.
    db.exec("BEGIN IMMEDIATE; COMMIT;");
    if (version === 0) createTables(db);
    else updateTables(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
