/** Guards for what a service depends on, and for itself when it has too much to do. */
export { Breaker, type Admission, type BreakerOptions, type BreakerState } from "./breaker.ts";
export { type Clock } from "./clock.ts";
export { type Attempt } from "./attempt.ts";
export { Dependency, type CallOptions, type DependencyOptions, type DependencyState } from "./dependency.ts";
export { metricsOf } from "./dependency-metrics.ts";
export { StaleAnswers, type AgedAnswer, type StaleOptions } from "./stale-answers.ts";
export { ResilienceError, type ResilienceCode } from "./failures.ts";
export { RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
export { judgeResult, judgeThrown, type Verdict } from "./verdict.ts";
export { createShutdown, shutdownOnSignals, type ShutdownOptions } from "./graceful-shutdown.ts";
export {
  IdempotencyError,
  parseIdempotencyKey,
  runIdempotent,
  type Claim,
  type IdempotencyOptions,
  type IdempotencyStore,
  type IdempotentRequest,
  type IdempotentWork,
  type StoredAnswer,
} from "./idempotency.ts";
export { createMemoryIdempotencyStore, type MemoryStoreOptions } from "./idempotency-memory.ts";
export { createKillSwitch, type FlagReader, type KillSwitch, type KillSwitchOptions } from "./kill-switch.ts";
export { LoadShedder, type Load, type Priority, type ShedderOptions } from "./load-shedding.ts";
