import type { MetricPoint, Window } from "@faultline/model";
import type { Deviation } from "./compare.ts";

/** Metrics of how full a process or its share of a machine is. Ratios and percentages are comparable across services. */
const SATURATION = /(?:cpu|memory|heap|gc|thread|pool|queue|event[._]?loop).*(?:rate|ratio|util|usage|percent|%|used|delay|pending)/i;
const MIN_PEERS = 5;

/**
 * Finds the service that is busier than before, and more so than the others. The change of each service's metric is compared with the
 * changes of the same metric in all other services, by their median and spread.
 */
export function compareSaturation(metrics: readonly MetricPoint[], baseline: Window, window: Window): readonly Deviation[] {
  const found: Deviation[] = [];
  const names = Map.groupBy(
    metrics.filter(({ name }) => SATURATION.test(name) && !/^node/i.test(name)),
    ({ name }) => name,
  );
  for (const [name, points] of names) {
    const changes = [...Map.groupBy(points, ({ resource }) => resource.service)].flatMap(([service, own]) => {
      const [before, now] = [mean(own, baseline), mean(own, window)];
      return before === undefined || now === undefined
        ? []
        : [{ service, before, now, change: Math.log((now + FLOOR) / (before + FLOOR)) }];
    });
    found.push(...findOutliers(name, changes).map((each) => ({ ...each, logP: each.logP + Math.log(names.size * changes.length) })));
  }
  return found;
}

/** Keeps tiny changes from looking large. */
const FLOOR = 1;

type ServiceChange = { readonly service: string; readonly before: number; readonly now: number; readonly change: number };

function findOutliers(name: string, changes: readonly ServiceChange[]): readonly Deviation[] {
  if (changes.length < MIN_PEERS) return [];
  const middle = median(changes.map(({ change }) => change));
  const spread = Math.max(0.1, 1.4826 * median(changes.map(({ change }) => Math.abs(change - middle))));
  return changes.flatMap(({ service, before, now, change }) => {
    const distance = (change - middle) / spread;
    if (distance < 3) return [];
    const measured = `${name}: ${before.toFixed(1)} before, ${now.toFixed(1)} now; ${distance.toFixed(0)} spreads from the other services`;
    // Metrics have heavy tails. Chebyshev's bound holds for any distribution.
    return [
      {
        service,
        kind: "busy" as const,
        what: "is busier than before while others are not",
        measured,
        logP: -2 * Math.log(distance),
        traceIds: new Set<string>(),
        share: 1,
      },
    ];
  });
}

function mean(points: readonly MetricPoint[], { fromMs, toMs }: Window): number | undefined {
  const inside = points.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
  return inside.length === 0 ? undefined : inside.reduce((sum, { value }) => sum + value, 0) / inside.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
