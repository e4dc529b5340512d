import type { Evidence } from "@faultline/model";
import { isFailed } from "../../isolate/call-fate.ts";
import type { Call } from "../../isolate/hops/hop-shape.ts";
import { DATABASE_FULL, DATABASE_WORDS, GENERAL_DATABASE_WORDS } from "../../isolate/words/database-words.ts";
import { isBare } from "../words/bare-words.ts";
import { hearPartFailure } from "../signs/failed-parts.ts";
import { type CauseRule, type Saying, hear } from "../findings.ts";

const REFUSED = /\bECONNREFUSED\b|connection refused/i;

const SAID = { statement: "the error says that the database could not serve", weight: 4 } as const;

/** True for the creating hop's own error, as opposed to lines logged beside it. If no call to a database is seen, only that counts. */
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
    const said = hear(findings, DATABASE_WORDS, SAID);
    const refused = isDatabase ? hear(findings, REFUSED, { statement: "nothing listens where the database should", weight: 3 }) : [];
    if (isDatabase && call.outcome.kind === "local") return { evidence: [] };
    if (!isDatabase) {
      const own = hear({ ...findings, sayings: findings.sayings.filter(isOwnError) }, DATABASE_WORDS, SAID);
      return { evidence: own.length > 0 ? own : hearPartFailure(findings, "database", "the error says that the database could not serve") };
    }
    const heard = [
      ...(said.length > 0
        ? said
        : hear(findings, GENERAL_DATABASE_WORDS, { statement: "the error says that the database could not serve", weight: 3 })),
      ...refused,
      ...hear(findings, DATABASE_FULL, { statement: "the error says that the database has no room left", weight: 4 }),
    ];
    // A call that failed without any message may have been refused, or never sent.
    return { evidence: [...heard, ...fromCall(call)], isAmbiguous: heard.length === 0 && isBare(call.outcome.words) };
  },
};

/** Evidence from a failed call. For a call that was only slow, the time is the evidence instead. */
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
