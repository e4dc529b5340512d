import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Breaker } from "./breaker.ts";

const OPTIONS = { faultRatio: 0.5, minimumCalls: 4, windowMs: 1_000, openMs: 100, maxOpenMs: 400, probes: 2 };

/** Fails `count` calls at `nowMs`. */
function failCalls(breaker: Breaker, count: number, nowMs: number): void {
  for (let call = 0; call < count; call++) {
    const permit = breaker.admit(nowMs);
    expect(permit.kind).toBe("admitted");
    breaker.record({ generation: (permit as { generation: number }).generation }, true, nowMs);
  }
}

describe("a circuit breaker", () => {
  it("opens at the share of faults, and not before there are enough calls", () => {
    const breaker = new Breaker(OPTIONS);
    failCalls(breaker, 3, 0);
    expect(breaker.state).toBe("closed");
    failCalls(breaker, 1, 0);
    expect(breaker.state).toBe("open");
    expect(breaker.admit(99)).toEqual({ kind: "refused", retryAfterMs: 1 });
  });

  it("forgets what is older than its window", () => {
    const breaker = new Breaker(OPTIONS);
    failCalls(breaker, 3, 0);
    failCalls(breaker, 1, 2_000);
    expect(breaker.state).toBe("closed");
  });

  it("lets one probe out at a time, closes after two good ones, and doubles its time after a bad one", () => {
    const breaker = new Breaker(OPTIONS);
    failCalls(breaker, 4, 0);
    const probe = breaker.admit(100) as { kind: "admitted"; generation: number };
    expect(probe.kind).toBe("admitted");
    expect(breaker.admit(100).kind).toBe("refused");
    breaker.record(probe, true, 110);
    expect(breaker.admit(309).kind).toBe("refused");
    for (const nowMs of [310, 311]) {
      const permit = breaker.admit(nowMs) as { generation: number };
      breaker.record(permit, false, nowMs);
    }
    expect(breaker.state).toBe("closed");
  });

  it("is not moved by the outcome of a call from before", () => {
    const breaker = new Breaker(OPTIONS);
    const early = { ...(breaker.admit(0) as { generation: number }) };
    failCalls(breaker, 4, 0);
    breaker.record(early, false, 50);
    expect(breaker.state).toBe("open");
  });

  it("does not stay half-open for a probe whose outcome never comes", () => {
    const breaker = new Breaker(OPTIONS);
    failCalls(breaker, 4, 0);
    expect(breaker.admit(100).kind).toBe("admitted");
    expect(breaker.admit(199).kind).toBe("refused");
    expect(breaker.admit(200).kind).toBe("admitted");
  });
});

type Step = { readonly waitMs: number; readonly action: "call" | "answer" | "fault" | "drop" };

const steps = fc.array(
  fc.record<Step>({ waitMs: fc.integer({ min: 0, max: 150 }), action: fc.constantFrom("call", "answer", "fault", "drop") }),
  { maxLength: 60 },
);

/** Plays a history and gives every broken promise in words. */
function findBrokenPromises(history: readonly Step[]): string[] {
  const breaker = new Breaker(OPTIONS);
  const open: { generation: number }[] = [];
  const broken: string[] = [];
  let nowMs = 0;
  let openedAtMs = Number.NEGATIVE_INFINITY;
  let leaseUntilMs = Number.NEGATIVE_INFINITY;
  const act: Record<Step["action"], () => void> = {
    call() {
      const before = breaker.state;
      const admission = breaker.admit(nowMs);
      const isAdmitted = admission.kind === "admitted";
      broken.push(
        ...(before === "closed" && !isAdmitted ? ["a closed circuit refused"] : []),
        ...(before === "open" && isAdmitted && nowMs < openedAtMs + OPTIONS.openMs ? ["an open circuit let a call through"] : []),
        ...(before === "half-open" && isAdmitted && nowMs < leaseUntilMs ? ["two probes at once"] : []),
        ...(admission.kind === "refused" && !(admission.retryAfterMs > 0 && admission.retryAfterMs <= OPTIONS.maxOpenMs)
          ? ["a useless Retry-After"]
          : []),
      );
      const permits = isAdmitted ? [{ generation: (admission as { generation: number }).generation }] : [];
      open.push(...permits);
      leaseUntilMs = isAdmitted && breaker.state === "half-open" ? nowMs + OPTIONS.openMs : leaseUntilMs;
    },
    answer: () => settle(false),
    fault: () => settle(true),
    drop: () => void open.shift(),
  };
  function settle(isFault: boolean): void {
    const permit = open.shift();
    const before = breaker.state;
    breaker.record(permit ?? { generation: -1 }, isFault, nowMs);
    openedAtMs = breaker.state === "open" && before !== "open" ? nowMs : openedAtMs;
    leaseUntilMs = breaker.state === "half-open" ? Number.NEGATIVE_INFINITY : leaseUntilMs;
    broken.push(
      ...(before === "open" && breaker.state !== "open" ? ["an outcome from before moved an open circuit"] : []),
      ...(!isFault && before !== "open" && breaker.state === "open" ? ["a good answer opened the circuit"] : []),
    );
  }
  for (const step of history) {
    nowMs += step.waitMs;
    act[step.action]();
  }
  // Whatever happened: a dependency that is well again is called again, and the circuit closes.
  for (let probe = 0; probe < 4; probe++) {
    nowMs += OPTIONS.maxOpenMs;
    const admission = breaker.admit(nowMs);
    broken.push(...(admission.kind === "refused" ? ["stuck: refused after the longest time open"] : []));
    breaker.record(admission as { generation: number }, false, nowMs);
  }
  broken.push(...(breaker.state === "closed" ? [] : ["stuck: not closed after good probes"]));
  return broken;
}

describe("a circuit breaker over random histories", () => {
  it("breaks none of its promises", () => {
    fc.assert(
      fc.property(steps, (history) => {
        expect(findBrokenPromises(history)).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  });
});
