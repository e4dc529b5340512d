import type { CountSeries, Window } from "@faultline/model";

/** The store counts in steps of this many ms; every step is a multiple of it. */
const FINEST_STEP_MS = 10_000;

/** The shortest step, a multiple of 10 s, that divides a window into at most `mostSteps` steps; and the window, widened to whole steps. */
export function chooseSteps({ fromMs, toMs }: Window, mostSteps: number): { readonly stepMs: number; readonly window: Window } {
  const stepMs = Math.max(1, Math.ceil((toMs - fromMs) / mostSteps / FINEST_STEP_MS)) * FINEST_STEP_MS;
  return { stepMs, window: { fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs: Math.ceil(toMs / stepMs) * stepMs } };
}

/** Arranges the counts of some groups as one series of equal steps; counts outside the window are left out. */
export function toCountSeries(
  rows: readonly { readonly fromMs: number; readonly total: number; readonly failing: number }[],
  { fromMs, toMs }: Window,
  stepMs: number,
): CountSeries {
  const steps = Math.ceil((toMs - fromMs) / stepMs);
  const total = Array.from({ length: steps }, () => 0);
  const failing = Array.from({ length: steps }, () => 0);
  for (const row of rows) {
    const step = Math.floor((row.fromMs - fromMs) / stepMs);
    if (step < 0 || step >= steps) continue;
    total[step] = (total[step] ?? 0) + row.total;
    failing[step] = (failing[step] ?? 0) + row.failing;
  }
  return { fromMs, stepMs, total, failing };
}
