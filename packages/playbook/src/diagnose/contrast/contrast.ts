import { anyOf, type Attributes } from "@faultline/model";
import { testFisherExact } from "../../detect/fisher-exact.ts";
import { toWilsonInterval } from "../../detect/wilson-interval.ts";
import type { Occurrence } from "../../isolate/occurrence.ts";

/** A property that failing requests have more often than good ones, or never. */
export type Difference = {
  readonly attribute: string;
  /** The property in words: `is "DE"`, `is above 1048576`, `is absent`. */
  readonly property: string;
  readonly kind: "value" | "above" | "below" | "present" | "absent";
  readonly value?: string | number;
  readonly failingWith: number;
  readonly failing: number;
  readonly succeedingWith: number;
  readonly succeeding: number;
  /** The probability of such a difference by chance, after Holm's correction for everything that was examined. */
  readonly pValue: number;
  /**
   * The lower 95 % bound of the share among failing requests minus the upper bound among good ones. Above 0, it separates them with
   * certainty.
   */
  readonly effect: number;
};

/** Attributes that a failing request has because it failed, which say nothing about why. */
const OUTCOMES = new RegExp(
  `^${anyOf(
    /http\.(?:response\.|status|resend)/,
    /error\./,
    /exception\./,
    /otel\.status/,
    /rpc\.(?:grpc\.status|response)/,
    /http\.response_content/,
    /db\.response/,
    /diagnosis\./,
    /faultline\.(?:log|error|response|outcome|exception)/,
  )}`,
);
/** Attributes that are unique to each request: ids, times, ports. */
const IDS =
  /(?:^|[._-])(?:id|uuid|span|trace|timestamp|time|port|pid|nonce|token)$|\.thread\.|process\.pid|network\.peer\.port|client\.port/i;
const IDS_WITH_MEANING = /(?:tenant|account|customer|shop|region|zone|host|instance|pod|node|user|product|organization|sku)[._-]?id$/i;

const SIGNIFICANT = 0.01;
const MAX_VALUES = 64;

type Sample = { readonly failing: readonly Attributes[]; readonly succeeding: readonly Attributes[] };

/** The attributes that separate failing requests from good ones of the same route and time, the most certain first. */
export function contrastOccurrences(failing: readonly Occurrence[], succeeding: readonly Occurrence[]): readonly Difference[] {
  return contrast({ failing: failing.map(readAttributes), succeeding: succeeding.map(readAttributes) });
}

function readAttributes({ entry, above }: Occurrence): Attributes {
  const { span } = entry.entry;
  const front = above[0]?.entry.span.attributes ?? {};
  const { resource } = span;
  return {
    ...front,
    ...resource.attributes,
    ...span.attributes,
    "service.version": resource.version,
    "service.instance.id": resource.instance,
    "cloud.region": resource.region,
  };
}

/** The same on plain attributes. */
export function contrast(sample: Sample): readonly Difference[] {
  if (sample.failing.length < 2 || sample.succeeding.length < 2) return [];
  const names = new Set([...sample.failing, ...sample.succeeding].flatMap((each) => Object.keys(each)));
  const candidates: Difference[] = [];
  for (const name of names) {
    if (OUTCOMES.test(name) || (IDS.test(name) && !IDS_WITH_MEANING.test(name) && name !== "service.instance.id")) continue;
    candidates.push(...compareAttribute(name, sample));
  }
  return correct(candidates).filter(({ pValue, effect }) => pValue < SIGNIFICANT && effect > 0);
}

function compareAttribute(name: string, sample: Sample): readonly Difference[] {
  const failing = sample.failing.map((each) => each[name]);
  const succeeding = sample.succeeding.map((each) => each[name]);
  const found: Difference[] = [];
  const isThere = (value: unknown) => value !== undefined;
  found.push(toDifference({ name, kind: "present", property: "is present" }, { failing, succeeding, has: isThere }));
  found.push(toDifference({ name, kind: "absent", property: "is absent" }, { failing, succeeding, has: (value) => value === undefined }));
  const numbers = [...failing, ...succeeding].filter((value) => typeof value === "number");
  if (numbers.length > 0 && new Set(numbers).size > 4) found.push(...compareNumbers(name, failing, succeeding));
  else found.push(...compareValues(name, failing, succeeding));
  return found.filter(({ failingWith }) => failingWith > 0);
}

function compareValues(name: string, failing: readonly unknown[], succeeding: readonly unknown[]): readonly Difference[] {
  const values = new Set(failing.filter((value) => value !== undefined).map(String));
  if (values.size > MAX_VALUES) return [];
  return [...values].map((value) =>
    toDifference(
      { name, kind: "value", property: `is ${JSON.stringify(value)}`, value },
      { failing, succeeding, has: (each) => String(each) === value },
    ),
  );
}

/** The best separating threshold, in each direction. */
function compareNumbers(name: string, failing: readonly unknown[], succeeding: readonly unknown[]): readonly Difference[] {
  const bad = failing.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const good = succeeding.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const [lowest, highest] = [bad[Math.floor(bad.length * 0.05)], bad[Math.ceil(bad.length * 0.95) - 1]];
  if (lowest === undefined || highest === undefined || good.length === 0) return [];
  const above = [...good].reverse().find((value) => value < lowest);
  const below = good.find((value) => value > highest);
  const found: Difference[] = [];
  if (above !== undefined) {
    const has = (value: unknown) => typeof value === "number" && value > above;
    found.push(toDifference({ name, kind: "above", property: `is above ${above}`, value: above }, { failing, succeeding, has }));
  }
  if (below !== undefined) {
    const has = (value: unknown) => typeof value === "number" && value < below;
    found.push(toDifference({ name, kind: "below", property: `is below ${below}`, value: below }, { failing, succeeding, has }));
  }
  return found;
}

type Side = { readonly failing: readonly unknown[]; readonly succeeding: readonly unknown[]; readonly has: (value: unknown) => boolean };
type Named = { readonly name: string; readonly kind: Difference["kind"]; readonly property: string; readonly value?: string | number };

function toDifference({ name, ...rest }: Named, { failing, succeeding, has }: Side): Difference {
  const table = {
    failingWith: failing.filter(has).length,
    failing: failing.length,
    succeedingWith: succeeding.filter(has).length,
    succeeding: succeeding.length,
  };
  const effect = toWilsonInterval(table.failingWith, table.failing).lower - toWilsonInterval(table.succeedingWith, table.succeeding).upper;
  const { failingWith: hits, failing: total, succeedingWith: otherHits, succeeding: otherTotal } = table;
  return { attribute: name, ...rest, ...table, pValue: testFisherExact({ hits, total, otherHits, otherTotal }), effect };
}

/** Holm's step-down correction: the smallest p-value is compared with all tests, the next with one less, and so on. */
function correct(candidates: readonly Difference[]): readonly Difference[] {
  const sorted = [...candidates].sort((a, b) => a.pValue - b.pValue || b.effect - a.effect);
  let reached = 0;
  return sorted.map((each, index) => {
    reached = Math.max(reached, Math.min(1, each.pValue * (sorted.length - index)));
    return { ...each, pValue: reached };
  });
}
