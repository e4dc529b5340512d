import { describe, expect, it } from "vitest";
import { createVirtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { Dependency, type DependencyOptions } from "./dependency.ts";

function createDependency(options: DependencyOptions = {}): { dependency: Dependency; clock: VirtualClock } {
  const clock = createVirtualClock();
  return { dependency: new Dependency("stock", { clock, random: () => 0.5, ...options }), clock };
}

/** Work whose tries take as long as they are told and end as they are told; it keeps their signals. */
function scripted(clock: VirtualClock, ...tries: readonly { readonly takesMs: number; readonly end: () => unknown }[]) {
  const signals: AbortSignal[] = [];
  const work = async ({ signal }: { readonly signal: AbortSignal }): Promise<unknown> => {
    const own = tries[signals.length];
    signals.push(signal);
    await new Promise<void>((resolve) => void clock.schedule(Number(own?.takesMs), resolve));
    return own?.end();
  };
  return { work, signals };
}

const fails = (): never => {
  throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
};
const HEDGED = { isIdempotent: true, hedgeAfterMs: 100 } as const;

async function settle(call: Promise<unknown>, clock: VirtualClock): Promise<PromiseSettledResult<unknown> | undefined> {
  const settled = Promise.allSettled([call]);
  await clock.advance(20_000);
  return (await settled)[0];
}

describe("a hedged call", () => {
  it("makes a second try when the first takes long, takes the better one, and stops the other", async () => {
    const { dependency, clock } = createDependency();
    const { work, signals } = scripted(clock, { takesMs: 5_000, end: () => "slow" }, { takesMs: 50, end: () => "quick" });
    expect(await settle(dependency.call(work, HEDGED), clock)).toMatchObject({ value: "quick" });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    expect(dependency.state()).toMatchObject({ calls: 1, tries: 2, hedges: 1, retries: 0, inFlight: 0, circuit: "closed" });
    expect(clock.scheduled).toBe(0);
  });

  it("makes none for a quick call, for one that may not be repeated, and unless it is asked to", async () => {
    const { dependency, clock } = createDependency();
    const slow = { takesMs: 5_000, end: () => "slow" };
    for (const [script, options] of [
      [{ takesMs: 50, end: () => "quick" }, HEDGED],
      [slow, { hedgeAfterMs: 100 }],
      [slow, { isIdempotent: true }],
    ] as const) {
      await settle(dependency.call(scripted(clock, script).work, options), clock);
    }
    expect(dependency.state()).toMatchObject({ calls: 3, tries: 3, hedges: 0 });
  });

  it("is not won by a failure while the other try may still succeed", async () => {
    const { dependency, clock } = createDependency();
    const late = scripted(clock, { takesMs: 500, end: () => "late" }, { takesMs: 50, end: fails });
    expect(await settle(dependency.call(late.work, HEDGED), clock)).toMatchObject({ value: "late" });
    const bad = scripted(clock, { takesMs: 500, end: () => "late" }, { takesMs: 50, end: () => ({ status: 503 }) });
    expect(await settle(dependency.call(bad.work, HEDGED), clock)).toMatchObject({ value: "late" });
  });

  it("fails as the first try failed when both do, and then falls back", async () => {
    const { dependency, clock } = createDependency({ maxTries: 1 });
    const script = () => scripted(clock, { takesMs: 500, end: fails }, { takesMs: 50, end: () => Promise.reject(new Error("second")) });
    expect(await settle(dependency.call(script().work, HEDGED), clock)).toMatchObject({ reason: { code: "ECONNREFUSED" } });
    expect(await settle(dependency.call<unknown>(script().work, { ...HEDGED, fallback: () => "stale" }), clock)).toMatchObject({
      value: "stale",
    });
  });

  it("repeats nothing for the try that lost", async () => {
    const { dependency, clock } = createDependency();
    const { work, signals } = scripted(
      clock,
      { takesMs: 500, end: fails },
      { takesMs: 50, end: () => "quick" },
      { takesMs: 0, end: fails },
    );
    expect(await settle(dependency.call(work, HEDGED), clock)).toMatchObject({ value: "quick" });
    expect(signals).toHaveLength(2);
    expect(dependency.state()).toMatchObject({ tries: 2, retries: 0, inFlight: 0 });
  });

  it("takes a result for good when whoever judges it throws", async () => {
    const judgeResult = (): never => {
      throw new TypeError("no opinion");
    };
    const { dependency, clock } = createDependency({ judgeResult });
    const { work } = scripted(clock, { takesMs: 5_000, end: () => "slow" }, { takesMs: 50, end: () => "quick" });
    expect(await settle(dependency.call(work, HEDGED), clock)).toMatchObject({ value: "quick" });
  });

  it("is paid from the retry budget, so that a slow dependency does not get twice the load", async () => {
    const { dependency, clock } = createDependency();
    for (let call = 0; call < 1_000; call++) {
      const slow = { takesMs: 400, end: () => "slow" };
      await settle(dependency.call(scripted(clock, slow, slow).work, HEDGED), clock);
    }
    const { tries, hedges } = dependency.state();
    expect(tries).toBe(1_000 + hedges);
    expect(hedges).toBeGreaterThan(90);
    expect(hedges).toBeLessThanOrEqual(10 + 100);
  });
});
