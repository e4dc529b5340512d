import type { Evidence } from "@faultline/model";
import { testFisherExact } from "../../detect/fisher-exact.ts";
import { toLogTemplate } from "../../isolate/behaviour/log-template.ts";
import { findServingHop, type Occurrence } from "../../isolate/occurrence.ts";

/** A log line in an operation's normal sequence that failing requests do not reach. */
export type SequenceBreak = {
  readonly service: string;
  /** The first line that they lack, in the words of a good request. */
  readonly lacks: string;
  /** The line before it, if there is one that both have. */
  readonly last?: string;
  readonly failingWithout: number;
  readonly failing: number;
  readonly succeedingWithout: number;
  readonly succeeding: number;
  /** The probability by chance, multiplied by the number of lines examined. */
  readonly pValue: number;
};

const LOG_WARN = 13;
/** A line belongs to the normal sequence if at least this share of good requests write it. */
const USUAL = 0.95;
const LEAST_GOOD = 5;
const SIGNIFICANT = 0.01;
/** The most records of a request that are examined, and the most characters of a line. */
const MAX_LINES = 200;
const LINE_LENGTH = 160;

type Lines = ReadonlyMap<string, string>;

/**
 * How far the failing requests came in one service: the first line that it logs for nearly every good request of the route and that most
 * failing requests lack. Good requests that logged nothing do not count. Undefined if the service logs no sequence, or the failing requests
 * have all of it.
 */
export function findSequenceBreak(
  service: string,
  { failing, succeeding }: { readonly failing: readonly Occurrence[]; readonly succeeding: readonly Occurrence[] },
): SequenceBreak | undefined {
  const good = succeeding.flatMap((each) => readLines(each, service)).filter(({ size }) => size > 0);
  const bad = failing.flatMap((each) => readLines(each, service));
  // If no failing request logged anything, their logs may not have arrived.
  if (good.length < LEAST_GOOD || bad.length < 2 || bad.every(({ size }) => size === 0)) return undefined;
  const usual = listUsual(good);
  for (const [index, template] of usual.entries()) {
    const table = {
      hits: bad.filter((lines) => !lines.has(template)).length,
      total: bad.length,
      otherHits: good.filter((lines) => !lines.has(template)).length,
      otherTotal: good.length,
    };
    const pValue = Math.min(1, testFisherExact(table) * usual.length);
    if (pValue >= SIGNIFICANT || table.hits * 2 < table.total) continue;
    const before = usual[index - 1];
    const wordsOf = (each: string): string => good.find((lines) => lines.has(each))?.get(each) ?? each;
    return {
      service,
      lacks: wordsOf(template),
      ...(before === undefined ? {} : { last: wordsOf(before) }),
      failingWithout: table.hits,
      failing: table.total,
      succeedingWithout: table.otherHits,
      succeeding: table.otherTotal,
      pValue,
    };
  }
  return undefined;
}

/** The break as evidence, with its weight for a cause. */
export function fromSequence(found: SequenceBreak, weight: number): Evidence {
  const { service, lacks, last, failingWithout, failing, succeedingWithout, succeeding, pValue } = found;
  const place = last === undefined ? "" : `, behind ${JSON.stringify(last)}`;
  return {
    statement: `${service} ${failingWithout === failing ? "never comes" : "mostly does not come"} to ${JSON.stringify(lacks)}${place}`,
    measured: `missing in ${failingWithout} of ${failing} failing, ${succeedingWithout} of ${succeeding} good; p = ${pValue.toPrecision(2)} after correction`,
    source: "log",
    weight,
  };
}

/** The statements that nearly every good request makes, in their usual order. */
function listUsual(good: readonly Lines[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const lines of good) for (const template of lines.keys()) counts.set(template, (counts.get(template) ?? 0) + 1);
  const isUsual = (template: string): boolean => (counts.get(template) ?? 0) >= good.length * USUAL;
  const longest = good.toSorted((a, b) => b.size - a.size)[0] ?? new Map<string, string>();
  return [...longest.keys()].filter(isUsual);
}

/** A service's statements in one request, in order, each with the words of its first record. Errors are not part of the sequence. */
function readLines(occurrence: Occurrence, service: string): readonly Lines[] {
  const hop = findServingHop(occurrence, service);
  if (hop === undefined) return [];
  const lines = new Map<string, string>();
  for (const log of hop.logs.toSorted((a, b) => a.timeMs - b.timeMs).slice(0, MAX_LINES)) {
    const template = toLogTemplate(log);
    if (log.severity < LOG_WARN && !lines.has(template)) lines.set(template, log.body.slice(0, LINE_LENGTH));
  }
  return [lines];
}
