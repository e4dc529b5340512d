/** The orders' connections to PostgreSQL: few, and nobody waits for long. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Longer than a busy machine takes to start everything at once; whoever started this process gives up later still. */
const OPENING_MS = 120_000;
const AGAIN_MS = 250;
const MAX_CONNECTIONS = 5;
const ACQUIRE_TIMEOUT_MS = 700;
const QUERY_TIMEOUT_MS = 500;

/** Opens the pool on `DATABASE_URL`, with every connection it may have: a request never waits for a handshake. */
export async function createPool(): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 0,
  });
  // A connection that dies while idle is replaced at the next request; without a listener it would end the process.
  pool.on("error", () => undefined);
  const giveUpMs = performance.now() + OPENING_MS;
  const clients = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, () => open(pool, giveUpMs)));
  for (const client of clients) client.release();
  return pool;
}

/** A connection, again and again while the database is still starting. */
async function open(pool: pg.Pool, giveUpMs: number): Promise<pg.PoolClient> {
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (performance.now() >= giveUpMs) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

/** Runs one statement on a pooled connection. The connection goes back whatever happened: a late answer is skipped by the client. */
export async function query<Row extends pg.QueryResultRow>(pool: pg.Pool, text: string, values: readonly unknown[]): Promise<Row[]> {
  const client = await pool.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    client.release();
  }
}
