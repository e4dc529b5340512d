import type { ErrorKnowledge } from "./error-knowledge.ts";

const SOURCE = "Prisma, Error message reference";

type Known = readonly [number: number, meaning: string, cause: ErrorKnowledge["cause"], nextCheck?: string, mistakenFor?: string];

const MIGRATED = "did prisma migrate deploy run where this version runs, and before it?";
const CONFLICT = "answer 409; is a request sent twice, or are two of them racing?";
const VALIDATE = "validate the input before the query, and answer 400 or 422: the error's meta names the field";
const CLIENT = "is the generated client that of this schema (prisma generate in the build)?";

const KNOWN: readonly Known[] = [
  [
    1000,
    "the database does not take this user and password",
    "bad-configuration",
    "which DATABASE_URL does the running process have, and when was the secret rotated?",
  ],
  [
    1001,
    "the database server cannot be reached at this host and port",
    "connection-refused",
    "from where the app runs: does the name resolve, is the port open, does the database sleep (serverless)?",
    "wrong credentials: it did not come that far",
  ],
  [
    1002,
    "the database server was reached and did not answer in time",
    "database-failure",
    "how busy is it? With migrations: is another one holding the advisory lock?",
  ],
  [1003, "there is no database of this name on the server", "bad-configuration", "the path of DATABASE_URL, where the service runs"],
  [
    1008,
    "an operation took longer than the time-out of the connection",
    "database-failure",
    "what did it wait for: a lock, a slow query? With SQLite: another writer",
  ],
  [1010, "this user may not use this database", "bad-configuration", "the user's grants, with the URL that the running process has"],
  [1011, "TLS with the database failed", "tls-failure", "sslmode and sslcert of the URL against the server's certificate"],
  [
    1012,
    "the schema file is wrong, or an environment variable that it names is not set",
    "bad-configuration",
    "is DATABASE_URL set where it runs? The message names line and variable",
  ],
  [
    1013,
    "the connection string cannot be read",
    "bad-configuration",
    "signs such as @ : / # of the password have to be written as %40 %3A %2F %23",
  ],
  [1014, "a table or view that a model stands for is not there", "bad-deploy", MIGRATED],
  [
    1017,
    "the server closed the connection",
    "database-failure",
    "a restart, a fail-over, or an idle time-out below the pool's (also of a proxy in between)?",
  ],
  [2000, "a value is too long for its column", "invalid-input-unguarded", VALIDATE],
  [2001, "the record that is asked for is not there", "invalid-input-unguarded", "answer 404: is it caught?"],
  [
    2002,
    "a unique value stands there already; meta.target names the fields",
    "invalid-input-unguarded",
    CONFLICT,
    "a failure of the database: it did what it is there for",
  ],
  [
    2003,
    "a row that is referred to is not there, or is still referred to (foreign key)",
    "invalid-input-unguarded",
    "answer 409 or 422; which reference does the failing request carry?",
  ],
  [2004, "a constraint of the database refuses the change", "invalid-input-unguarded", VALIDATE],
  [2005, "a stored value does not fit the field's type", "bad-deploy", MIGRATED],
  [2006, "a value that was given does not fit the field", "invalid-input-unguarded", VALIDATE],
  [2007, "a value is not valid for the database", "invalid-input-unguarded", VALIDATE],
  [2009, "the query is not valid for the schema", "bad-deploy", CLIENT],
  [
    2010,
    "a raw query failed; the database's own code stands in meta.code",
    undefined,
    "faultline explain with that code",
    "an error of Prisma: it passes the database's on",
  ],
  [2011, "a value is missing where null is not allowed", "invalid-input-unguarded", VALIDATE],
  [2012, "a required value is missing", "invalid-input-unguarded", VALIDATE],
  [2013, "a required argument is missing", "unhandled-exception", CLIENT],
  [
    2014,
    "the change would break a required relation",
    "invalid-input-unguarded",
    "which rows depend on it? Change them in the same transaction, or answer 409",
  ],
  [2015, "a related record is not there", "invalid-input-unguarded", "answer 404 or 422: is it caught?"],
  [2019, "the input is wrong", "invalid-input-unguarded", VALIDATE],
  [2020, "a value is out of the type's range", "invalid-input-unguarded", VALIDATE],
  [2021, "the table is not there", "bad-deploy", MIGRATED],
  [2022, "the column is not there", "bad-deploy", MIGRATED],
  [
    2023,
    "a stored value is not what the column should hold, such as an id of another form",
    "invalid-input-unguarded",
    "does the failing request's id have the form that the model says?",
  ],
  [
    2024,
    "no connection of the pool became free in time (pool_timeout, 10 s by default)",
    "pool-exhausted",
    "connection_limit (processors × 2 + 1 by default) times the instances, against the database's limit; which query or transaction holds its connection long?",
  ],
  [
    2025,
    "a record that the operation needs is not there",
    "invalid-input-unguarded",
    "answer 404: is it caught? Or did another request delete it just before?",
    "a failure of the database",
  ],
  [
    2028,
    "the transaction API failed: it took longer than its time-out (5 s by default), or could not begin in time (2 s)",
    "pool-exhausted",
    "what is awaited within the transaction that is no query? Raise timeout only after that",
  ],
  [2029, "more parameters in a query than the database takes", "invalid-input-unguarded", "how long is the list of `in`? Send it in parts"],
  [2033, "a number does not fit into 64 bits", "invalid-input-unguarded", VALIDATE],
  [
    2034,
    "the transaction failed by a write conflict or a deadlock",
    "database-failure",
    "try the whole transaction again; take the locks in one order",
    "a bug: under this isolation level it is expected",
  ],
  [2035, "the database reports a broken assertion", "database-failure", "the database's log at that time"],
  [
    2037,
    "the database has as many connections as it may",
    "pool-exhausted",
    "connection_limit times the instances against max_connections; is a client made for each request?",
  ],
  [
    3005,
    "the database is not empty and has no migration history",
    "bad-deploy",
    "prisma migrate resolve --applied for what stands there (baselining)",
  ],
  [
    3009,
    "a migration failed before, and none is applied after it",
    "bad-deploy",
    "prisma migrate resolve names it; what did it leave half done?",
  ],
  [
    3018,
    "a migration failed; the database's own error stands beside it",
    "bad-deploy",
    "faultline explain with that code; then prisma migrate resolve",
  ],
];

