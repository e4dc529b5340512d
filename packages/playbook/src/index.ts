export { assembleTrace, assembleTraces } from "./trace/assemble-traces.ts";
export { isolateFault, type IsolateInput } from "./isolate/isolate-fault.ts";
export { findOccurrence, type EntryFilter, type Occurrence } from "./isolate/occurrence.ts";
export { diagnose, DIAGNOSED_CONFIDENCE, type DiagnosisRequest } from "./playbook.ts";
export { planGuard } from "./guard/plan-guard.ts";
