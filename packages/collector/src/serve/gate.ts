import type { ArmCounts, GateAnswer, Window } from "@faultline/model";
import { toWilsonInterval } from "@faultline/playbook/detect";
import { decideRollout } from "@faultline/playbook/rollout";
import type { Store } from "../store/contract.ts";

/** Whose counts a gate compares. */
export type GateQuestion = {
  readonly baseline: string;
  readonly canary: string;
  readonly service?: string;
  readonly route?: string;
  readonly window: Window;
};

const STEP_MS = 10_000;

/** Counts both versions' server exchanges and decides by them. */
export async function answerGate(store: Store, { baseline, canary, window, ...scope }: GateQuestion): Promise<GateAnswer> {
  const rows = await store.count({ ...scope, window, stepMs: STEP_MS, groupBy: ["version"] });
  const sum = (version: string): ArmCounts => {
    const own = rows.filter((row) => row.group.version === version);
    return { failing: own.reduce((all, row) => all + row.failing, 0), total: own.reduce((all, row) => all + row.total, 0) };
  };
  const arms = { baseline: sum(baseline), canary: sum(canary) };
  const newestMs = rows.filter((row) => row.group.version === canary).reduce((newest, row) => Math.max(newest, row.fromMs + STEP_MS), 0);
  return {
    ...arms,
    ...(arms.baseline.total === 0 ? {} : { baselineRatio: toWilsonInterval(arms.baseline.failing, arms.baseline.total) }),
    ...(arms.canary.total === 0 ? {} : { canaryRatio: toWilsonInterval(arms.canary.failing, arms.canary.total) }),
    decision: decideRollout(arms.baseline, arms.canary),
    ...(newestMs === 0 ? {} : { canaryAgeS: Math.max(0, Math.round((window.toMs - newestMs) / 1000)) }),
  };
}
