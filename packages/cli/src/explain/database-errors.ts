import type { ErrorKnowledge } from "./error-knowledge.ts";

const POSTGRES = "PostgreSQL, Appendix A: error codes";
const MYSQL = "MySQL, server and client error reference";

type Known = Omit<ErrorKnowledge, "code" | "pattern" | "source"> & {
  /** Its message, as far as it is always the same. */
  readonly says?: string;
};

/** An SQLSTATE of PostgreSQL: alone, where a driver writes it, or by its message. */
function state(code: string, { says = "(?!)", ...known }: Known): ErrorKnowledge {
  const pattern = new RegExp(String.raw`^${code}$|\bSQLSTATE\W{0,3}${code}\b|\bcode\W{1,4}${code}\b|\bERROR:?\s+${code}\b|${says}`, "i");
  return { code: `SQLSTATE ${code}`, pattern, source: POSTGRES, ...known };
}

/** A number of MySQL or MariaDB: `ERROR 1205`, `(1205, "...")`, `SQLSTATE[HY000]: General error: 1205`. */
function numbered(number: number, { says = "(?!)", ...known }: Known): ErrorKnowledge {
  const pattern = new RegExp(
    String.raw`\b(?:mysql|mariadb|ERROR|errno|error:)\W{0,3}${number}\b|\[HY000\]\W{0,3}\[${number}\]|\(${number}, ['"]|${says}`,
    "i",
  );
  return { code: `MySQL ${number}`, pattern, source: MYSQL, ...known };
}

/** What databases answer, by their own codes. */
export const DATABASE_ERRORS: readonly ErrorKnowledge[] = [
  state("53300", {
    says: String.raw`too many clients already|remaining connection slots are reserved`,
    meaning: "the database has as many connections as it may (max_connections)",
    cause: "pool-exhausted",
    nextCheck: "select count(*), state, application_name from pg_stat_activity group by 2, 3: who holds them?",
  }),
  state("57014", {
    says: String.raw`canceling statement due to`,
    meaning: "the query was cancelled: statement_timeout, or the client gave up",
    cause: "database-failure",
    nextCheck: "what did it wait for? select pid, wait_event, pg_blocking_pids(pid), query from pg_stat_activity",
  }),
  state("55P03", {
    says: String.raw`canceling statement due to lock timeout|could not obtain lock`,
    meaning: "a lock could not be had within lock_timeout, or at once (NOWAIT)",
    cause: "database-failure",
  }),
  state("40P01", {
    says: String.raw`\bdeadlock detected`,
    meaning: "deadlock: two transactions waited for each other, and this one was ended",
    cause: "database-failure",
    nextCheck: "the database's log names both queries; take the locks in one order, and try the transaction again",
  }),
  state("40001", {
    says: String.raw`could not serialize access`,
    meaning: "the transaction could not be put in an order with another one (serialization failure)",
    cause: "database-failure",
    mistakenFor: "a bug: under this isolation level it is expected, and the transaction is to be tried again",
    nextCheck: "is the whole transaction tried again, and not the last statement alone?",
  }),
  state("57P01", {
    says: String.raw`terminating connection due to administrator command`,
    meaning: "the database is being stopped, or somebody ended this connection",
    cause: "database-failure",
  }),
  state("57P03", {
    says: String.raw`the database system is (?:starting up|shutting down|in recovery mode)`,
    meaning: "the database is starting, stopping or recovering, and takes nobody yet",
    cause: "database-failure",
  }),
  state("08006", {
    says: String.raw`server closed the connection unexpectedly|connection terminated unexpectedly`,
    meaning: "the connection to the database broke",
    cause: "database-failure",
  }),
  state("08001", { meaning: "no connection to the database could be made", cause: "connection-refused" }),
  state("28P01", {
    says: String.raw`password authentication failed for user`,
    meaning: "the database does not take this password",
    cause: "bad-configuration",
    nextCheck: "which secret does the running process have, and when was it rotated?",
  }),
  state("3D000", { meaning: "there is no database of this name", cause: "bad-configuration" }),
  state("42P01", {
    says: String.raw`relation "[^"]*" does not exist`,
    meaning: "there is no such table",
    cause: "bad-deploy",
    nextCheck: "did the migration run where this version runs, and before it?",
  }),
  state("42703", {
    says: String.raw`column "?[^"]*"? does not exist`,
    meaning: "there is no such column",
    cause: "bad-deploy",
    nextCheck: "did the migration run where this version runs, and before it?",
  }),
  state("25006", {
    says: String.raw`in a read-only transaction`,
    meaning: "written on a connection that may only read",
    cause: "database-failure",
    mistakenFor: "a lack of rights: mostly it is a replica, after a fail-over or by a wrong address",
    nextCheck: "select pg_is_in_recovery() where the service is connected",
  }),
  state("53100", { meaning: "the database's disk is full", cause: "resource-exhausted" }),
  state("23505", {
    says: String.raw`duplicate key value violates unique constraint`,
    meaning: "a unique value stands there already",
    cause: "invalid-input-unguarded",
    nextCheck: "answer 409; is a request sent twice, or are two of them racing?",
  }),
  state("23503", {
    says: String.raw`violates foreign key constraint`,
    meaning: "a row that is referred to is not there, or is still referred to",
    cause: "invalid-input-unguarded",
    nextCheck: "answer 409 or 422; which reference does the failing request carry?",
  }),
  state("22P02", {
    says: String.raw`invalid input syntax for type`,
    meaning: "a text that is no number, UUID or enum value was given where one has to be",
    cause: "invalid-input-unguarded",
    nextCheck: "validate the parameter before the query, and answer 400",
  }),
  numbered(1040, {
    says: String.raw`^Too many connections$`,
    meaning: "too many connections",
    cause: "pool-exhausted",
    nextCheck: "show processlist: who holds them?",
  }),
  numbered(1045, { meaning: "the database does not take this user and password", cause: "bad-configuration" }),
  numbered(1062, {
    says: String.raw`\b1062 Duplicate entry|Duplicate entry '.*' for key`,
    meaning: "a unique value stands there already",
    cause: "invalid-input-unguarded",
    nextCheck: "answer 409; is a request sent twice, or are two of them racing?",
  }),
  numbered(1205, {
    says: String.raw`Lock wait timeout exceeded`,
    meaning: "a row lock could not be had within innodb_lock_wait_timeout (50 s)",
    cause: "database-failure",
    nextCheck: "which transaction is open so long? select * from information_schema.innodb_trx",
  }),
  numbered(1213, {
    says: String.raw`Deadlock found when trying to get lock`,
    meaning: "deadlock: this transaction was ended so that another could go on",
    cause: "database-failure",
  }),
  numbered(2002, { meaning: "no connection to the database: nobody listens there", cause: "connection-refused" }),
  numbered(2006, {
    says: String.raw`MySQL server has gone away`,
    meaning: "the database closed the connection before this query: wait_timeout, a restart, or too large a packet",
    cause: "database-failure",
    nextCheck: "how long was it idle against wait_timeout? does the pool test connections before it lends them?",
  }),
  numbered(2013, {
    says: String.raw`Lost connection to MySQL server`,
    meaning: "the connection broke in the middle of a query",
    cause: "database-failure",
  }),
  {
    code: "MongoServerSelectionError",
    pattern: /\bMongo(?:ServerSelection|NetworkTimeout|Network)Error\b/,
    meaning: "no server of the MongoDB cluster could be chosen in time (30 s)",
    cause: "database-failure",
    nextCheck: "the reason behind it: a name that does not resolve, TLS, an address that is not allowed, or no primary",
    source: "MongoDB, Node.js driver",
  },
  {
    code: "Redis OOM",
    pattern: /\bOOM command not allowed when used memory\b/,
    meaning: "Redis is at its maxmemory, and its policy lets nothing be evicted",
    cause: "resource-exhausted",
    nextCheck: "redis-cli info memory; which keys have no time to live?",
    source: "Redis documentation, key eviction",
  },
  {
    code: "ORA-12541",
    pattern: /\bORA-125(?:41|14|05)\b/,
    meaning: "Oracle's listener is not there, or does not know the service",
    cause: "connection-refused",
    nextCheck: "lsnrctl status where the database runs",
    source: "Oracle Database, error messages",
  },
];

