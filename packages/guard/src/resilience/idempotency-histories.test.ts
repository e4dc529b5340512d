/** Idempotency-Keys over random histories: requests that take long, fail, stand still or die, on a virtual clock, held against what must be so. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import type { Clock } from "./clock.ts";
import { createMemoryIdempotencyStore } from "./idempotency-memory.ts";
import { openSqliteIdempotencyStore } from "./idempotency-sqlite.ts";
import { type IdempotencyError, type IdempotencyStore, runIdempotent, type StoredAnswer } from "./idempotency.ts";

const LEASE_MS = 300;
const KEEP_MS = 2_000;

type End = "answers" | "fails" | "throws" | "dies" | "stands still and answers";
type Step = { readonly waitMs: number; readonly key: number; readonly payload: number; readonly takesMs: number; readonly end: End };

const histories = fc.array(
  fc.record<Step>({
    waitMs: fc.integer({ min: 0, max: 400 }),
    key: fc.integer({ min: 0, max: 2 }),
    payload: fc.constantFrom(0, 0, 0, 1),
    takesMs: fc.integer({ min: 0, max: 1_000 }),
    end: fc.constantFrom<End>("answers", "answers", "fails", "throws", "dies", "stands still and answers"),
  }),
  { maxLength: 30 },
);

/** What is known from outside of one execution of the work. */
type Execution = {
  readonly key: number;
  readonly payload: number;
  readonly fromMs: number;
  heldUntilMs: number;
  answer: string | undefined;
};

/** The clock of a process that stands still from the start of its work on: nothing it scheduled runs. */
function frozen(clock: Clock): Clock {
  return { nowMs: () => clock.nowMs(), schedule: () => () => undefined };
}

async function play(history: readonly Step[], open: (nowMs: () => number) => IdempotencyStore): Promise<string[]> {
  const clock = createVirtualClock();
  const store = open(() => clock.nowMs());
  const executions: Execution[] = [];
  const broken: string[] = [];

  const holder = (key: number): Execution | undefined =>
    executions.findLast((each) => each.key === key && each.heldUntilMs > clock.nowMs());

  async function ask(step: Step): Promise<void> {
    const before = holder(step.key);
    const isHeld = before !== undefined;
    const standsStill = step.end === "dies" || step.end === "stands still and answers";
    let own: Execution | undefined;
    const work = async (): Promise<StoredAnswer> => {
      if (isHeld) broken.push(`executed ${step.key} while another held it`);
      own = {
        key: step.key,
        payload: step.payload,
        fromMs: clock.nowMs(),
        heldUntilMs: standsStill ? clock.nowMs() + LEASE_MS : Infinity,
        answer: undefined,
      };
      executions.push(own);
      await new Promise<void>((resolve) => void clock.schedule(step.takesMs, resolve));
      if (step.end === "dies") return new Promise(() => undefined);
      // Late, but nobody has claimed the key since: then its answer is as good as any.
      const mine = executions.findLast((each) => each.key === step.key) === own;
      if (mine && step.end === "stands still and answers")
        Object.assign(own, { heldUntilMs: clock.nowMs() + KEEP_MS, answer: `${own.fromMs}` });
      if (step.end === "answers") Object.assign(own, { heldUntilMs: clock.nowMs() + KEEP_MS, answer: `${own.fromMs}` });
      if (step.end === "fails" || step.end === "throws") own.heldUntilMs = clock.nowMs();
      if (step.end === "throws") throw new Error("thrown");
      return { status: step.end === "fails" ? 503 : 201, headers: [], bodyBase64: `${own.fromMs}` };
    };
    const request = { key: `k${step.key}`, method: "POST", route: "/", caller: "c", body: String(step.payload) };
    const options = { store, leaseMs: LEASE_MS, keepMs: KEEP_MS, clock: standsStill ? frozen(clock) : clock };
    const outcome = await runIdempotent(request, work, options).then(
      ({ answer, isReplay }) => (isReplay ? `replayed ${answer.bodyBase64}` : "done"),
      (error: Partial<IdempotencyError>) => error.code ?? "thrown",
    );
    const allowed = !isHeld
      ? ["done", "thrown"]
      : before.payload !== step.payload
        ? ["mismatch"]
        : [before.answer === undefined ? "in-flight" : `replayed ${before.answer}`];
    if (!allowed.includes(outcome)) broken.push(`${outcome} instead of ${allowed.join(" or ")}`);
    if (!isHeld && own === undefined) broken.push(`nobody held ${step.key}, and it was not executed`);
  }

  for (const step of history) {
    await clock.advance(step.waitMs);
    void ask(step);
  }
  await clock.advance(5_000);
  if (clock.scheduled > 0) broken.push(`${clock.scheduled} timers are left`);
  return broken;
}

const STORES: readonly { readonly name: string; readonly runs: number; readonly open: (nowMs: () => number) => IdempotencyStore }[] = [
  { name: "memory", runs: 10_000, open: (nowMs) => createMemoryIdempotencyStore({ nowMs }) },
  { name: "SQLite", runs: 200, open: (nowMs) => openSqliteIdempotencyStore(":memory:", { nowMs }) },
];

describe.each(STORES)("idempotency keys in $name over $runs random histories", ({ runs, open }) => {
  it("break none of their promises", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await play(history, open)).toEqual([]);
      }),
      { numRuns: runs },
    );
  }, 120_000);
});
