/** The state of dependencies as OTLP metrics, and at the moment of a failure: `guard.watch(metricsOf(stock, payments))`. */
import type { MetricSource } from "../capture/metric-source.ts";
import { writeGauge, writeSum } from "../export/otlp-json.ts";
import type { BreakerState } from "./breaker.ts";
import type { Dependency, DependencyState } from "./dependency.ts";

/** No convention has names for these yet; ours say the unit in braces as the conventions do. */
const COUNTERS = [
  ["calls", "{call}"],
  ["tries", "{try}"],
  ["retries", "{try}"],
  ["hedges", "{try}"],
  ["faults", "{fault}"],
  ["refused", "{call}"],
  ["deadlinesExceeded", "{call}"],
  ["opened", "{change}"],
] as const;
const GAUGES = [
  ["inFlight", "{call}"],
  ["waiting", "{call}"],
] as const;
const CIRCUIT: Readonly<Record<BreakerState, number>> = { closed: 0, "half-open": 1, open: 2 };

function toName(field: string): string {
  return `faultline.dependency.${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function writeState(state: DependencyState, startMs: number, nowMs: number): string[] {
  const attributes = { "service.peer.name": state.name };
  return [
    writeGauge("faultline.dependency.circuit", "{state}", {
      value: CIRCUIT[state.circuit],
      nowMs,
      attributes: { ...attributes, "faultline.circuit.state": state.circuit },
    }),
    ...GAUGES.map(([field, unit]) => writeGauge(toName(field), unit, { value: state[field], nowMs, attributes })),
    ...COUNTERS.map(([field, unit]) => writeSum(toName(field), unit, { value: state[field], startMs, nowMs, attributes })),
  ];
}

/** Counters and state of `dependencies`. A failing request also tells which circuits were not closed. */
export function metricsOf(...dependencies: readonly Dependency[]): MetricSource {
  const startMs = Date.now();
  return {
    takeMetrics: (nowMs) => dependencies.flatMap((each) => writeState(each.state(), startMs, nowMs)),
    readNow() {
      const open = dependencies.map((each) => each.state()).filter(({ circuit }) => circuit !== "closed");
      return open.length === 0 ? {} : { "faultline.circuits.open": open.map(({ name }) => name).join(",") };
    },
  };
}
