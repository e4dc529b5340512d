/** Something that a guard reads at regular intervals and when a request fails. Both methods may throw; that costs only their own telemetry. */
export type MetricSource = {
  /** OTLP/JSON `metrics` items. */
  takeMetrics(nowMs: number): readonly string[];
  /** Attributes for a failing exchange. */
  readNow?(): Readonly<Record<string, string | number>>;
};
