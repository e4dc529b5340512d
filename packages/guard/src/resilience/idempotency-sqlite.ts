/** Idempotency keys in SQLite: several processes of one machine share a file, and a crash loses no answer. */
import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { IdempotencyStore } from "./idempotency.ts";
import { encodeAnswer, type KeyRow, readRow } from "./idempotency-row.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS idempotency (
    scope TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, token TEXT NOT NULL, until_ms INTEGER NOT NULL, answer TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS idempotency_until ON idempotency (until_ms);
`;

/** The claim as one statement: SQLite lets one writer in at a time, so of simultaneous claims one inserts and the others see its row. */
const CLAIM = `
  INSERT INTO idempotency (scope, fingerprint, token, until_ms) VALUES (:scope, :fingerprint, :token, :until)
  ON CONFLICT (scope) DO UPDATE SET fingerprint = :fingerprint, token = :token, until_ms = :until, answer = NULL
  WHERE until_ms <= :now
`;
/** Each sweep takes more keys than were claimed since the last, so that the file stays as large as what is in use. */
const SWEEP = "DELETE FROM idempotency WHERE scope IN (SELECT scope FROM idempotency WHERE until_ms <= ? LIMIT 200)";
const CLAIMS_PER_SWEEP = 100;

/** Opens a store in `file`. Expired keys are removed by the claims that come after. `nowMs` is Unix time, which the processes share. */
export function openSqliteIdempotencyStore(
  file: string,
  options: { readonly nowMs?: () => number } = {},
): IdempotencyStore & { close(): void } {
  const { nowMs = Date.now } = options;
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(SCHEMA);
  const claim = database.prepare(CLAIM);
  const findLive = database.prepare("SELECT fingerprint, answer FROM idempotency WHERE scope = ? AND until_ms > ?");
  const renew = database.prepare("UPDATE idempotency SET until_ms = ? WHERE scope = ? AND token = ? AND answer IS NULL");
  const complete = database.prepare("UPDATE idempotency SET answer = ?, until_ms = ? WHERE scope = ? AND token = ?");
  const release = database.prepare("DELETE FROM idempotency WHERE scope = ? AND token = ?");
  const sweep = database.prepare(SWEEP);
  let claims = 0;
  return {
    claim(scope, fingerprint, leaseMs) {
      const now = nowMs();
      // A duplicate only reads, and readers wait for nobody.
      const live = findLive.get(scope, now) as KeyRow | undefined;
      if (live !== undefined) return readRow(live, fingerprint);
      claims += 1;
      if (claims % CLAIMS_PER_SWEEP === 0) sweep.run(now);
      const token = randomUUID();
      const { changes } = claim.run({
        ":scope": scope,
        ":fingerprint": fingerprint,
        ":token": token,
        ":until": now + leaseMs,
        ":now": now,
      });
      if (Number(changes) === 1) return { kind: "claimed", token };
      return readRow(findLive.get(scope, now) as KeyRow | undefined, fingerprint);
    },
    renew: (scope, token, leaseMs) => Number(renew.run(nowMs() + leaseMs, scope, token).changes) === 1,
    complete: (scope, token, { answer, keepMs }) =>
      Number(complete.run(encodeAnswer(answer), nowMs() + keepMs, scope, token).changes) === 1,
    release: (scope, token) => void release.run(scope, token),
    close: () => database.close(),
  };
}
