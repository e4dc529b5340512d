import type { MetricPoint } from "@faultline/model";

/** A data point of any kind as either encoding carries it. */
export type RawDataPoint = { timeMs: number; flags: number; value?: number; count?: number; sum?: number };

/** DataPointFlags: the point only says that there is no value at this time. */
const NO_RECORDED_VALUE = 1;

/**
 * Builds the point: the value of a gauge or sum, or the mean of a histogram or summary with its count. A histogram without a sum (of an
 * instrument that also measures negative values) has value 0. A point without a value is dropped.
 */
export function toMetricPoint(
  raw: RawDataPoint,
  about: Pick<MetricPoint, "name" | "unit" | "attributes" | "resource">,
): MetricPoint | undefined {
  if ((raw.flags & NO_RECORDED_VALUE) !== 0) return undefined;
  const { name, unit, attributes, resource } = about;
  const { timeMs, count } = raw;
  if (raw.value !== undefined) return { name, unit, timeMs, value: raw.value, attributes, resource };
  if (count === undefined) return undefined;
  return { name, unit, timeMs, value: count === 0 ? 0 : (raw.sum ?? 0) / count, count, attributes, resource };
}
