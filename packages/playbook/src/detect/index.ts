export { detectServerErrors, type DetectionPolicy, type ScopeCounts } from "./detect-server-errors.ts";
export { testFisherExact, type TwoByTwo } from "./fisher-exact.ts";
export { toWilsonInterval } from "./wilson-interval.ts";
