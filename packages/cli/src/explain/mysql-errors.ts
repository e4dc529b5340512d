import type { ErrorKnowledge } from "./error-knowledge.ts";

const MYSQL = "MySQL, server and client error reference";

type Known = Omit<ErrorKnowledge, "code" | "pattern" | "source"> & {
  /** Its message, as far as it is always the same. */
  readonly says?: string;
  /** `ER_DUP_ENTRY`, as drivers of Node write it. */
  readonly named?: string;
};

/** A number of MySQL or MariaDB, alone or as `ERROR 1205`, `(1205, "...")`, `SQLSTATE[HY000]: General error: 1205`, and its name. */
function numbered(number: number, { says = "(?!)", named = "(?!)", ...known }: Known): ErrorKnowledge {
  const pattern = new RegExp(
    String.raw`^${number}$|\b(?:mysql|mariadb|ERROR|errno|error:)\W{0,3}${number}\b|\[HY000\]\W{0,3}\[${number}\]|\(${number}, ['"]|\b${named}\b|${says}`,
    "i",
  );
  const madeBy = number < 2000 || number >= 3000 ? "the database server" : "the database's client, in the process that queries";
  return { code: `MySQL ${number}`, pattern, madeBy, source: MYSQL, ...known };
}

const MIGRATED = "did the migration run where this version runs, and before it?";
const VALIDATE = "validate the value before the query, and answer 400 or 422";

/** Numbers of MySQL and MariaDB that need no words of their own: number, name, meaning, cause, next check. */
const MORE_NUMBERS: readonly (readonly [number, string, string, ErrorKnowledge["cause"], string?])[] = [
  [
    1044,
    "ER_DBACCESS_DENIED_ERROR",
    "this user may not use this database",
    "bad-configuration",
    "show grants for the user that the service has",
  ],
  [1048, "ER_BAD_NULL_ERROR", "a value is missing where null is not allowed", "invalid-input-unguarded", VALIDATE],
  [1049, "ER_BAD_DB_ERROR", "there is no database of this name", "bad-configuration"],
  [1054, "ER_BAD_FIELD_ERROR", "there is no such column", "bad-deploy", MIGRATED],
  [
    1064,
    "ER_PARSE_ERROR",
    "the statement cannot be read: its text, or a value that was put into it instead of a parameter",
    "unhandled-exception",
    "is input joined into the statement? Then it is an injection as well",
  ],
  [
    1114,
    "ER_RECORD_FILE_FULL",
    "the table, or the space for temporary ones, is full",
    "resource-exhausted",
    "the disk, innodb_data_file_path, tmp_table_size",
  ],
  [
    1129,
    "ER_HOST_IS_BLOCKED",
    "the client's host is blocked after too many broken connections (max_connect_errors)",
    "database-failure",
    "what broke them: a health check that only opens a port? Then flush hosts",
  ],
  [1130, "ER_HOST_NOT_PRIVILEGED", "nobody may log in from this host", "bad-configuration"],
  [1142, "ER_TABLEACCESS_DENIED_ERROR", "this user may not do this with the table", "bad-configuration"],
  [1146, "ER_NO_SUCH_TABLE", "there is no such table", "bad-deploy", MIGRATED],
  [
    1153,
    "ER_NET_PACKET_TOO_LARGE",
    "the statement is larger than max_allowed_packet",
    "body-too-large",
    "which value is so large: a file in a column, a long list of `in`?",
  ],
  [1159, "ER_NET_READ_INTERRUPTED", "the server waited too long for the client (net_read_timeout)", "database-failure"],
  [
    1161,
    "ER_NET_WRITE_INTERRUPTED",
    "the client took its rows too slowly (net_write_timeout)",
    "database-failure",
    "is a result read while each row is worked on? Fetch first, or raise it",
  ],
  [
    1203,
    "ER_TOO_MANY_USER_CONNECTIONS",
    "this user has as many connections as it may (max_user_connections)",
    "pool-exhausted",
    "pool size times the instances against the limit",
  ],
  [
    1206,
    "ER_LOCK_TABLE_FULL",
    "the transaction holds more locks than there is room for",
    "database-failure",
    "does it change a whole table at once? Change it in parts",
  ],
  [1226, "ER_USER_LIMIT_REACHED", "this user has used up a limit of its account", "rate-limited-as-5xx"],
  [
    1264,
    "ER_WARN_DATA_OUT_OF_RANGE",
    "a number is out of its column's range",
    "invalid-input-unguarded",
    "input, or an id that has outgrown its INT?",
  ],
  [
    1290,
    "ER_OPTION_PREVENTS_STATEMENT",
    "the server runs with --read-only or another option that forbids it",
    "database-failure",
    "select @@read_only, @@hostname: is it a replica, after a fail-over?",
  ],
  [
    1317,
    "ER_QUERY_INTERRUPTED",
    "the query was ended by somebody (KILL), or its connection was",
    "database-failure",
    "who ends queries: a watchdog, a proxy, a person?",
  ],
  [1364, "ER_NO_DEFAULT_FOR_FIELD", "a column without a default got no value", "bad-deploy", MIGRATED],
  [
    1366,
    "ER_TRUNCATED_WRONG_VALUE_FOR_FIELD",
    "a value does not fit its column; with letters such as emoji: its character set",
    "invalid-input-unguarded",
    "is the column utf8mb4, and the connection too?",
  ],
  [1406, "ER_DATA_TOO_LONG", "a value is too long for its column", "invalid-input-unguarded", VALIDATE],
  [
    1451,
    "ER_ROW_IS_REFERENCED_2",
    "a row is still referred to (foreign key)",
    "invalid-input-unguarded",
    "answer 409; which rows depend on it?",
  ],
  [
    1452,
    "ER_NO_REFERENCED_ROW_2",
    "a row that is referred to is not there (foreign key)",
    "invalid-input-unguarded",
    "answer 409 or 422; which reference does the failing request carry?",
  ],
  [1792, "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION", "written in a transaction that may only read", "unhandled-exception"],
  [
    1836,
    "ER_READ_ONLY_MODE",
    "the server may only be read at this time",
    "database-failure",
    "select @@read_only, @@hostname: is it a replica, after a fail-over?",
  ],
  [
    2003,
    "CR_CONN_HOST_ERROR",
    "no connection to the database's host and port; the number in brackets is the system's own (111 refused, 110 timed out)",
    "connection-refused",
  ],
  [2005, "CR_UNKNOWN_HOST", "the database's name does not resolve", "dns-failure"],
  [2026, "CR_SSL_CONNECTION_ERROR", "TLS with the database failed", "tls-failure"],
  [
    2055,
    "CR_SERVER_LOST_EXTENDED",
    "the connection broke in the middle of something; the system's error stands beside it",
    "database-failure",
  ],
  [
    2059,
    "CR_AUTH_PLUGIN_CANNOT_LOAD",
    "the client does not have the log-in method that the server wants, mostly caching_sha2_password",
    "bad-configuration",
    "the client library's version; select user, plugin from mysql.user",
  ],
  [
    3024,
    "ER_QUERY_TIMEOUT",
    "the query took longer than max_execution_time",
    "database-failure",
    "explain the query; with which parameters is it slow?",
  ],
];

