/** A dependency is away for five minutes under load, on a virtual clock: what reaches it, when it is used again, and whether it falls over again. */
import { describe, expect, it } from "vitest";
import { createVirtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { Dependency } from "./dependency.ts";
import { createRandom } from "../../../../tests/rig/seeded-random.ts";

const WARM_MS = 60_000;
const DOWN_MS = 300_000;
const BACK_MS = 60_000;
const CLIENTS = 5;
const CALLS_PER_SECOND = 100;
const DEADLINE_MS = 1_000;
const SERVICE_MS = 8;

type Way = "refuses" | "hangs" | "answers 503" | "is slow";
type Call = { readonly startMs: number; readonly isGood: boolean };

/**
 * One server that does one thing at a time in 8 ms: it can do 125 calls/s, and 100 come. More than that lengthens its queue past everybody's
 * deadline, and as it also does what nobody waits for any more, it never comes back by itself: that is the second collapse.
 */
function createServer(clock: VirtualClock, way: Way) {
  const downFromMs = clock.nowMs() + WARM_MS;
  const downUntilMs = downFromMs + DOWN_MS;
  const isDown = (): boolean => clock.nowMs() >= downFromMs && clock.nowMs() < downUntilMs;
  const arrivals: number[] = [];
  let freeAtMs = 0;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.schedule(ms, resolve));
  const whenDown: Record<Way, () => Promise<{ status: number }>> = {
    refuses: () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })),
    hangs: () => new Promise(() => undefined),
    "answers 503": () => Promise.resolve({ status: 503 }),
    "is slow": async () => {
      await wait(DEADLINE_MS * 5);
      return { status: 200 };
    },
  };
  async function serve(): Promise<{ status: number }> {
    freeAtMs = Math.max(freeAtMs, clock.nowMs()) + SERVICE_MS;
    await wait(freeAtMs - clock.nowMs());
    return { status: 200 };
  }
  return {
    downFromMs,
    downUntilMs,
    arrivals,
    call(): Promise<{ status: number }> {
      arrivals.push(clock.nowMs());
      return isDown() ? whenDown[way]() : serve();
    },
  };
}

async function play(way: Way, seed: number) {
  const clock = createVirtualClock();
  const random = createRandom(seed);
  const server = createServer(clock, way);
  const clients = Array.from({ length: CLIENTS }, () => new Dependency("stock", { clock, random, deadlineMs: DEADLINE_MS }));
  const calls: Call[] = [];
  const endMs = clock.nowMs() + WARM_MS + DOWN_MS + BACK_MS;
  const ask = (client: Dependency): void => {
    const startMs = clock.nowMs();
    void client
      .call(() => server.call(), { isIdempotent: true })
      .then(
        ({ status }) => calls.push({ startMs, isGood: status === 200 }),
        () => calls.push({ startMs, isGood: false }),
      );
    // Arrivals as they are in life: independent of each other.
    if (clock.nowMs() < endMs) clock.schedule((-Math.log(1 - random()) * 1_000 * CLIENTS) / CALLS_PER_SECOND, () => ask(client));
  };
  for (const client of clients) ask(client);
  await clock.advance(WARM_MS + DOWN_MS + BACK_MS + 10 * DEADLINE_MS);
  return { server, calls };
}

/** How many of the calls that began from `fromMs` to `toMs`, and how many of them were good. */
function count(calls: readonly Call[], fromMs: number, toMs: number): { all: number; good: number } {
  const within = calls.filter((call) => call.startMs >= fromMs && call.startMs < toMs);
  return { all: within.length, good: within.filter((call) => call.isGood).length };
}

function countArrivals(arrivals: readonly number[], fromMs: number, toMs: number): number {
  return arrivals.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
}

const WAYS: readonly Way[] = ["refuses", "hangs", "answers 503", "is slow"];

describe.each(WAYS)("a dependency that %s for five minutes under load", (way) => {
  it.each([1])("is not stormed, is used again within 10 s, and stays up (seed %i)", async (seed) => {
    const { server, calls } = await play(way, seed);
    const { downFromMs, downUntilMs, arrivals } = server;
    const arrived = (fromMs: number, toMs: number): number => countArrivals(arrivals, fromMs, toMs);
    const before = count(calls, 0, downFromMs);
    expect(before.good / before.all).toBeGreaterThan(0.999);

    const during = count(calls, downFromMs, downUntilMs);
    expect(during.all).toBeGreaterThan(25_000);
    expect(arrived(downFromMs, downUntilMs)).toBeLessThanOrEqual(during.all * 1.1);
    // Far less, in fact: the breaker leaves it in peace.
    expect(arrived(downFromMs, downUntilMs)).toBeLessThan(during.all * 0.05);

    const end = downUntilMs + BACK_MS;
    const after = count(calls, downUntilMs + 10_000, end);
    expect(after.good / after.all).toBeGreaterThan(0.999);
    for (let fromMs = downUntilMs; fromMs < end; fromMs += 1_000) {
      expect(arrived(fromMs, fromMs + 1_000)).toBeLessThanOrEqual(CALLS_PER_SECOND * 1.5);
    }
  });
});
