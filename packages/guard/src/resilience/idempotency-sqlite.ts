/** Idempotency keys in SQLite: several processes of one machine share a file, and a crash loses no answer. */
import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Claim, IdempotencyStore, StoredAnswer } from "./idempotency.ts";

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

type Row = { readonly fingerprint: string; readonly token: string; readonly answer: string | null };

function readClaim(row: Row | undefined, fingerprint: string): Claim {
  if (row === undefined) return { kind: "in-flight" };
  if (row.fingerprint !== fingerprint) return { kind: "mismatch" };
  // Written by `complete` below and by nothing else.
  return row.answer === null ? { kind: "in-flight" } : { kind: "answered", answer: JSON.parse(row.answer) as StoredAnswer };
}

/** Opens a store in `file`. Expired keys are removed a few at a time, by the claims that come after. */
export function openSqliteIdempotencyStore(file: string): IdempotencyStore & { close(): void } {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(SCHEMA);
  const claim = database.prepare(CLAIM);
  const find = database.prepare("SELECT fingerprint, token, answer FROM idempotency WHERE scope = ?");
  const complete = database.prepare("UPDATE idempotency SET answer = ?, until_ms = ? WHERE scope = ? AND token = ?");
  const release = database.prepare("DELETE FROM idempotency WHERE scope = ? AND token = ?");
  const sweep = database.prepare("DELETE FROM idempotency WHERE scope IN (SELECT scope FROM idempotency WHERE until_ms <= ? LIMIT 10)");
  let claims = 0;
  return {
    claim(scope, fingerprint, { nowMs, leaseMs }) {
      claims += 1;
      if (claims % 100 === 0) sweep.run(nowMs);
      const token = randomUUID();
      const { changes } = claim.run({
        ":scope": scope,
        ":fingerprint": fingerprint,
        ":token": token,
        ":until": nowMs + leaseMs,
        ":now": nowMs,
      });
      if (Number(changes) === 1) return { kind: "claimed", token };
      return readClaim(find.get(scope) as Row | undefined, fingerprint);
    },
    complete: (scope, token, { answer, expiresAtMs }) => void complete.run(JSON.stringify(answer), expiresAtMs, scope, token),
    release: (scope, token) => void release.run(scope, token),
    close: () => database.close(),
  };
}
