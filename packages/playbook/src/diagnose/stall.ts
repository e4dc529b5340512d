import type { Evidence } from "@faultline/model";
import { formatMs } from "../isolate/blame.ts";
import { endOf, selfTimeOf, startOf } from "../trace/span-time.ts";
import type { Findings } from "./findings.ts";

/** Shorter waits happen to everybody. */
const STALL_MS = 200;

/**
 * A process that stands still: the requests of one instance that overlap all end within a moment of each other, and none of them
 * did anything meanwhile. That is what a blocked event loop, a long collection or a stopped process looks like from outside.
 */
export function findStall({ origin, failing, succeeding, elsewhere }: Findings): readonly Evidence[] {
  const hop = origin?.step.hop;
  if (origin === undefined || hop === undefined) return [];
  const { instance, service } = hop.entry.span.resource;
  const nodes = [...failing, ...elsewhere, ...succeeding]
    .flatMap(({ entry }) => collect(entry))
    .filter(({ entry }) => entry.span.resource.service === service && entry.span.resource.instance === instance)
    .map(({ entry }) => entry);
  const long = nodes.filter((node) => selfTimeOf(node) >= STALL_MS).sort((a, b) => selfTimeOf(b) - selfTimeOf(a))[0];
  if (long === undefined) return [];
  const held = nodes.filter(
    (node) => node !== long && startOf(node) < endOf(long) && startOf(node) > startOf(long) && endOf(node) >= endOf(long) - 5,
  );
  if (held.length < 2) return [];
  return [
    {
      statement: `${service} stood still: one request kept it busy and ${held.length} others waited until it was done`,
      measured: `${formatMs(selfTimeOf(long))} of its own time in ${long.span.name}`,
      source: "span",
      weight: 4,
    },
  ];
}

function collect(hop: NonNullable<Findings["origin"]>["step"]["hop"]): NonNullable<typeof hop>[] {
  if (hop === undefined) return [];
  return [hop, ...hop.calls.flatMap(({ callee }) => collect(callee))];
}
