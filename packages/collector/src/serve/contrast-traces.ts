import { anyOf, type AttributeContrast, type AttributeValue } from "@faultline/model";
import type { StoredTrace } from "../store/contract.ts";

const MOST_CONTRASTS = 6;
const MOST_GROUPS = 6;
/** Fewer traces of a kind than this show chance, not a difference. */
const LEAST_TRACES = 3;
/** An attribute with less separation is not shown. */
const LEAST_SEPARATION = 0.3;
/** The two-sample Kolmogorov-Smirnov distance that chance alone passes in one of fifty comparisons, in units of its spread. */
const CHANCE = 1.5;
/** Attributes that say that the request failed, or that differ in every request, explain nothing. */
const PASSED_OVER = new RegExp(
  anyOf(
    /^error|^exception|status_code|response/,
    /(^|[._])(trace|span|request|correlation)[._]?id$|traceparent/,
    /\.port$|network\.peer|content\.length$/,
    /^thread\.|pid$|^process\.|^host\.|^os\./,
    /^otel\.|^telemetry\.|^faultline\./,
  ),
);

type Value = string | number;

/**
 * What separates failing from good requests: for each attribute of their server spans, and of the processes that answered, how
 * differently it is distributed in the two groups. Best separating first; empty when either group is too small to tell.
 */
export function contrastTraces(failing: readonly StoredTrace[], succeeding: readonly StoredTrace[]): readonly AttributeContrast[] {
  if (failing.length < LEAST_TRACES || succeeding.length < LEAST_TRACES) return [];
  const bad = failing.map(readFeatures);
  const good = succeeding.map(readFeatures);
  const names = new Set([...bad, ...good].flatMap((features) => [...features.keys()]));
  const isOnlyCaptured = (name: string): boolean => CAPTURED.test(name) && !good.some((features) => features.has(name));
  const compared = [...names].filter((name) => !isOnlyCaptured(name));
  const contrasts = compared.map((name) => contrastOne(name, pick(bad, name), pick(good, name)));
  const least = Math.max(LEAST_SEPARATION, CHANCE * Math.sqrt((bad.length + good.length) / (bad.length * good.length)));
  return dropEchoes(contrasts)
    .filter(({ separation }) => separation >= least)
    .sort((a, b) => b.separation - a.separation || a.attribute.localeCompare(b.attribute))
    .slice(0, MOST_CONTRASTS);
}

/** Keeps the first of several attributes that split the requests in exactly the same way. */
function dropEchoes(contrasts: readonly AttributeContrast[]): readonly AttributeContrast[] {
  const seen = new Set<string>();
  return contrasts.filter(({ groups }) => {
    const split = JSON.stringify(groups);
    return !seen.has(split) && seen.add(split);
  });
}

function pick(requests: readonly ReadonlyMap<string, Value>[], name: string): readonly (Value | undefined)[] {
  return requests.map((features) => features.get(name));
}

/** What the guard captures only for failing requests, including the state of their process: its presence says nothing but that the request failed. */
const CAPTURED = /^(http\.request\.(header\.|body)|url\.query|url\.full|nodejs\.|v8js\.)/;

/** Attributes of the server spans, where the outermost span that has an attribute decides, and of the processes behind them. */
function readFeatures({ spans }: StoredTrace): ReadonlyMap<string, Value> {
  const features = new Map<string, Value>();
  const servers = spans.filter((span) => span.kind === "server").sort((a, b) => a.startMs - b.startMs);
  for (const { attributes, resource } of servers) {
    const { service, version, instance, region } = resource;
    const own = { "service.version": version, "service.instance.id": instance, "cloud.region": region };
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && !PASSED_OVER.test(name) && !features.has(name)) features.set(name, toValue(value));
    }
    for (const [name, value] of Object.entries(own)) if (value !== undefined) features.set(`${service}: ${name}`, value);
  }
  const [entry] = servers;
  if (entry !== undefined) features.set("duration (ms)", entry.endMs - entry.startMs);
  return features;
}

function toValue(value: AttributeValue): Value {
  if (typeof value === "number") return value;
  return (Array.isArray(value) ? value.join(", ") : String(value)).slice(0, 200);
}

function contrastOne(attribute: string, bad: readonly (Value | undefined)[], good: readonly (Value | undefined)[]): AttributeContrast {
  const present = [...bad, ...good].filter((value) => value !== undefined);
  const isNumeric = present.every((value) => typeof value === "number") && new Set(present).size > MOST_GROUPS;
  if (isNumeric) return contrastNumbers(attribute, bad.map(Number), good.map(Number));
  return contrastWords(attribute, bad.map(toLabel), good.map(toLabel));
}

function toLabel(value: Value | undefined): string {
  return value === undefined ? "(absent)" : String(value);
}

function countEach(labels: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** Compares the values of an attribute. One with nearly as many values as requests is an identifier, of which no value separates much. */
function contrastWords(attribute: string, bad: readonly string[], good: readonly string[]): AttributeContrast {
  const [inBad, inGood] = [countEach(bad), countEach(good)];
  const groups = [...new Set([...bad, ...good])].map((label) => ({
    label,
    failing: inBad.get(label) ?? 0,
    succeeding: inGood.get(label) ?? 0,
  }));
  const differences = groups.map((group) => Math.abs(group.failing / bad.length - group.succeeding / good.length));
  const separation = Math.max(0, ...differences);
  const ordered = groups.sort((a, b) => b.failing - a.failing || b.succeeding - a.succeeding);
  const rest = ordered.slice(MOST_GROUPS - 1);
  if (ordered.length <= MOST_GROUPS) return { attribute, separation, groups: ordered };
  const others = {
    label: `${rest.length} others`,
    failing: rest.reduce((sum, group) => sum + group.failing, 0),
    succeeding: rest.reduce((sum, group) => sum + group.succeeding, 0),
  };
  return { attribute, separation, groups: [...ordered.slice(0, MOST_GROUPS - 1), others] };
}

/** Compares numbers: they separate as well as their best threshold does (the Kolmogorov-Smirnov distance). */
function contrastNumbers(attribute: string, bad: readonly number[], good: readonly number[]): AttributeContrast {
  const all = [...bad, ...good].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const below = (values: readonly number[], threshold: number): number => values.filter((value) => value <= threshold).length;
  const distances = [...new Set(all)].map((threshold) =>
    Math.abs(below(bad, threshold) / bad.length - below(good, threshold) / good.length),
  );
  const edges = [...new Set(Array.from({ length: MOST_GROUPS - 1 }, (_, i) => all[Math.floor(((i + 1) / MOST_GROUPS) * all.length)] ?? 0))];
  const bounds = [Number.NEGATIVE_INFINITY, ...edges, Number.POSITIVE_INFINITY];
  const groups = bounds.slice(1).map((upper, index) => {
    const lower = bounds[index] ?? Number.NEGATIVE_INFINITY;
    const inside = (value: number): boolean => value > lower && value <= upper;
    return { label: toRange(lower, upper), failing: bad.filter(inside).length, succeeding: good.filter(inside).length };
  });
  return { attribute, separation: Math.max(0, ...distances), groups };
}

function toRange(lower: number, upper: number): string {
  const format = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(3));
  if (lower === Number.NEGATIVE_INFINITY) return `≤ ${format(upper)}`;
  return upper === Number.POSITIVE_INFINITY ? `> ${format(lower)}` : `${format(lower)} to ${format(upper)}`;
}
