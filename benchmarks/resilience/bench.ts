/**
 * What a guarded call costs when all is well: bare await, our retry + breaker + bulkhead + deadline, and cockatiel's retry + breaker +
 * time-out, in turn. `npm run bench -- resilience` [rounds]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { Dependency } from "@faultline/guard/resilience";
import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll, retry, timeout, TimeoutStrategy, wrap } from "cockatiel";

const ROUNDS = Number(process.argv[2]) || 15;
const CALLS = 20_000;

const answer = { status: 200 };
const work = async (): Promise<typeof answer> => answer;
const dependency = new Dependency("stock");
const policy = wrap(
  retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
  circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(5) }),
  timeout(10_000, TimeoutStrategy.Aggressive),
);

const VARIANTS: Readonly<Record<string, () => Promise<unknown>>> = {
  bare: work,
  "bare-again": work,
  faultline: () => dependency.call(work, { isIdempotent: true }),
  cockatiel: () => policy.execute(work),
};

/** Nanoseconds of CPU per call. */
async function measure(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < CALLS; index++) await call();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / CALLS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const names = Object.keys(VARIANTS);
const samples = new Map<string, number[]>(names.map((name) => [name, []]));
for (let round = -2; round < ROUNDS; round++) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const nanoseconds = await measure(VARIANTS[name] as () => Promise<unknown>);
    // The first two rounds warm up.
    if (round >= 0) samples.get(name)?.push(nanoseconds);
  }
}
const bare = median(samples.get("bare") ?? []);
const rows = Object.fromEntries(
  names.map((name) => {
    const own = samples.get(name) ?? [];
    return [
      name,
      {
        ns: Math.round(median(own)),
        addedNs: Math.round(median(own) - bare),
        min: Math.round(Math.min(...own)),
        max: Math.round(Math.max(...own)),
      },
    ];
  }),
);
console.table(rows);
const date = new Date().toISOString();
mkdirSync(new URL("../results/", import.meta.url), { recursive: true });
writeFileSync(
  new URL(`../results/resilience-${date.slice(0, 10)}.json`, import.meta.url),
  `${JSON.stringify({ date, node: process.version, cpu: cpus()[0]?.model, cores: availableParallelism(), rounds: ROUNDS, calls: CALLS, rows }, null, 2)}\n`,
);
