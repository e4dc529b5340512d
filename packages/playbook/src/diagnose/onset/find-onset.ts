import { logFactorial } from "../../detect/log-factorial.ts";

/** The time from which failures are more common, with bounds. */
export type Onset = {
  /** The likeliest time, Unix ms: that of the first failure after the change. */
  readonly atMs: number;
  /** If there is an onset, it lies between these two with a probability of 95 %. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly before: { readonly failing: number; readonly total: number };
  readonly after: { readonly failing: number; readonly total: number };
};

/** How much likelier one change must be than none: decisive on the scale of Jeffreys (1961). */
const DECISIVE = Math.log(100);
const INSIDE = 0.95;
/** The most requests that are examined. More would not move the bounds visibly. */
const MAX_REQUESTS = 20_000;

type Split = { readonly index: number; readonly logWeight: number };

/**
 * Finds the change-point of the failure rate. Requests are Bernoulli trials with one rate before it and a higher one after it; beforehand,
 * all rates and places are equally likely. The result is exact: the marginal likelihood of a stretch with b failures and g successes is b!
 * g! / (b + g + 1)!, so no rate has to be estimated (Smith 1975). Undefined if a single rate explains the requests about as well.
 *
 * `failing` and `succeeding` are the times of requests, Unix ms. A fault that was fixed has a second change-point, so everything after the
 * last failure is ignored.
 */
export function findOnset(failing: readonly number[], succeeding: readonly number[]): Onset | undefined {
  const last = Math.max(...failing);
  const requests = [
    ...failing.map((timeMs) => ({ timeMs, isBad: true })),
    ...succeeding.filter((timeMs) => timeMs <= last).map((timeMs) => ({ timeMs, isBad: false })),
  ].sort((a, b) => a.timeMs - b.timeMs);
  if (failing.length < 2 || requests.length > MAX_REQUESTS || requests.length === failing.length) return undefined;
  const splits = weighSplits(requests.map(({ isBad }) => isBad));
  const most = Math.max(...splits.map(({ logWeight }) => logWeight));
  const total = splits.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - most), 0);
  const logOne = weighStretch(failing.length, requests.length - failing.length);
  if (!(most + Math.log(total) - Math.log(requests.length - 1) - logOne >= DECISIVE)) return undefined;
  const best = splits.find(({ logWeight }) => logWeight === most)?.index ?? 0;
  const [low, high] = findBounds(splits, { most, total });
  const timeOf = (index: number): number => requests[index]?.timeMs ?? last;
  const badBefore = requests.slice(0, best).filter(({ isBad }) => isBad).length;
  return {
    atMs: timeOf(best),
    fromMs: timeOf(Math.max(0, low - 1)),
    toMs: timeOf(high),
    before: { failing: badBefore, total: best },
    after: { failing: failing.length - badBefore, total: requests.length - best },
  };
}

/** Every place at which the rate may have risen: before the request with this index. */
function weighSplits(outcomes: readonly boolean[]): readonly Split[] {
  const allBad = outcomes.filter(Boolean).length;
  const splits: Split[] = [];
  let bad = 0;
  for (let index = 1; index < outcomes.length; index += 1) {
    if (outcomes[index - 1] === true) bad += 1;
    const [before, after] = [index, outcomes.length - index];
    if (bad / before >= (allBad - bad) / after) continue;
    splits.push({ index, logWeight: weighStretch(bad, before - bad) + weighStretch(allBad - bad, after - allBad + bad) });
  }
  return splits;
}

/** The natural logarithm of b! g! / (b + g + 1)!. */
function weighStretch(bad: number, good: number): number {
  return logFactorial(bad) + logFactorial(good) - logFactorial(bad + good + 1);
}

function findBounds(
  splits: readonly Split[],
  { most, total }: { readonly most: number; readonly total: number },
): readonly [number, number] {
  const tail = (total * (1 - INSIDE)) / 2;
  let sum = 0;
  let low: number | undefined;
  for (const { index, logWeight } of splits) {
    sum += Math.exp(logWeight - most);
    if (low === undefined && sum >= tail) low = index;
    if (sum >= total - tail) return [low ?? index, index];
  }
  const end = splits.at(-1)?.index ?? 0;
  return [low ?? end, end];
}
