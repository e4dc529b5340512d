import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVirtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { Dependency, type DependencyOptions } from "./dependency.ts";
import { ResilienceError } from "./failures.ts";

function refused(): Error {
  return Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
}

function createDependency(options: DependencyOptions = {}): { dependency: Dependency; clock: VirtualClock } {
  const clock = createVirtualClock();
  return { dependency: new Dependency("stock", { clock, random: () => 0.5, ...options }), clock };
}

/** Runs a call to its end on the virtual clock. */
async function finish<T>(call: Promise<T>, clock: VirtualClock, ms = 60_000): Promise<T> {
  const settled = call.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  );
  await clock.advance(ms);
  const outcome = (await settled) as { value?: T; thrown?: unknown };
  return "thrown" in outcome ? Promise.reject(outcome.thrown) : (outcome.value as T);
}

/** Work that fails so many times and then answers. */
function failing(times: number): { work: () => Promise<string>; tries: () => number } {
  let tries = 0;
  const outcomes = [...Array.from({ length: times }, () => () => Promise.reject(refused())), () => Promise.resolve("fine")];
  const work = (): Promise<string> => (outcomes[Math.min(tries++, times)] as () => Promise<string>)();
  return { work, tries: () => tries };
}

describe("a guarded dependency", () => {
  it("repeats an idempotent call that failed, and no other", async () => {
    const { dependency, clock } = createDependency();
    const once = failing(1);
    expect(await finish(dependency.call(once.work, { isIdempotent: true }), clock)).toBe("fine");
    const never = failing(1);
    await expect(finish(dependency.call(never.work), clock)).rejects.toThrow("ECONNREFUSED");
    expect([once.tries(), never.tries()]).toEqual([2, 1]);
  });

  it("waits at least as long as Retry-After says", async () => {
    const { dependency, clock } = createDependency();
    const times: number[] = [];
    const answers = [new Response(null, { status: 503, headers: { "retry-after": "3" } }), new Response("ok")];
    const work = (): Response => {
      times.push(clock.nowMs());
      return answers[times.length - 1] as Response;
    };
    expect((await finish(dependency.call(work, { isIdempotent: true }), clock)).status).toBe(200);
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(3_000);
  });

  it("gives up at the deadline, tells the work, and says so", async () => {
    const { dependency, clock } = createDependency({ deadlineMs: 250 });
    let signal: AbortSignal | undefined;
    const call = dependency.call((attempt) => {
      signal = attempt.signal;
      return new Promise<never>(() => undefined);
    });
    await expect(finish(call, clock, 300)).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(signal?.aborted).toBe(true);
    expect(dependency.state()).toMatchObject({ deadlinesExceeded: 1, inFlight: 0, waiting: 0 });
    expect(clock.scheduled).toBe(0);
  });

  it("obeys a deadline that was handed down", async () => {
    const { dependency, clock } = createDependency({ deadlineMs: 10_000 });
    const call = dependency.call(() => new Promise<never>(() => undefined), { deadlineAtMs: clock.nowMs() + 40 });
    await expect(finish(call, clock, 60)).rejects.toBeInstanceOf(ResilienceError);
  });

  it("tells work that asks for its signal only when the deadline has passed", async () => {
    const { dependency, clock } = createDependency({ deadlineMs: 50 });
    const told: boolean[] = [];
    const call = dependency.call(async (attempt) => {
      await new Promise<void>((resolve) => clock.schedule(200, resolve));
      told.push(attempt.signal.aborted);
    });
    await expect(finish(call, clock, 300)).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(told).toEqual([true]);
  });

  it("begins nothing when the deadline that was handed down has passed, and holds that against nobody", async () => {
    const { dependency, clock } = createDependency({ breaker: { minimumCalls: 1 } });
    let tries = 0;
    const late = dependency.call(() => (tries += 1), { deadlineAtMs: clock.nowMs() });
    await expect(finish(late, clock)).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect([tries, dependency.state()]).toMatchObject([0, { tries: 0, faults: 0, deadlinesExceeded: 1, circuit: "closed", inFlight: 0 }]);
  });

  it("does not hold a bug of ours, or a no to this request, against the dependency", async () => {
    const { dependency, clock } = createDependency({ breaker: { minimumCalls: 2 } });
    const bugs = [new TypeError("x is not a function"), Object.assign(new Error("taken"), { code: "23505", severity: "ERROR" })];
    for (const bug of [...bugs, ...bugs, ...bugs])
      await expect(
        finish(
          dependency.call(() => Promise.reject(bug)),
          clock,
        ),
      ).rejects.toBe(bug);
    await finish(
      dependency.call(() => Promise.resolve({ status: 404 })),
      clock,
    );
    expect(dependency.state()).toMatchObject({ circuit: "closed", faults: 0 });
  });

  it("refuses at once when open, with the time to come back, and gives the fallback where there is one", async () => {
    const { dependency, clock } = createDependency({ breaker: { minimumCalls: 2, openMs: 5_000 } });
    for (let call = 0; call < 2; call++) await expect(dependency.call(failing(1).work)).rejects.toThrow("ECONNREFUSED");
    await expect(dependency.call(() => "never")).rejects.toMatchObject({ code: "circuit-open" });
    expect(await dependency.call(() => "never", { fallback: () => "stale" })).toBe("stale");
    await clock.advance(5_000);
    expect(await dependency.call(() => "back")).toBe("back");
  });

  it("lets so many in, so many wait, and gives a place back whatever happens", async () => {
    const { dependency, clock } = createDependency({ maxConcurrent: 1, maxQueued: 1, deadlineMs: 100 });
    const first = dependency.call(() => new Promise<never>(() => undefined));
    const second = dependency.call(() => "second");
    await expect(dependency.call(() => "third")).rejects.toMatchObject({ code: "bulkhead-full" });
    const outcomes = Promise.allSettled([first, second]);
    await clock.advance(200);
    expect((await outcomes).map((each) => each.status)).toEqual(["rejected", "rejected"]);
    expect(dependency.state()).toMatchObject({ inFlight: 0, waiting: 0 });
    expect(await dependency.call(() => "fourth")).toBe("fourth");
  });

  it("spends no more than the budget on retries while everything fails", async () => {
    const { dependency, clock } = createDependency({ breaker: { minimumCalls: Number.MAX_SAFE_INTEGER } });
    for (let call = 0; call < 1000; call++) {
      const outcome = dependency.call(() => Promise.reject(refused()), { isIdempotent: true }).catch(() => undefined);
      await clock.advance(20_000);
      await outcome;
    }
    expect(dependency.state().tries).toBeLessThanOrEqual(1000 * 1.1 + 10);
    expect(dependency.state().retries).toBeGreaterThan(90);
  });
});

