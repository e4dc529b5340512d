export { detectServerErrors, type DetectionPolicy, type ScopeCounts } from "./detect-server-errors.ts";
export { testFisherExact, type TwoByTwo } from "./fisher-exact.ts";
export { toWilsonInterval } from "./wilson-interval.ts";
export { type FaultIdentity, fingerprintFailure } from "./fingerprint.ts";
export { parseStack, type StackFrame, type StackTrace } from "./parse-stack.ts";
