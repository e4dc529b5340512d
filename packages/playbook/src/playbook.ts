/** The playbook for a server error, from observations to verdict, on one screen. */
import { CAUSES, DIAGNOSED_CONFIDENCE, type Diagnosis, type Observations, type Scope, type Window } from "@faultline/model";
import { diagnoseDeviation } from "./diagnose/diagnose-deviation.ts";
import { gatherFindings } from "./diagnose/gather-findings.ts";
import { listMissing } from "./diagnose/list-missing.ts";
import { quoteWord } from "./diagnose/checks/fill-words.ts";
import { listNextChecks } from "./diagnose/checks/list-next-checks.ts";
import { findOriginPlatforms } from "./diagnose/checks/origin-platforms.ts";
import { rankCauses } from "./diagnose/rank-causes.ts";
import { showContext } from "./diagnose/show-context.ts";
import { citeLogs } from "./diagnose/cite-logs.ts";
import { isUnplaced } from "./diagnose/unplaced.ts";
import { planGuard } from "./guard/plan-guard.ts";
import { isolate } from "./isolate/isolate-fault.ts";
import { listMissingCallers } from "./isolate/hops/missing-callers.ts";
import { type SymptomRequest, selectSymptom } from "./isolate/symptom/select-symptom.ts";

/** The question of a diagnosis: a scope, a window, counts. Everything is optional. */
export type DiagnosisRequest = SymptomRequest;

/** The score of a hop that may also have passed on a failure from behind it that is not seen. */
const UNPLACED_SCORE = 0.3;

/**
 * Why do these requests fail? Deterministic: the same observations and request give the same verdict, bit for bit. Without a failure in
 * scope the verdict is inconclusive, with no causes and `scope.failing` 0.
 */
export function diagnose(observations: Observations, request: DiagnosisRequest = {}): Diagnosis {
  const symptom = selectSymptom(observations, request);
  if (symptom.failing.length === 0) return withoutFailure(observations, symptom.scope, request.baseline);
  const isolation = isolate({ ...symptom, metrics: observations.metrics, spans: observations.spans });
  const findings = gatherFindings(symptom, isolation, observations);
  const { ruledOut, ...ranked } = rankCauses(findings);
  const shown = { causes: ranked.causes, path: showContext(findings) };
  const { causes, path } = findings.isTold ? citeLogs(shown) : shown;
  const { scope } = symptom;
  const { suspects } = isolation.domain;
  const verdict = toVerdict(causes);
  // A clock that ends all requests tells what happened, but not at which of the waiting hops.
  const isPlaced = !isUnplaced(findings) || (verdict === "diagnosed" && findings.named.every(({ noted }) => noted === undefined));
  return {
    verdict,
    scope,
    path: isPlaced ? path : [],
    suspects: isPlaced ? suspects : suspects.map((each) => ({ ...each, score: Math.min(each.score, UNPLACED_SCORE) })),
    causes,
    ruledOut,
    missing: listMissing(findings, verdict === "diagnosed"),
    next: listNextChecks(findings, causes),
    guard: planGuard({
      causes,
      path,
      ...(scope.route === undefined ? {} : { route: scope.route }),
      ...(findings.origin === undefined
        ? {}
        : {
            ...(!findings.isRecorded ? {} : { failure: quoteWord(findings.origin.occurrence.path.traceId) }),
            platforms: findOriginPlatforms(findings.origin),
          }),
    }),
  };
}

/** The result if nothing failed openly: what deviates from before, if anything does. */
function withoutFailure(observations: Observations, scope: Scope, baseline: Window | undefined): Diagnosis {
  const deviation = diagnoseDeviation(observations, scope, baseline);
  const check = "No failure in scope: widen the window, or name another route or service";
  const { path, suspects, causes, missing, next } = deviation ?? { path: [], suspects: [], causes: [], missing: [], next: [{ check }] };
  return {
    verdict: toVerdict(causes),
    scope,
    path,
    suspects,
    causes,
    ruledOut: CAUSES.filter((cause) => !causes.some((each) => each.cause === cause)).map((cause) => ({
      cause,
      because: "no request in scope failed, so nothing speaks for it",
    })),
    missing: [...missing, ...listMissingCallers(observations.spans)],
    next,
    guard: planGuard({ causes, path }),
  };
}

function toVerdict(causes: Diagnosis["causes"]): Diagnosis["verdict"] {
  return (causes[0]?.confidence ?? 0) >= DIAGNOSED_CONFIDENCE ? "diagnosed" : "inconclusive";
}