/** Errors of MySQL and MariaDB by their numbers. */
export const MYSQL_ERRORS: readonly ErrorKnowledge[] = [
  numbered(1040, {
    named: "ER_CON_COUNT_ERROR",
    says: String.raw`^Too many connections$`,
    meaning: "too many connections",
    cause: "pool-exhausted",
    nextCheck: "show processlist: who holds them?",
  }),
  numbered(1045, {
    named: "ER_ACCESS_DENIED_ERROR",
    meaning: "the database does not take this user and password",
    cause: "bad-configuration",
  }),
  numbered(1062, {
    named: "ER_DUP_ENTRY",
    says: String.raw`\b1062 Duplicate entry|Duplicate entry '.*' for key`,
    meaning: "a unique value stands there already",
    cause: "invalid-input-unguarded",
    nextCheck: "answer 409; is a request sent twice, or are two of them racing?",
  }),
  numbered(1205, {
    named: "ER_LOCK_WAIT_TIMEOUT",
    says: String.raw`Lock wait timeout exceeded`,
    meaning: "a row lock could not be had within innodb_lock_wait_timeout (50 s)",
    cause: "database-failure",
    nextCheck: "which transaction is open so long? select * from information_schema.innodb_trx",
  }),
  numbered(1213, {
    named: "ER_LOCK_DEADLOCK",
    says: String.raw`Deadlock found when trying to get lock`,
    meaning: "deadlock: this transaction was ended so that another could go on",
    cause: "database-failure",
    mistakenFor: "a database that is ill: it ended one so that the other could go on",
    nextCheck:
      "show engine innodb status: LATEST DETECTED DEADLOCK has both; take the locks in one order, and try the whole transaction again",
  }),
  numbered(2002, {
    named: "CR_CONNECTION_ERROR",
    meaning: "no connection to the database; the words behind it say why",
    cause: "connection-refused",
    nextCheck:
      "'refused': does it listen? 'No such file': localhost means the socket, 127.0.0.1 the port. 'timed out': a packet is dropped. 'getaddrinfo': the name",
  }),
  numbered(2006, {
    named: "CR_SERVER_GONE_ERROR",
    says: String.raw`MySQL server has gone away`,
    meaning: "the database closed the connection before this query: wait_timeout, a restart, or too large a packet",
    cause: "database-failure",
    nextCheck: "how long was it idle against wait_timeout? does the pool test connections before it lends them?",
  }),
  numbered(2013, {
    named: "CR_SERVER_LOST",
    says: String.raw`Lost connection to MySQL server`,
    meaning: "the connection broke in the middle of a query",
    cause: "database-failure",
  }),
  ...MORE_NUMBERS.map(([number, named, meaning, cause, nextCheck]) =>
    numbered(number, { named, meaning, ...(cause === undefined ? {} : { cause }), ...(nextCheck === undefined ? {} : { nextCheck }) }),
  ),
];

/** What is known of a number, or of a name of the server or the driver, that is not listed: who says it, and where it is written down. */
export function findMysqlCode(text: string): ErrorKnowledge | undefined {
  const number = /^(?:1[2-9]\d\d|[34]\d{3})$/.exec(text)?.[0];
  const code = number === undefined ? /\b(?:ER|CR|PROTOCOL)_[A-Z][A-Z0-9_]{3,}\b/.exec(text)?.[0] : `MySQL ${number}`;
  if (code === undefined) return undefined;
  const known = { code, madeBy: "the database server or its driver", source: MYSQL };
  const meaning = "the database, or its driver, refuses or fails the statement; the message beside the code says why";
  if (number === undefined)
    return {
      ...known,
      meaning,
      mistakenFor: "a database that is down: mostly it answered",
      nextCheck: "the message beside it, and the database's log",
    };
  return {
    ...known,
    meaning: `if MySQL or MariaDB says so: ${meaning}`,
    mistakenFor: "other numbers of four digits: a port, a WebSocket's close code, an error of another product",
    nextCheck: `who said it? perror ${number} says it in words where it is the database's`,
  };
}
