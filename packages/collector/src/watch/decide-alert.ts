import { type Change, describeDiagnosis, type Diagnosis, type FaultAlert } from "@faultline/model";
import { detectServerErrors } from "@faultline/playbook/detect";
import type { Store, StoredFault } from "../store/contract.ts";

/** The window in which a rate must be a problem, and the stretch before the fault that says what is usual. */
const WINDOW_MS = 5 * 60_000;
const BEFORE_MS = 60 * 60_000;
/** Failures that arrive late still raise an alert when they are not older than this. */
const OLDEST_MS = 15 * 60_000;
const STEP_MS = 10_000;
/** A change this long before the first failure may have caused it. */
const CHANGE_BEFORE_MS = 30 * 60_000;

/** Counts of a scope in a window. */
type Counted = { readonly failing: number; readonly total: number };

/**
 * Decides whether this fault is worth waking somebody: when the server-error rate is certainly a problem, on the route that shows the fault or at the
 * service that makes it. A fault that stays hidden behind successes counts for the service that makes it.
 */
export async function decideAlert(
  store: Store,
  fault: StoredFault & { readonly diagnosis: Diagnosis },
  { nowMs, exampleTraceId }: { readonly nowMs: number; readonly exampleTraceId: string },
): Promise<FaultAlert | undefined> {
  // Failures are dated by their senders' clocks, which may be ahead of ours or behind; and a sender may have held them back for a while.
  const latestMs = Math.max(Math.min(fault.lastSeenMs, nowMs), nowMs - OLDEST_MS);
  const window = { fromMs: Math.floor((latestMs - WINDOW_MS) / STEP_MS) * STEP_MS, toMs: Math.max(fault.lastSeenMs, nowMs) + 1 };
  const before = { fromMs: window.fromMs - BEFORE_MS, toMs: Math.min(window.fromMs, fault.firstSeenMs) };
  const { service, route } = fault.diagnosis.scope;
  const scopes = [{ ...(service === undefined ? {} : { service }), ...(route === undefined ? {} : { route }) }, { service: fault.service }];
  for (const scope of scopes) {
    const now = await sumCounts(store, scope, window);
    const past = await sumCounts(store, scope, before);
    const [detection] = detectServerErrors([{ ...scope, ...now, before: past }], window);
    if (detection?.state === "firing")
      return toAlert(fault, now, {
        exampleTraceId,
        changes: await store.listChanges({ fromMs: fault.firstSeenMs - CHANGE_BEFORE_MS, toMs: fault.firstSeenMs + 1 }),
      });
  }
  return undefined;
}

async function sumCounts(
  store: Store,
  scope: { service?: string; route?: string },
  window: { fromMs: number; toMs: number },
): Promise<Counted> {
  if (window.toMs <= window.fromMs) return { failing: 0, total: 0 };
  const rows = await store.count({ ...scope, window, stepMs: 3_600_000, groupBy: [] });
  return { failing: rows.reduce((sum, row) => sum + row.failing, 0), total: rows.reduce((sum, row) => sum + row.total, 0) };
}

function toAlert(
  fault: StoredFault & { readonly diagnosis: Diagnosis },
  { failing, total }: Counted,
  { exampleTraceId, changes }: { readonly exampleTraceId: string; readonly changes: readonly Change[] },
): FaultAlert {
  const { diagnosis, fingerprint, firstSeenMs } = fault;
  const hop = diagnosis.suspects[0]?.service;
  const cause = diagnosis.verdict === "diagnosed" ? diagnosis.causes[0] : undefined;
  const change = changes.filter((each) => diagnosis.path.some((step) => step.service === each.service)).at(-1);
  return {
    key: `${fingerprint}-${firstSeenMs}`,
    fingerprint,
    sentence: describeDiagnosis(diagnosis),
    service: diagnosis.scope.service ?? fault.service,
    route: diagnosis.scope.route ?? fault.route,
    ...(hop === undefined ? {} : { hop }),
    ...(cause === undefined ? {} : { cause: cause.cause, confidence: cause.confidence }),
    failing,
    total,
    firstSeenMs,
    exampleTraceId,
    ...(change === undefined ? {} : { change }),
  };
}
