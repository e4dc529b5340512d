import { type CauseRule, hear } from "../findings.ts";

/** The server's side of a database error: SQLSTATE classes 08, 40, 53, 57, 58, XX, and their words. */
const WORDS =
  /(?<![:.\d])\b(?:08|40|53|57|58|XX)[0-9P][0-9A-Z][0-9]\b|too many (?:connections|clients)|remaining connection slots|the database system is (?:starting up|shutting down|in recovery)|terminating connection|deadlock detected|could not serialize access|read-only transaction|server closed the connection|Connection terminated|MongoServerSelection|No server chosen|not (?:master|primary)|\bREADONLY\b|LOADING Redis|MISCONF Redis|CLUSTERDOWN|OOM command not allowed|ER_CON_COUNT|Lost connection to MySQL/i;

const FULL = /No space left|disk (?:is )?full/i;
const REFUSED = /\bECONNREFUSED\b|connection refused/i;

/** The database failed: down, full, out of connections, dead-locked. */
export const databaseFailure: CauseRule = {
  sign: "an error raised by a database server",
  weigh: (findings) => {
    const { origin } = findings;
    const call = origin?.step.call;
    const isDatabase = call !== undefined && call.callee === undefined && (call.peer.kind === "database" || call.peer.kind === "cache");
    const said = hear(findings, WORDS, { statement: "the database said that it could not serve", weight: 4 });
    const refused = isDatabase ? hear(findings, REFUSED, { statement: "nothing listens where the database should", weight: 3 }) : [];
    if (!isDatabase || call.outcome.kind === "local") return { evidence: isDatabase ? [] : said.filter(({ weight }) => weight >= 4) };
    return {
      evidence: [
        ...said,
        ...refused,
        ...hear(findings, FULL, { statement: "the database has no room left", weight: 4 }),
        {
          statement: `the call to the database ${call.peer.name} failed`,
          measured: `${call.operation}: ${call.outcome.words.slice(0, 160) || call.outcome.status}`,
          source: "span",
          weight: call.outcome.kind === "timed-out" ? 1.5 : 2.5,
        },
      ],
    };
  },
};
