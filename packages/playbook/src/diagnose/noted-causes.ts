import { type CauseId, DIAGNOSED_CONFIDENCE, type Evidence, type Exchange, type NotedCause } from "@faultline/model";
import { isMaker } from "../isolate/hops/exchange-hops.ts";
import type { Judgement } from "../isolate/judgement.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import { startOf, endOf } from "../trace/span-time.ts";
import type { NamedCause } from "./findings.ts";
import { type Durations, findSteadyDelay } from "./signs/steady-delay.ts";

type Failed = { readonly judgement: Judgement; readonly occurrence: Occurrence };

/** The factor by which a note of a race loses confidence if each request fails. */
const RACE_EACH_TIME = 0.3;
/** From this number on, failures of every single request are no coincidence. */
const EACH_TIME_FROM = 3;
/**
 * The causes that intermediaries noted for failures about which nobody else tells: the documented meaning of a code or message, weighted by
 * the share of failures that have it, and a clock that ends all of them. They are as certain as the note, and no more.
 */
export function nameNotedCauses(failed: readonly Failed[], succeeding: readonly Occurrence[]): readonly NamedCause[] {
  const exchanges = failed.flatMap(({ occurrence }) => occurrence.path.exchanges.slice(0, 1));
  if (exchanges.length === 0) return [];
  const isEachTime = failed.length >= EACH_TIME_FROM && succeeding.length === 0;
  const byCause = Map.groupBy(
    exchanges.flatMap((exchange) => (exchange.noted !== undefined && isMaker(exchange.madeBy) ? [exchange.noted] : [])),
    ({ cause }) => cause,
  );
  const noted = [...byCause].map(([cause, members]) => toNamed(cause, members, { of: exchanges.length, isEachTime }));
  return [...noted, ...nameSteadyDelay(failed, exchanges, succeeding)];
}

function toNamed(
  cause: CauseId,
  members: readonly NotedCause[],
  { of, isEachTime }: { readonly of: number; readonly isEachTime: boolean },
): NamedCause {
  const surest = members.reduce((a, b) => (b.confidence > a.confidence ? b : a));
  const share = members.length / of;
  const confidence = surest.confidence * share * (cause === "keepalive-race" && isEachTime ? RACE_EACH_TIME : 1);
  const statement = `${surest.code}: ${surest.meaning}`;
  return toNamedCause({ cause, confidence, isCode: true }, { statement, measured: `${members.length} of ${of} failures looked at` });
}

type Noted = { readonly cause: CauseId; readonly confidence: number; readonly isCode: boolean };

function toNamedCause({ cause, confidence, isCode }: Noted, { statement, measured }: Pick<Evidence, "statement" | "measured">): NamedCause {
  const evidence = { statement, measured, source: "access-log", weight: toWeight(confidence) } as const;
  return { cause, evidence, noted: { confidence, isGuess: confidence < DIAGNOSED_CONFIDENCE, isCode } };
}

/** No note is certain. One that says so counts as the surest of all, so that its weight stays a number. */
const SUREST = 0.99;

/** The weight at which a cause unknown to Faultline would leave this confidence. */
function toWeight(confidence: number): number {
  const sure = Math.min(confidence, SUREST);
  return Math.max(0.1, 2 + Math.log(sure / (1 - sure)));
}

/** If nothing but log lines tells about the failures, their durations show whether a clock ended them. */
function nameSteadyDelay(
  failed: readonly Failed[],
  exchanges: readonly Exchange[],
  succeeding: readonly Occurrence[],
): readonly NamedCause[] {
  const [first] = exchanges;
  if (first?.status === undefined || !failed.every(({ occurrence }) => occurrence.path.roots.length === 1)) return [];
  const durations = toDurations(
    exchanges.flatMap(({ durationMs, status }) => (durationMs === undefined || status !== first.status ? [] : [durationMs])),
  );
  const good = toDurations(succeeding.map(({ entry }) => endOf(entry.entry) - startOf(entry.entry)));
  if (durations === undefined) return [];
  const { madeBy, observer, upstream = [] } = first;
  const delay = findSteadyDelay({
    status: first.status,
    durations,
    okMedianMs: good?.medianMs,
    maker: { hop: madeBy?.hop ?? "unknown", observer: observer.software ?? observer.name, asked: upstream.length > 0 },
  });
  return delay === undefined || delay.confidence < DIAGNOSED_CONFIDENCE ? [] : [toNamedCause({ ...delay, isCode: false }, delay.evidence)];
}

function toDurations(durationsMs: readonly number[]): Durations | undefined {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const [lowMs, medianMs, highMs] = [0.1, 0.5, 0.9].map((ratio) => sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))]);
  return lowMs === undefined || medianMs === undefined || highMs === undefined
    ? undefined
    : { count: sorted.length, lowMs, medianMs, highMs };
}
