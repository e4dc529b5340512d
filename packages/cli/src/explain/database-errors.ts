import type { ErrorKnowledge } from "./error-knowledge.ts";
import { MYSQL_ERRORS } from "./mysql-errors.ts";
import { REDIS_ERRORS } from "./redis-errors.ts";

const POSTGRES = "PostgreSQL, Appendix A: error codes";

type Known = Omit<ErrorKnowledge, "code" | "pattern" | "source"> & {
  /** Its message, as far as it is always the same. */
  readonly says?: string;
};

/** An SQLSTATE of PostgreSQL: alone, where a driver writes it, or by its message. */
function state(code: string, { says = "(?!)", ...known }: Known): ErrorKnowledge {
  const pattern = new RegExp(String.raw`^${code}$|\bSQLSTATE\W{0,3}${code}\b|\bcode\W{1,4}${code}\b|\bERROR:?\s+${code}\b|${says}`, "i");
  return { code: `SQLSTATE ${code}`, pattern, madeBy: "the database server", source: POSTGRES, ...known };
}

const VALIDATE = "validate the value before the query, and answer 400 or 422";

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
  state("25P02", {
    says: String.raw`current transaction is aborted, commands ignored`,
    meaning: "an earlier statement of this transaction failed, and nothing more is done in it",
    cause: "unhandled-exception",
    mistakenFor: "the failure: that was the first error of this connection, just before",
    nextCheck: "the log of the same connection: its first error; is rollback missing where it was caught?",
  }),
  state("25P03", {
    says: String.raw`terminating connection due to idle-in-transaction timeout`,
    meaning: "the connection was idle within a transaction for too long and was ended",
    cause: "pool-exhausted",
    nextCheck: "what is awaited between begin and commit that is no query?",
  }),
  state("26000", {
    says: String.raw`prepared statement "[^"]*" does not exist`,
    meaning: "there is no such prepared statement on this connection",
    cause: "gateway-mismatch",
    mistakenFor: "a missing migration: this connection is another one than it was prepared on",
    nextCheck: "a pooler in transaction mode (PgBouncer) in between? Turn prepared statements off, or its support of them on",
  }),
  state("42501", {
    says: String.raw`permission denied for (?:table|relation|schema|sequence|database)`,
    meaning: "the database's user may not do this",
    cause: "bad-configuration",
    nextCheck: "the grants of the user that the service has; were they given for tables that the last migration made?",
  }),
  state("23502", {
    says: String.raw`violates not-null constraint`,
    meaning: "a value is missing where null is not allowed",
    cause: "invalid-input-unguarded",
    nextCheck: VALIDATE,
  }),
  state("57P02", { meaning: "another process of the database crashed, and all connections were ended", cause: "database-failure" }),
  state("08P01", {
    meaning: "the other side did not follow the protocol; poolers say so of their own limits too",
    cause: "gateway-mismatch",
    nextCheck: "what stands between: PgBouncer, pgcat, a proxy? Its log at that time",
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
  ...MYSQL_ERRORS,
  ...REDIS_ERRORS,
  {
    code: "MongoServerSelectionError",
    pattern: /\bMongo(?:ServerSelection|NetworkTimeout|Network)Error\b/,
    meaning: "no server of the MongoDB cluster could be chosen in time (30 s)",
    cause: "database-failure",
    nextCheck: "the reason behind it: a name that does not resolve, TLS, an address that is not allowed, or no primary",
    source: "MongoDB, Node.js driver",
  },
  {
    code: "E11000",
    pattern: /\bE11000\b|^11000$/,
    meaning: "MongoDB: a unique value stands there already",
    madeBy: "the database server",
    cause: "invalid-input-unguarded",
    nextCheck: "answer 409; is a request sent twice, or are two of them racing?",
    source: "MongoDB, error codes",
  },
  {
    code: "NotWritablePrimary",
    pattern:
      /\b(?:NotWritablePrimary|NotPrimaryNoSecondaryOk|PrimarySteppedDown|InterruptedDueToReplStateChange)\b|\bnot (?:master|primary)\b/,
    meaning: "MongoDB: the server that was asked is not, or no longer, the primary",
    madeBy: "the database server",
    cause: "database-failure",
    mistakenFor: "a broken cluster: an election takes some 10 s, and retryable writes bridge it",
    nextCheck: "rs.status(): who is primary since when? does the URI name the replica set?",
    source: "MongoDB, error codes",
  },
  {
    code: "MaxTimeMSExpired",
    pattern: /\bMaxTimeMSExpired\b|\boperation exceeded time limit\b/,
    meaning: "MongoDB: the operation took longer than its maxTimeMS",
    madeBy: "the database server",
    cause: "database-failure",
    nextCheck: "explain() of the query: which index does it use?",
    source: "MongoDB, error codes",
  },
  {
    code: "PROTOCOL_CONNECTION_LOST",
    meaning: "the connection to MySQL ended: a restart, an idle time-out (wait_timeout), or a proxy in between",
    madeBy: "the driver (mysql, mysql2), in the process that queries",
    cause: "database-failure",
    mistakenFor: "a database that is down: mostly the connection was idle for too long",
    nextCheck: "how long was it idle against wait_timeout? A single connection does not come back by itself, a pool's does",
    source: "mysql2, documentation",
  },
  {
    code: "SQL Server 1205",
    pattern: /\bwas deadlocked on\b|\bMsg 1205\b|^1205$/,
    meaning: "deadlock: this transaction was chosen as the victim so that another could go on",
    madeBy: "the database server",
    cause: "database-failure",
    nextCheck: "the system_health session holds the deadlock graph; take the locks in one order, and try the transaction again",
    source: "Microsoft SQL Server, database engine errors",
  },
  {
    code: "SQL Server 18456",
    pattern: /\bMsg 18456\b|\bLogin failed for user\b|^18456$/,
    meaning: "the database does not take this user and password; the state in its own log says why",
    madeBy: "the database server",
    cause: "bad-configuration",
    nextCheck: "the server's error log: state 5 no such user, 8 wrong password, 38 and 46 no such database",
    source: "Microsoft SQL Server, database engine errors",
  },
  {
    code: "ORA-00001",
    pattern: /\bORA-00001\b/,
    meaning: "a unique value stands there already",
    madeBy: "the database server",
    cause: "invalid-input-unguarded",
    nextCheck: "answer 409; is a request sent twice, or are two of them racing?",
    source: "Oracle Database, error messages",
  },
  {
    code: "ORA-00060",
    pattern: /\bORA-00060\b/,
    meaning: "deadlock: this statement was ended so that another could go on",
    madeBy: "the database server",
    cause: "database-failure",
    nextCheck: "the trace file that the alert log names holds both queries",
    source: "Oracle Database, error messages",
  },
  {
    code: "ORA-03113",
    pattern: /\bORA-(?:03113|03114|03135|12170)\b/,
    meaning: "the connection to the database broke, or none came about in time",
    madeBy: "the database's client, in the process that queries",
    cause: "database-failure",
    nextCheck: "the alert log at that time; a firewall that forgets idle connections?",
    source: "Oracle Database, error messages",
  },
  {
    code: "ORA-01017",
    pattern: /\bORA-(?:01017|28000|28001)\b/,
    meaning: "the database refuses the log-in: user or password wrong, expired or locked",
    madeBy: "the database server",
    cause: "bad-configuration",
    nextCheck: "which secret does the running process have, and when was it rotated?",
    source: "Oracle Database, error messages",
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
  "0A": ["the database does not support this", "unhandled-exception"],
  "21": ["a subquery that may give one row gave several", "unhandled-exception"],
  "22": ["a value cannot be what its column or the query needs", "invalid-input-unguarded"],
  "23": ["a constraint refuses the change: unique, foreign key, not null or check", "invalid-input-unguarded"],
  "25": ["the transaction is in a state that does not allow this", "database-failure"],
  "26": ["there is no such prepared statement on this connection", "gateway-mismatch"],
  "28": ["the database refuses the log-in", "bad-configuration"],
  "40": ["the transaction was rolled back because of another one", "database-failure"],
  "42": ["the statement is wrong, names what is not there, or is not allowed", "unhandled-exception"],
  "53": ["the database is out of connections, memory or disk", "resource-exhausted"],
  "54": ["the statement is too large or too complex for the database", "invalid-input-unguarded"],
  "55": ["an object of the database is not in a state for this, or is locked", "database-failure"],
  "57": ["an operator or a time-out intervened", "database-failure"],
  "58": ["the system below the database failed", "database-failure"],
  P0: ["a function in the database raised it: its message is the app's own", "unhandled-exception"],
  HY: ["an error of the driver without a state of its own: the number behind it says which", undefined],
  XX: ["an internal error of the database", "database-failure"],
};

/** What is known of a SQLSTATE by its class alone. */
export function findStateClass(text: string): ErrorKnowledge | undefined {
  const code = /\bSQLSTATE\W{0,3}([0-9A-Z]{5})\b/i.exec(text)?.[1]?.toUpperCase() ?? /^[0-9A-Z]{2}(?=[A-Z]*\d)[0-9A-Z]{3}$/.exec(text)?.[0];
  const known = CLASSES[code?.slice(0, 2) ?? ""];
  if (code === undefined || known === undefined) return undefined;
  const [meaning, cause] = known;
  return {
    code: `SQLSTATE ${code}`,
    meaning,
    ...(cause === undefined ? {} : { cause }),
    madeBy: "the database server",
    source: `${POSTGRES}, class ${code.slice(0, 2)}`,
  };
}

/** What is known of a number of Oracle that is not listed. */
export function findOracleCode(text: string): ErrorKnowledge | undefined {
  const code = /\bORA-\d{5}\b/.exec(text)?.[0];
  if (code === undefined) return undefined;
  return {
    code,
    meaning: "the database refuses or fails the statement; the message behind the code says why",
    madeBy: "the database server or its client",
    mistakenFor: "a database that is down: mostly it answered",
    nextCheck: `oerr ora ${code.slice(4)} says it in full`,
    source: "Oracle Database, error messages",
  };
}