/** Classes of SQLSTATE, for a code that is not listed by itself. Source: PostgreSQL, Appendix A. */
const CLASSES: Readonly<Record<string, readonly [meaning: string, cause: ErrorKnowledge["cause"]]>> = {
  "08": ["a connection to the database could not be made, or broke", "database-failure"],
  "22": ["a value cannot be what its column or the query needs", "invalid-input-unguarded"],
  "23": ["a constraint refuses the change: unique, foreign key, not null or check", "invalid-input-unguarded"],
  "25": ["the transaction is in a state that does not allow this", "database-failure"],
  "28": ["the database refuses the log-in", "bad-configuration"],
  "40": ["the transaction was rolled back because of another one", "database-failure"],
  "42": ["the statement is wrong, names what is not there, or is not allowed", "unhandled-exception"],
  "53": ["the database is out of connections, memory or disk", "resource-exhausted"],
  "54": ["the statement is too large or too complex for the database", "invalid-input-unguarded"],
  "55": ["an object of the database is not in a state for this, or is locked", "database-failure"],
  "57": ["an operator or a time-out intervened", "database-failure"],
  "58": ["the system below the database failed", "database-failure"],
  HY: ["an error of the driver without a state of its own: the number behind it says which", undefined],
  XX: ["an internal error of the database", "database-failure"],
};

/** What is known of a SQLSTATE by its class alone. */
export function findStateClass(text: string): ErrorKnowledge | undefined {
  const code = /\bSQLSTATE\W{0,3}([0-9A-Z]{5})\b/i.exec(text)?.[1]?.toUpperCase() ?? /^\d{2}[0-9A-Z]{3}$/.exec(text)?.[0];
  const known = CLASSES[code?.slice(0, 2) ?? ""];
  if (code === undefined || known === undefined) return undefined;
  const [meaning, cause] = known;
  return { code: `SQLSTATE ${code}`, meaning, ...(cause === undefined ? {} : { cause }), source: `${POSTGRES}, class ${code.slice(0, 2)}` };
}
