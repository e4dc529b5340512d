/** What databases say about the data, about themselves and about the query: SQLSTATE, MySQL, SQLite, MongoDB and Prisma codes. */
import { codeOf, nameOf, readMember, readTextMember } from "../capture/throwable.ts";
import { type ErrorAnswer, type ErrorFacts, isIdempotent } from "./error-facts.ts";

const CONFLICT: ErrorAnswer = { status: 409 };
const BAD_VALUE: ErrorAnswer = { status: 400 };
const UNACCEPTABLE: ErrorAnswer = { status: 422 };
const NOT_FOUND: ErrorAnswer = { status: 404 };

/** PostgreSQL, Appendix A. Only data exceptions that the value itself causes; a division by zero is the code's. */
const BY_SQLSTATE: Readonly<Record<string, ErrorAnswer>> = {
  "22001": BAD_VALUE,
  "22003": BAD_VALUE,
  "22007": BAD_VALUE,
  "22008": BAD_VALUE,
  "22021": BAD_VALUE,
  "2201W": BAD_VALUE,
  "2201X": BAD_VALUE,
  "22P02": BAD_VALUE,
  "22P05": BAD_VALUE,
  "23503": CONFLICT,
  "23505": CONFLICT,
  "23514": UNACCEPTABLE,
  "23P01": CONFLICT,
};

const BY_CODE: Readonly<Record<string, ErrorAnswer>> = {
  ER_DUP_ENTRY: CONFLICT,
  ER_ROW_IS_REFERENCED_2: CONFLICT,
  ER_NO_REFERENCED_ROW_2: CONFLICT,
  ER_CHECK_CONSTRAINT_VIOLATED: UNACCEPTABLE,
  ER_DATA_TOO_LONG: BAD_VALUE,
  ER_TRUNCATED_WRONG_VALUE: BAD_VALUE,
  ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: BAD_VALUE,
  WARN_DATA_TRUNCATED: BAD_VALUE,
  ER_WARN_DATA_OUT_OF_RANGE: BAD_VALUE,
  SQLITE_CONSTRAINT_UNIQUE: CONFLICT,
  SQLITE_CONSTRAINT_PRIMARYKEY: CONFLICT,
  SQLITE_CONSTRAINT_FOREIGNKEY: CONFLICT,
  SQLITE_CONSTRAINT_CHECK: UNACCEPTABLE,
  P2000: BAD_VALUE,
  P2002: CONFLICT,
  P2003: CONFLICT,
  P2006: BAD_VALUE,
  P2007: BAD_VALUE,
  P2014: CONFLICT,
  P2015: NOT_FOUND,
  P2018: NOT_FOUND,
  P2020: BAD_VALUE,
  P2025: NOT_FOUND,
  P2033: BAD_VALUE,
  EntityNotFoundError: NOT_FOUND,
  DocumentNotFoundError: NOT_FOUND,
  SequelizeEmptyResultError: NOT_FOUND,
  SequelizeUniqueConstraintError: CONFLICT,
  SequelizeForeignKeyConstraintError: CONFLICT,
};

/** node:sqlite gives SQLite's extended result codes as numbers. */
const BY_SQLITE_NUMBER: Readonly<Record<number, ErrorAnswer>> = {
  20: BAD_VALUE,
  275: UNACCEPTABLE,
  787: CONFLICT,
  1555: CONFLICT,
  2067: CONFLICT,
  3091: BAD_VALUE,
};

/** Names pg gives the members of its errors; `severity` tells a server's report from any other error with a five-letter code. */
function readSqlState(thrown: unknown): string | undefined {
  const code = codeOf(thrown) ?? "";
  return /^[0-9A-Z]{5}$/.test(code) && readTextMember(thrown, (it) => it["severity"]) !== undefined ? code : undefined;
}

function answerForSqlState(state: string, method: string): ErrorAnswer | undefined {
  const known = BY_SQLSTATE[state];
  if (known !== undefined) return known;
  const retryable = isIdempotent(method);
  // 40001 serialization failure and 40P01 deadlock were rolled back: nothing was done, so a repetition is safe.
  if (state === "40001" || state === "40P01") return { status: 503, retryable: true, retryAfterSeconds: 1 };
  if (state === "57014") return { status: 504, retryable, proxy: { error: "http_response_timeout" } };
  if (state === "53300") return { status: 503, retryable: true, retryAfterSeconds: 1, proxy: { error: "connection_limit_reached" } };
  if (state.startsWith("08")) return { status: 502, retryable, proxy: { error: "connection_terminated" } };
  if (state.startsWith("57P")) return { status: 503, retryable, retryAfterSeconds: 1, proxy: { error: "destination_unavailable" } };
  return undefined;
}

/** The rule for database errors. */
export function ruleForDatabase(facts: ErrorFacts): ErrorAnswer | undefined {
  for (const link of facts.chain) {
    const state = readSqlState(link);
    if (state !== undefined) return answerForSqlState(state, facts.method);
    const code = readMember(link, (it) => it["code"]) ?? nameOf(link);
    if (typeof code === "string" && Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
    if (code === 11_000 && nameOf(link)?.startsWith("Mongo")) return CONFLICT;
    if (code === 121 && nameOf(link)?.startsWith("Mongo")) return UNACCEPTABLE;
    if (code === "ERR_SQLITE_ERROR") return BY_SQLITE_NUMBER[Number(readMember(link, (it) => it["errcode"]))];
  }
  return undefined;
}
