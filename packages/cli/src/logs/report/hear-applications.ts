/**
 * Lets the playbook judge failures that applications logged something about, as `faultline diagnose` does: to judge an application's words takes the
 * playbook's knowledge of error messages and of who called whom. This module is loaded only where an application logged something.
 */
import type { Diagnosis } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import type { KeptExchange, Tally } from "../tally/tally.ts";
import { gatherObservations, type GatheredObservations } from "../gather-observations.ts";
import { nameObserver } from "../to-log-record.ts";

/** Diagnoses failures with what applications logged about them; undefined if they logged nothing. */
export type Hearing = (failing: readonly KeptExchange[]) => Diagnosis | undefined;

/** The number of failures of one row that are used from each file: enough for a verdict, in a time that does not depend on the file's size. */
const MOST_HEARD = 300;

/** Creates the diagnosis of failures from the messages of a tally. */
export function createHearing({ messages, memory }: Pick<Tally, "messages" | "memory">): Hearing {
  return (kept) => {
    const failing = [...Map.groupBy(kept, ({ file }) => file)].flatMap(([, ofFile]) => ofFile.slice(0, MOST_HEARD));
    const named = failing.map((each) => ({ ...each, exchange: nameObserver(each.exchange, each.file) }));
    const told = gatherObservations({ failing: named, good: [], messages, memory, areTraced: false });
    return isHeard(told) ? diagnose({ spans: [], metrics: [], changes: [], ...told }) : undefined;
  };
}

/** True if an application logged something about one of the requests, in its own line or beside the proxy's line. */
function isHeard({ exchanges, logs }: GatheredObservations): boolean {
  const traces = new Set(logs.map(({ traceId }) => traceId));
  return exchanges.some(
    ({ traceId, observer, errorMessage }) =>
      (traceId !== undefined && traces.has(traceId)) || (observer.kind === "app" && errorMessage !== undefined),
  );
}
