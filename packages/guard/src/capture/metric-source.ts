/** Something that a guard reads at regular times, and when a request fails. Both may throw: that costs their own telemetry only. */
export type MetricSource = {
  /** OTLP/JSON `metrics` items. */
  takeMetrics(nowMs: number): readonly string[];
  /** Attributes for a failing exchange. */
  readNow?(): Readonly<Record<string, string | number>>;
};
