export { createGuard, type Guard, type GuardCounts } from "./guard.ts";
export { ConfigurationError, type GuardOptions } from "./configuration.ts";
export { type Exchange, type HostView } from "./exchange.ts";
export { type MetricSource } from "./capture/metric-source.ts";
export { findCurrentExchange } from "./capture/context.ts";
export { type Redactor } from "./redaction.ts";
export { type ErrorAnswer, type ErrorFacts, type ErrorRule, type InputIssue } from "./respond/error-facts.ts";
export { type SendOutcome, type Transport } from "./export/transport.ts";
