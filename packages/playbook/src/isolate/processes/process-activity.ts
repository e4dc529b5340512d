import type { Resource, SpanNode } from "@faultline/model";
import { endOf, startOf } from "../../trace/span-time.ts";
import { findFirstAfter } from "./find-first-after.ts";
import type { Hop } from "../hops/hop-shape.ts";
import type { Occurrence } from "../occurrence.ts";

/** A process that stands still begins and ends nothing for at least this share of the time. */
const STILL_SHARE = 0.7;

/** Tells whether a process did anything in a stretch of time, by the beginnings and ends of its spans. */
export type ProcessActivity = {
  /** True if the process began or ended spans in the stretch, so that it cannot have stood still for most of it. */
  wasActive(resource: Resource, fromMs: number, toMs: number): boolean;
};

/** Reads when each process began and ended its spans. */
export function readActivity(occurrences: readonly Occurrence[]): ProcessActivity {
  const times = new Map<string, number[]>();
  for (const { entry, above } of occurrences) for (const hop of [entry, ...above]) collect(hop, times);
  for (const each of times.values()) each.sort((a, b) => a - b);
  return {
    wasActive(resource, fromMs, toMs) {
      const all = times.get(keyOf(resource)) ?? [];
      let reachedMs = fromMs;
      let longestMs = 0;
      for (let index = findFirstAfter(all, fromMs); index < all.length && (all[index] ?? Infinity) < toMs; index += 1) {
        const timeMs = all[index] ?? reachedMs;
        longestMs = Math.max(longestMs, timeMs - reachedMs);
        reachedMs = timeMs;
      }
      return Math.max(longestMs, toMs - reachedMs) < (toMs - fromMs) * STILL_SHARE;
    },
  };
}

function collect(hop: Hop, times: Map<string, number[]>): void {
  if (hop.isInferred !== true) for (const node of hop.spans) add(node, times);
  for (const { callee } of hop.calls) if (callee !== undefined) collect(callee, times);
}

function add(node: SpanNode, times: Map<string, number[]>): void {
  const key = keyOf(node.span.resource);
  const known = times.get(key);
  if (known === undefined) times.set(key, [startOf(node), endOf(node)]);
  else known.push(startOf(node), endOf(node));
}

function keyOf({ service, instance }: Resource): string {
  return `${service}\n${instance ?? ""}`;
}
