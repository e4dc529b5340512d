import type { CountSeries } from "@faultline/model";

const HEIGHT = 20;
const BASE = 2;
/** The least height of a bar: one failing request among thousands must be visible. */
const LEAST = 3;

/** The two shapes of a strip as SVG path data, in a box one unit wide per step and 20 units high. */
export function toStripPaths({ total, failing }: CountSeries): { readonly traffic: string; readonly failing: string } {
  const traffic = total.map((count, step) => (count > 0 ? toBox(step, BASE) : "")).join("");
  const red = failing.map((count, step) => {
    if (count === 0) return "";
    const share = count / Math.max(count, total[step] ?? 0);
    return toBox(step, LEAST + (HEIGHT - LEAST) * Math.sqrt(share));
  });
  return { traffic, failing: red.join("") };
}

function toBox(step: number, height: number): string {
  return `M${step} ${HEIGHT}v${(-height).toFixed(1)}h1V${HEIGHT}z`;
}