const calls = fc.array(
  fc.record({
    gapMs: fc.integer({ min: 0, max: 400 }),
    // The million is work that does not come back.
    takesMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constant(1_000_000)),
    end: fc.constantFrom(
      () => Promise.reject(refused()),
      () => Promise.resolve("fine"),
    ),
    isIdempotent: fc.boolean(),
  }),
  { maxLength: 25 },
);

describe("a guarded dependency over random histories", () => {
  it("settles every call, leaks no place and no timer, and keeps its counts", async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (history) => {
        const { dependency, clock } = createDependency({
          maxConcurrent: 3,
          maxQueued: 2,
          deadlineMs: 300,
          breaker: { minimumCalls: 5, openMs: 200 },
        });
        const outcomes: Promise<unknown>[] = [];
        for (const each of history) {
          const work = async (): Promise<string> => {
            await new Promise<void>((resolve) => clock.schedule(each.takesMs, resolve));
            return each.end();
          };
          outcomes.push(dependency.call(work, { isIdempotent: each.isIdempotent }).catch((thrown: unknown) => thrown));
          await clock.advance(each.gapMs);
        }
        await clock.advance(2_000);
        const settled = await Promise.all(outcomes);
        const state = dependency.state();
        expect(settled).toHaveLength(history.length);
        expect(state).toMatchObject({ inFlight: 0, waiting: 0, calls: history.length });
        expect(state.tries).toBeLessThanOrEqual(history.length + state.retries);
        expect(state.retries).toBeLessThanOrEqual(10 + history.length * 0.1);
      }),
      { numRuns: 300 },
    );
  });
});