/** `P1`: what each thousand of Prisma's codes is about, for one that is not listed by itself. */
const THOUSANDS: Readonly<Record<string, readonly [meaning: string, cause: ErrorKnowledge["cause"]]>> = {
  1: ["the database, its URL, the schema or a raw query is not as Prisma needs it", undefined],
  2: ["the query could not be carried out; meta says on which model and field", undefined],
  3: ["a migration could not be made or applied", "bad-deploy"],
  4: ["the database's schema could not be read into a Prisma schema", "bad-deploy"],
  5: ["Prisma's hosted service between client and database failed or refused", "third-party-failure"],
  6: ["Prisma's hosted service between client and database failed or refused", "third-party-failure"],
};

const MADE_BY = "Prisma, in the process that queries";

/** Errors of Prisma by its own codes. */
export const PRISMA_ERRORS: readonly ErrorKnowledge[] = KNOWN.map(([number, meaning, cause, nextCheck, mistakenFor]) => ({
  code: `P${number}`,
  meaning,
  madeBy: MADE_BY,
  ...(cause === undefined ? {} : { cause }),
  ...(mistakenFor === undefined ? {} : { mistakenFor }),
  ...(nextCheck === undefined ? {} : { nextCheck }),
  source: SOURCE,
}));

/** What is known of a code of Prisma by its thousand alone. */
export function findPrismaThousand(text: string): ErrorKnowledge | undefined {
  const [code, thousand = ""] = /^P([1-6])\d{3}$/i.exec(text) ?? [];
  const known = THOUSANDS[thousand];
  if (code === undefined || known === undefined) return undefined;
  const [meaning, cause] = known;
  const open = { mistakenFor: "a sign of one cause: the codes that begin so have several", nextCheck: "the message behind the code" };
  return { code: code.toUpperCase(), meaning, madeBy: MADE_BY, ...(cause === undefined ? open : { cause }), source: SOURCE };
}
