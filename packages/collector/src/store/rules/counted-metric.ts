/**
 * Successes that a sender counts in `http.server.request.duration` instead of sending a span for each; docs/decisions/0040. Failures of such
 * a sender arrive as spans and are counted there, so the metric's own failures are passed over.
 */
import { type MetricPoint, readMethod, readRoute, readStatusCode } from "@faultline/model";
import type { Series } from "./series.ts";

/** A number of exchanges of one series, with their mean duration. */
export type CountedSuccesses = { readonly series: Series; readonly times: number; readonly durationMs: number };

/** The successes that a metric point counts; undefined for other metrics, and for senders whose exchanges are counted by their spans. */
export function toCountedSuccesses(point: MetricPoint): CountedSuccesses | undefined {
  if (point.name !== "http.server.request.duration" || point.resource.attributes["faultline.counted_by"] !== "metrics") return undefined;
  // A success that hides a failure, or that was sampled, also arrives as a span and is counted there.
  if (point.attributes["faultline.counted_by"] === "spans") return undefined;
  const times = point.count ?? 0;
  const status = readStatusCode(point.attributes) ?? 0;
  if (times <= 0 || status >= 500 || point.attributes["error.type"] !== undefined) return undefined;
  const { service, version = "", region = "" } = point.resource;
  const series = { service, route: readRoute(point.attributes) ?? "", method: readMethod(point.attributes) ?? "", status, version, region };
  return { series, times, durationMs: point.value * 1000 };
}
