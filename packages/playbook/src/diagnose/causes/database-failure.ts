import { anyOf, type Evidence } from "@faultline/model";
import { isFailed } from "../../isolate/call-fate.ts";
import type { Call } from "../../isolate/hops/hop-shape.ts";
import { isBare } from "../words/bare-words.ts";
import { hearPartFailure } from "../signs/failed-parts.ts";
import { type CauseRule, type Saying, hear } from "../findings.ts";

/** The server's side of a database error: SQLSTATE classes 08, 40, 53, 57, 58, XX, and words that only databases write. */
const WORDS = new RegExp(
  anyOf(
    /(?<![:.\d])\b(?:08|40|53|57|58|XX)[0-9P][0-9A-Z][0-9]\b/,
    /too many clients already/,
    /remaining connection slots/,
    /the database system is (?:starting up|shutting down|in recovery)/,
    /terminating connection due to/,
    /deadlock detected/,
    /deadlock victim/,
    /Deadlock found when/,
    /could not serialize access/,
    /conflict with recovery/,
    /read-only transaction/,
    /Lock wait timeout exceeded/,
    /canceling statement due to lock timeout/,
    /LockNotAvailable/,
    /SQLSTATE\[(?:08|40|53|57|HY000)\w*\].{0,40}(?:\[(?:1040|1203|1205|1213|2002|2006|2013)\]|error: (?:1205|1213|2006|2013))/,
    /server closed the connection unexpectedly/,
    /MongoServerSelection/,
    /MongoPoolCleared/,
    /MongoNetworkError/,
    /No server chosen/,
    /WritableServerSelector/,
    /ReadPreferenceServerSelector/,
    /WriteConflict/,
    /NotWritablePrimary/,
    /not (?:master|primary)\b/,
    /database is locked/,
    /ORA-(?:00060|01033|03113|03135|12514|12541)/,
    /\bREADONLY\b/,
    /against a read only replica/,
    /LOADING Redis/,
    /BUSY Redis/,
    /MISCONF Redis/,
    /CLUSTERDOWN/,
    /OOM command not allowed/,
    /NoNodeAvailable/,
    /AllNodesFailed/,
    /(?:Write|Read)TimeoutException.{0,80}(?:query|consistency)/,
    /at consistency (?:\w+_)?(?:ONE|QUORUM|ALL|TWO)\b/,
    /Too many simultaneous queries/,
    /ER_CON_COUNT/,
    /Lost connection to MySQL/,
    /server has gone away/,
    /out of memory storing object/,
    /CommunicationsException: Communications link failure/,
    /Communications link failure\.?\s+The last packet/,
    /network-related or instance-specific error/,
    /not writable (?:master|primary) and /,
    /NotMasterNoSlaveOk/,
  ),
  "i",
);
/** The same in words that others write as well: they count of a call to a database. */
const GENERAL = new RegExp(
  anyOf(
    /search_phase_execution/,
    /all shards failed/,
    /circuit_breaking_exception/,
    /es_rejected_execution/,
    /cluster_block_exception/,
    /too many connections/,
    /terminating connection/,
    /server closed the connection/,
    /Connection terminated/,
    /exceeded (?:the )?memory limit/,
    /memory limit .{0,20}exceeded/,
    /Failed to connect to/,
  ),
  "i",
);

const FULL = /No space left|disk (?:is )?full/i;
const REFUSED = /\bECONNREFUSED\b|connection refused/i;

const SAID = { statement: "the database said that it could not serve", weight: 4 } as const;

/** What the creating hop itself failed with, not what was logged beside it: where no call of a database is seen, that alone counts. */
function isOwnError({ place, isDirect }: Saying): boolean {
  return place === "origin" && isDirect;
}

/** The database failed: down, full, out of connections, dead-locked. */
export const databaseFailure: CauseRule = {
  sign: "an error raised by a database server",
  weigh: (findings) => {
    const { origin } = findings;
    const call = origin?.step.call;
    const isDatabase = call !== undefined && call.callee === undefined && (call.peer.kind === "database" || call.peer.kind === "cache");
    const said = hear(findings, WORDS, SAID);
    const refused = isDatabase ? hear(findings, REFUSED, { statement: "nothing listens where the database should", weight: 3 }) : [];
    if (isDatabase && call.outcome.kind === "local") return { evidence: [] };
    if (!isDatabase) {
      const own = hear({ ...findings, sayings: findings.sayings.filter(isOwnError) }, WORDS, SAID);
      return { evidence: own.length > 0 ? own : hearPartFailure(findings, "database", "the error says that the database could not serve") };
    }
    const heard = [
      ...(said.length > 0 ? said : hear(findings, GENERAL, { statement: "the database said that it could not serve", weight: 3 })),
      ...refused,
      ...hear(findings, FULL, { statement: "the database has no room left", weight: 4 }),
    ];
    // A call that failed without a word may have been refused, or never have been sent.
    return { evidence: [...heard, ...fromCall(call)], isAmbiguous: heard.length === 0 && isBare(call.outcome.words) };
  },
};

/** That a call failed says something; of one that was only slow, its time does. */
function fromCall(call: Call): readonly Evidence[] {
  if (!isFailed(call)) return [];
  return [
    {
      statement: `the call to the database ${call.peer.name} failed`,
      measured: `${call.operation}: ${call.outcome.words.slice(0, 160) || call.outcome.status}`,
      source: "span",
      weight: call.outcome.kind === "timed-out" ? 1.5 : 2.5,
    },
  ];
}
