import type { WaterfallRow } from "@faultline/model";

/** Traces of up to this many spans are drawn in full. */
const MOST_ROWS = 80;
const MOST_SIBLINGS = 3;

/**
 * Chooses the rows of a long trace that show its failure: every failing span, the path from the root to each, and the first children of
 * those. A short trace is shown whole.
 */
export function chooseRows(rows: readonly WaterfallRow[], focusId: string | undefined): readonly WaterfallRow[] {
  if (rows.length <= MOST_ROWS) return rows;
  const byId = new Map(rows.map((row) => [row.spanId, row]));
  const onPath = new Set<string>();
  for (const row of rows) {
    if (!row.failed && row.spanId !== focusId) continue;
    for (let at: WaterfallRow | undefined = row; at !== undefined && !onPath.has(at.spanId); at = byId.get(at.parentSpanId ?? "")) {
      onPath.add(at.spanId);
    }
  }
  const shownChildren = new Map<string, number>();
  const chosen = rows.filter((row) => {
    if (onPath.has(row.spanId) || row.depth === 0) return true;
    const parent = row.parentSpanId ?? "";
    const shown = shownChildren.get(parent) ?? 0;
    if (!onPath.has(parent) || shown >= MOST_SIBLINGS) return false;
    shownChildren.set(parent, shown + 1);
    return true;
  });
  return chosen.length > MOST_ROWS ? chosen.filter((row) => onPath.has(row.spanId) || row.depth === 0).slice(0, MOST_ROWS) : chosen;
}

/** A bar's position on the track, in percent; every bar is wide enough to be seen and stays on the track. */
export function toBar({ offsetMs, durationMs }: WaterfallRow, traceMs: number): { readonly left: string; readonly width: string } {
  const whole = traceMs > 0 ? traceMs : 1;
  const left = Math.min(99.5, Math.max(0, (offsetMs / whole) * 100));
  const width = Math.min(100 - left, Math.max(0.5, (durationMs / whole) * 100));
  return { left: `${left.toFixed(2)}%`, width: `${width.toFixed(2)}%` };
}

/** Four to six round times for a trace's ruler, starting at 0. */
export function toTicks(traceMs: number): readonly number[] {
  if (!(traceMs > 0)) return [0];
  const rough = traceMs / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(traceMs / step) + 1 }, (_, index) => index * step);
}
