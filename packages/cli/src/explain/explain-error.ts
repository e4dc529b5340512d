/** Errors of systems, databases, brokers, platforms and runtimes. */
import { BROKER_ERRORS } from "./broker-errors.ts";
import { BROWSER_ERRORS } from "./browser-errors.ts";
import { CAUSE_KNOWLEDGE } from "./cause-knowledge.ts";
import { DATABASE_ERRORS, findOracleCode, findStateClass } from "./database-errors.ts";
import { type ErrorKnowledge, speaksOf } from "./error-knowledge.ts";
import type { Explanation } from "./explanation.ts";
import { GRPC_CODES } from "./grpc-codes.ts";
import { HTTP2_ERRORS } from "./http2-errors.ts";
import { findMysqlCode } from "./mysql-errors.ts";
import { findNodeFamily, NODE_ERRORS } from "./node-errors.ts";
import { PLATFORM_ERRORS } from "./platform-errors.ts";
import { findPrismaThousand, PRISMA_ERRORS } from "./prisma-errors.ts";
import { findErrno, SYSTEM_ERRORS } from "./system-errors.ts";
import { WEBSOCKET_CLOSES } from "./websocket-closes.ts";

/** Errors whose code means nothing else. */
export const CODED_ERRORS: readonly ErrorKnowledge[] = [
  ...PRISMA_ERRORS,
  ...DATABASE_ERRORS,
  ...GRPC_CODES,
  ...PLATFORM_ERRORS,
  ...BROKER_ERRORS,
  ...WEBSOCKET_CLOSES,
  ...HTTP2_ERRORS,
  ...BROWSER_ERRORS,
  ...SYSTEM_ERRORS,
  ...NODE_ERRORS,
];
/** A line that names several errors is mostly about the first of them. */
const MOST_ERRORS = 2;

/** `ECONNREFUSED`, `SQLSTATE[40001]` or `OOMKilled` alone, or somewhere in a line of a log. */
export function explainError(text: string, errors: readonly ErrorKnowledge[]): readonly Explanation[] {
  const known = errors.filter((error) => speaksOf(error, text)).slice(0, MOST_ERRORS);
  const found = known.length > 0 || errors !== CODED_ERRORS ? known : findFamily(text);
  return found.map(fromError);
}

/** What is known of a code that is not listed, by its class, its thousand or its beginning. */
function findFamily(text: string): readonly ErrorKnowledge[] {
  return [
    findStateClass(text),
    findPrismaThousand(text),
    findOracleCode(text),
    findMysqlCode(text),
    findNodeFamily(text),
    findErrno(text),
  ].filter((error) => error !== undefined);
}

/** Explains an error; what is known of the error itself overrides what is known of its cause in general. */
function fromError(error: ErrorKnowledge): Explanation {
  const { code, pattern: _pattern, ...known } = error;
  return { title: code, ...(known.cause === undefined ? {} : CAUSE_KNOWLEDGE[known.cause]), ...known };
}
