/** The tables, and the rule for opening a directory of another version. */
import type { DatabaseSync } from "node:sqlite";

/** Grows by one with each change of the tables. */
export const SCHEMA_VERSION = 7;

/** Bundles hold the parts of many traces; a part in a bundle has no bytes of its own, but a place in the bundle. */
const BUNDLES = `
  CREATE TABLE bundle (id INTEGER PRIMARY KEY, parts INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TRIGGER part_leaves_bundle AFTER DELETE ON part WHEN OLD.bundle IS NOT NULL BEGIN
    UPDATE bundle SET parts = parts - 1 WHERE id = OLD.bundle;
    DELETE FROM bundle WHERE id = OLD.bundle AND parts <= 0;
  END;
`;

/** Finds the old ones without a full scan. */
const METRICS_BY_TIME = "CREATE INDEX metric_block_by_time ON metric_block (from_ms);";

/** Finds the ones to forget first without a full scan. */
const SERIES_BY_USE = "CREATE INDEX series_by_use ON series (until_ms);";

/** Failed exchanges of failing traces besides the shown one; times are those of the trace's entry in the lists. */
const FAILED_HOPS = `
  CREATE TABLE failed_hop (
    trace INTEGER NOT NULL, series INTEGER NOT NULL, time_ms REAL NOT NULL, duration_ms REAL NOT NULL, PRIMARY KEY (trace, series)
  ) WITHOUT ROWID;
  CREATE INDEX failed_hop_by_series ON failed_hop (series, time_ms, duration_ms);
`;

const TABLES = `
  -- What the journal's records up to "applied" left behind is in these tables; replay begins at "replay_from".
  CREATE TABLE progress (only INTEGER PRIMARY KEY CHECK (only = 1), json TEXT NOT NULL, crc INTEGER NOT NULL);
  -- No block that begins at "until_ms" or later names the series.
  CREATE TABLE series (number INTEGER PRIMARY KEY, json TEXT NOT NULL, crc INTEGER NOT NULL, until_ms REAL NOT NULL DEFAULT 0);
  ${SERIES_BY_USE}
  CREATE TABLE block (from_ms INTEGER PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL);
  -- Failing traces, and the sample of good ones ("failing" 0, without a place in the lists).
  CREATE TABLE trace (
    id INTEGER PRIMARY KEY, trace_id BLOB NOT NULL UNIQUE, failing INTEGER NOT NULL, stored_ms INTEGER NOT NULL,
    items INTEGER NOT NULL, bytes INTEGER NOT NULL,
    cursor INTEGER, series INTEGER, time_ms REAL, duration_ms REAL, shown TEXT, fingerprint TEXT, crc INTEGER NOT NULL
  );
  CREATE INDEX trace_by_cursor ON trace (cursor) WHERE cursor IS NOT NULL;
  CREATE INDEX trace_by_time ON trace (time_ms) WHERE cursor IS NOT NULL;
  CREATE INDEX trace_by_series_time ON trace (series, time_ms) WHERE cursor IS NOT NULL;
  CREATE INDEX trace_by_series_duration ON trace (series, duration_ms, time_ms) WHERE cursor IS NOT NULL;
  CREATE INDEX trace_by_fingerprint ON trace (fingerprint, time_ms) WHERE fingerprint IS NOT NULL;
  CREATE INDEX trace_by_age ON trace (failing, stored_ms);
  CREATE TABLE part (
    id INTEGER PRIMARY KEY, trace INTEGER NOT NULL, kind INTEGER NOT NULL, packed INTEGER NOT NULL,
    position INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL, bundle INTEGER, start INTEGER, length INTEGER
  );
  CREATE INDEX part_by_trace ON part (trace);
  ${BUNDLES}
  CREATE TABLE sample (series INTEGER NOT NULL, time_ms REAL NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (series, time_ms, trace)) WITHOUT ROWID;
  CREATE INDEX sample_by_trace ON sample (trace);
  CREATE TABLE change (key TEXT PRIMARY KEY, time_ms REAL NOT NULL, json TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX change_by_time ON change (time_ms);
  CREATE TABLE known_service (service TEXT PRIMARY KEY, json TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE fault (
    fingerprint TEXT PRIMARY KEY, first_ms REAL NOT NULL, last_ms REAL NOT NULL, count INTEGER NOT NULL, json TEXT NOT NULL, crc INTEGER NOT NULL
  );
  CREATE INDEX fault_by_time ON fault (last_ms, count);
  CREATE TABLE untraced_log (id INTEGER PRIMARY KEY, service TEXT NOT NULL, time_ms REAL NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL);
  CREATE INDEX untraced_log_by_service ON untraced_log (service, time_ms);
  CREATE INDEX untraced_log_by_time ON untraced_log (time_ms);
  CREATE TABLE metric_series (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE metric_block (
    series INTEGER NOT NULL, from_ms INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (series, from_ms)
  ) WITHOUT ROWID;
  ${METRICS_BY_TIME}
  ${FAILED_HOPS}
`;

/** The steps that migrate the tables to the next version, by the version that they start from. */
const STEPS: Readonly<Record<number, string>> = {
  // Finds the slowest traces of a route in a window by the index alone.
  1: `
    DROP INDEX trace_by_series_duration;
    CREATE INDEX trace_by_series_duration ON trace (series, duration_ms, time_ms) WHERE cursor IS NOT NULL;
  `,
  // The journal beside the database is written in a form that older versions do not know (journal/frame.ts).
  2: "",
  3: `
    ALTER TABLE part ADD COLUMN bundle INTEGER;
    ALTER TABLE part ADD COLUMN start INTEGER;
    ALTER TABLE part ADD COLUMN length INTEGER;
    ${BUNDLES}
  `,
  4: METRICS_BY_TIME,
  // Any existing block may name any series.
  5: `
    ALTER TABLE series ADD COLUMN until_ms REAL NOT NULL DEFAULT 0;
    UPDATE series SET until_ms = 1 + coalesce((SELECT max(from_ms) FROM block), 0);
    ${SERIES_BY_USE}
  `,
  // Traces that are there already are found by their shown exchange alone, as before, until they expire.
  6: FAILED_HOPS,
};

/** What stops a store from opening; the message is one sentence with what to do. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}

/** The version of a database's tables; 0 when it has none yet. */
export function readSchemaVersion(db: DatabaseSync): number {
  const row = db.prepare("PRAGMA user_version").get();
  return Number(row?.["user_version"] ?? 0);
}

/** Brings older tables to this version, each step in a transaction of its own. */
export function updateTables(db: DatabaseSync): void {
  for (let version = readSchemaVersion(db); version < SCHEMA_VERSION; version++) {
    db.exec(`BEGIN IMMEDIATE; ${STEPS[version] ?? ""} PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}

/** Creates the tables in one transaction, so that a crash leaves either all of them or none. */
export function createTables(db: DatabaseSync): void {
  db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}
