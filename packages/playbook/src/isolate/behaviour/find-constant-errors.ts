import { testFisherExact } from "../../detect/fisher-exact.ts";
import type { Deviation } from "./compare.ts";
import type { HopRecord, Profile } from "./profile.ts";

/** Fewer traces than this may all have had the same bad input. */
const MIN_TRACES = 3;

/**
 * Operations of which every request logs an error while nothing below them does. A fault that existed before the window began shows no
 * change, but it shows here.
 */
export function findConstantErrors({ hops }: Profile): readonly Deviation[] {
  const all = hops.length;
  const failing = hops.filter(logsError).length;
  return [...Map.groupBy(hops, ({ service, operation }) => `${service}\n${operation}`).values()].flatMap(
    (records): readonly Deviation[] => {
      const [first] = records;
      const traceIds = new Set(records.map(({ traceId }) => traceId));
      if (
        first === undefined ||
        traceIds.size < MIN_TRACES ||
        !records.every((record) => logsError(record) && ![...record.below].some(logsError))
      )
        return [];
      const pValue = testFisherExact({
        hits: records.length,
        total: records.length,
        otherHits: failing - records.length,
        otherTotal: all - records.length,
      });
      return [
        {
          service: first.service,
          kind: "always-error",
          what: `${first.operation} logs an error in every request, and nothing below it does`,
          measured: `${records.length} of ${records.length} requests; ${failing - records.length} of ${all - records.length} elsewhere`,
          logP: Math.log(pValue),
          example: first.hop,
          traceIds,
          share: 1,
        },
      ];
    },
  );
}

function logsError({ features }: HopRecord): boolean {
  for (const feature of features) if (feature.startsWith("error log")) return true;
  return false;
}
