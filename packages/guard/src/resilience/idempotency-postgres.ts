/**
 * Idempotency keys in PostgreSQL, for any number of machines: one row a key. Each step is one statement in its own transaction, so it needs
 * no more of a pool than a connection for a moment; the time is the server's. An answer is as durable as `synchronous_commit` makes it.
 */
import { randomUUID } from "node:crypto";
import { codeOf } from "../capture/throwable.ts";
import { ConfigurationError } from "../configuration.ts";
import type { IdempotencyStore } from "./idempotency.ts";
import { encodeAnswer, type KeyRow, readRow } from "./idempotency-row.ts";

/** A pool or client of yours: of `pg`, or anything that queries like it, such as PGlite. The store never ends it. */
export type PostgresClient = {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
};

/** Where the keys are. */
export type PostgresStoreOptions = {
  /** Name of the table, perhaps with a schema: `ops.idempotency`. Default `faultline_idempotency`. */
  readonly table?: string;
  /** Make the table when it is missing. Default true; without the right to, run `postgresIdempotencySchema(table)` in a migration. */
  readonly createTable?: boolean;
};

const CLAIMS_PER_SWEEP = 100;
/** Two who make the same table at once: PostgreSQL lets one fail, whichever of these ways; the table is there then. */
const EXISTS_ALREADY = new Set(["42P07", "23505", "42710"]);
/** Under `repeatable read` or stricter a claim that comes second is refused like this instead of seeing the first. */
const COULD_NOT_SERIALIZE = "40001";

function toName(table: string): string {
  if (/^[a-z_][a-z0-9_]{0,50}(\.[a-z_][a-z0-9_]{0,50})?$/.test(table)) return table;
  throw new ConfigurationError("bad-table", `${JSON.stringify(table)} is no plain table name, such as faultline_idempotency`);
}

/** The statements that make the table and its index. */
export function postgresIdempotencySchema(table = "faultline_idempotency"): readonly string[] {
  const name = toName(table);
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (
       scope text PRIMARY KEY, fingerprint text NOT NULL, token text NOT NULL, until timestamptz NOT NULL, answer text
     )`,
    `CREATE INDEX IF NOT EXISTS ${name.split(".").at(-1) ?? name}_until ON ${name} (until)`,
  ];
}

function writeStatements(table: string) {
  const name = toName(table);
  const later = (parameter: string): string => `clock_timestamp() + ${parameter} * interval '1 millisecond'`;
  return {
    find: `SELECT fingerprint, answer FROM ${name} WHERE scope = $1 AND until > clock_timestamp()`,
    claim: `
      INSERT INTO ${name} AS kept (scope, fingerprint, token, until) VALUES ($1, $2, $3, ${later("$4::float8")})
      ON CONFLICT (scope) DO UPDATE SET fingerprint = excluded.fingerprint, token = excluded.token, until = excluded.until, answer = NULL
      WHERE kept.until <= clock_timestamp() RETURNING token`,
    renew: `UPDATE ${name} SET until = ${later("$3::float8")} WHERE scope = $1 AND token = $2 AND answer IS NULL RETURNING token`,
    complete: `UPDATE ${name} SET answer = $3, until = ${later("$4::float8")} WHERE scope = $1 AND token = $2 RETURNING token`,
    release: `DELETE FROM ${name} WHERE scope = $1 AND token = $2`,
    sweep: `DELETE FROM ${name} WHERE scope IN
      (SELECT scope FROM ${name} WHERE until <= clock_timestamp() LIMIT 200 FOR UPDATE SKIP LOCKED)`,
  };
}

async function makeTable(client: PostgresClient, table: string): Promise<void> {
  for (const statement of postgresIdempotencySchema(table)) {
    try {
      await client.query(statement);
    } catch (error) {
      if (!EXISTS_ALREADY.has(codeOf(error) ?? "")) throw error;
    }
  }
}

/** A store behind `client`. Rejects with what the client says when the table cannot be made. Expired keys are removed by later claims. */
export async function openPostgresIdempotencyStore(client: PostgresClient, options: PostgresStoreOptions = {}): Promise<IdempotencyStore> {
  const { table = "faultline_idempotency", createTable = true } = options;
  const statements = writeStatements(table);
  if (createTable) await makeTable(client, table);
  let claims = 0;

  const findLive = async (scope: string): Promise<KeyRow | undefined> =>
    (await client.query(statements.find, [scope])).rows[0] as KeyRow | undefined;

  async function insert(scope: string, fingerprint: string, leaseMs: number): Promise<string | undefined> {
    const token = randomUUID();
    try {
      const { rows } = await client.query(statements.claim, [scope, fingerprint, token, leaseMs]);
      return rows.length === 1 ? token : undefined;
    } catch (error) {
      if (codeOf(error) !== COULD_NOT_SERIALIZE) throw error;
      return undefined;
    }
  }

  return {
    async claim(scope, fingerprint, leaseMs) {
      // A duplicate only reads: it neither locks the row nor writes a dead version of it.
      const live = await findLive(scope);
      if (live !== undefined) return readRow(live, fingerprint);
      claims += 1;
      if (claims % CLAIMS_PER_SWEEP === 0) await client.query(statements.sweep);
      const token = await insert(scope, fingerprint, leaseMs);
      return token === undefined ? readRow(await findLive(scope), fingerprint) : { kind: "claimed", token };
    },
    renew: async (scope, token, leaseMs) => (await client.query(statements.renew, [scope, token, leaseMs])).rows.length === 1,
    complete: async (scope, token, { answer, keepMs }) =>
      (await client.query(statements.complete, [scope, token, encodeAnswer(answer), keepMs])).rows.length === 1,
    async release(scope, token) {
      await client.query(statements.release, [scope, token]);
    },
  };
}
