export { type FaultIdentity, fingerprintFailure } from "./detect/fingerprint.ts";
export { assembleTrace, assembleTraces } from "./trace/assemble-traces.ts";
export { type FaultPaths, isolateEach, isolateFault } from "./isolate/isolate-fault.ts";
export { type FailingRoute, listFailingRoutes } from "./isolate/list-failing-routes.ts";
export { type EntryFilter } from "./isolate/occurrence.ts";
export { diagnose, type DiagnosisRequest } from "./playbook.ts";
export { NOT_SEEN } from "./diagnose/rank-causes.ts";
export { formatUtc } from "./trace/format-utc.ts";
export { planGuard } from "./guard/plan-guard.ts";
