import type { Change, CountSeries, Window } from "@faultline/model";
import { type ReactNode, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { toCollectorTime } from "../collector-clock.ts";
import { formatClock, formatCompact, formatCount, formatRatio, formatTime, toVisibleText } from "../format.ts";
import { type PlacedName, placeNames } from "./place-names.ts";

const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

type Props = {
  readonly series: CountSeries;
  readonly changes: readonly Change[];
  readonly height?: number;
  /** Called with the window that was selected with the pointer; when absent, nothing can be selected. */
  readonly onSelect?: (window: Window) => void;
};

/** Requests as a quiet line, server errors as bars on a scale of their own, deploys as vertical lines. */
export function CountChart({ series, changes, height = 150, onSelect }: Props): ReactNode {
  const [readout, setReadout] = useState<number | undefined>(undefined);
  const ink = useInk();
  return (
    <figure className="chart">
      <figcaption className="chart-key">
        <span className="key-failing">server errors, left scale</span>
        <span className="key-total">requests, right scale</span>
        {changes.length > 0 && <span className="key-change">deploys and changes</span>}
        <span className="chart-readout">{describeStep(series, readout)}</span>
      </figcaption>
      <Canvas key={ink} {...{ series, changes, height, onSelect, setReadout }} />
    </figure>
  );
}

type CanvasProps = Required<Omit<Props, "onSelect">> & {
  readonly onSelect: Props["onSelect"];
  readonly setReadout: (step: number | undefined) => void;
};

/** The chart is created once per theme and gets new counts in place, so that it neither flickers nor loses the pointer. */
function Canvas({ series, changes, height, onSelect, setReadout }: CanvasProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn>({ changes: [], rows: 0, stepMs: series.stepMs, onSelect });
  const canSelect = onSelect !== undefined;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const parts = drawn.current;
    parts.rows = 0;
    const chart = new uPlot(toOptions({ element, height, parts, canSelect, setReadout }), [[], [], []], element);
    parts.chart = chart;
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: chart.height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [height, canSelect, setReadout]);
  useEffect(() => {
    Object.assign(drawn.current, { changes, stepMs: series.stepMs, onSelect });
    drawn.current.chart?.setData(toData(series));
  }, [series, changes, onSelect]);
  return <div ref={place} role="img" aria-label={describeSeries(series, changes)} />;
}

/** Leaves the unfinished step out of the line, which would otherwise seem to fall. */
function toData(series: CountSeries): uPlot.AlignedData {
  const nowMs = toCollectorTime(Date.now());
  const ended = series.total.map((count, step) => (series.fromMs + (step + 1) * series.stepMs > nowMs ? null : count));
  const seconds = series.total.map((_, step) => (series.fromMs + step * series.stepMs) / 1000);
  return [seconds, [...series.failing], ended];
}

function readInk(): string {
  return getComputedStyle(document.documentElement).getPropertyValue("--ink");
}

/** The text colour of the theme. When it changes, a canvas has to be drawn again, because it keeps the colours it was drawn with. */
function useInk(): string {
  const [ink, setInk] = useState(readInk);
  useEffect(() => {
    const update = (): void => setInk(readInk());
    const media = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(update);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    media.addEventListener("change", update);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", update);
    };
  }, []);
  return ink;
}

/** The state that a chart's hooks read while it exists. */
type Drawn = {
  chart?: uPlot;
  changes: readonly Change[];
  /** The rows of change names that the chart's height has room for. */
  rows: number;
  stepMs: number;
  onSelect: Props["onSelect"];
};

type ChartParts = {
  readonly element: HTMLElement;
  readonly height: number;
  readonly parts: Drawn;
  readonly canSelect: boolean;
  readonly setReadout: (step: number | undefined) => void;
};

function toOptions({ element, height, parts, canSelect, setReadout }: ChartParts): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--muted"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: `11px ${color("--sans")}`,
  };
  const bars = uPlot.paths.bars?.({ size: [0.9, 40], align: 1 });
  return {
    width: element.clientWidth,
    height,
    padding: [() => parts.rows * ROW_HEIGHT + HEADROOM, null, null, null],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: canSelect, y: false, setScale: false } },
    scales: { x: { time: true }, failing: { range: toRange }, total: { range: toRange } },
    axes: [
      { ...axis, grid: { show: false }, size: 24, gap: 4, space: 64, values: (_, ticks) => ticks.map(formatTick) },
      {
        ...axis,
        scale: "failing",
        size: 44,
        values: (_, ticks) => ticks.map(formatWhole),
      },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares the enum Axis.Side and exports no value of it
      { ...axis, scale: "total", side: 1, size: 44, grid: { show: false }, values: (_, ticks) => ticks.map(formatWhole) },
    ],
    series: [
      {},
      {
        scale: "failing",
        fill: color("--created"),
        stroke: color("--created"),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      },
      { scale: "total", stroke: color("--muted"), width: 1.2, points: { show: false } },
    ],
    hooks: {
      setSelect: [(chart) => selectSteps(chart, parts)],
      setCursor: [(chart) => setReadout(chart.cursor.idx ?? undefined)],
      draw: [
        (chart) => drawChanges(chart, parts, { line: color("--accent"), font: `600 11px ${color("--sans")}`, paper: color("--paper") }),
      ],
    },
  };
}

/** The selection in whole steps, from the first that the pointer touched to the last. */
function selectSteps(chart: uPlot, { stepMs, onSelect }: Drawn): void {
  const { left, width } = chart.select;
  if (width <= 0) return;
  const toStepMs = (pixels: number): number => Math.floor((chart.posToVal(pixels, "x") * 1000) / stepMs) * stepMs;
  chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  onSelect?.({ fromMs: toStepMs(left), toMs: toStepMs(left + width) + stepMs });
}

/** A label of the count axis; values between whole numbers get none. */
function formatWhole(count: number): string {
  return Number.isInteger(count) ? formatCompact(count) : "";
}

/** A label of the time axis: hour and minute, or the day at midnight. */
function formatTick(seconds: number): string {
  const date = new Date(seconds * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  return isMidnight ? DAY.format(date) : date.getSeconds() === 0 ? HOUR.format(date) : formatClock(seconds * 1000);
}

function toRange(_: uPlot, _least: number | null, most: number | null): [number, number] {
  return [0, Math.max(1, (most ?? 1) * 1.12)];
}

/** The height of a row of change names. */
const ROW_HEIGHT = 15;
/** The space between the bars and the names. */
const HEADROOM = 6;

type ChangeInk = { readonly line: string; readonly font: string; readonly paper: string };
type DrawnChange = { readonly x: number; readonly name: string; readonly width: number; readonly placed: PlacedName | undefined };

/** The changes in view with the places of their names, in canvas pixels. */
function placeChanges(chart: uPlot, changes: readonly Change[], font: string): readonly DrawnChange[] {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = font;
  const shown = [...changes]
    .sort((a, b) => a.timeMs - b.timeMs)
    .map((change) => {
      const name = toLabel(`${change.service} ${change.version ?? change.kind}`);
      const width = ctx.measureText(name).width + 8 * devicePixelRatio;
      return { x: Math.round(chart.valToPos(change.timeMs / 1000, "x", true)), name, width };
    })
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width);
  ctx.restore();
  const places = placeNames(shown, bbox.left + bbox.width);
  return shown.map((each, index) => ({ ...each, placed: places[index] }));
}

/** Writes the names above the bars, so that they hide none. The chart grows by the rows that they need and is then drawn again. */
function drawChanges(chart: uPlot, parts: Drawn, { line, font, paper }: ChangeInk): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const scaledFont = font.replace("11px", `${11 * ratio}px`);
  const changes = placeChanges(chart, parts.changes, scaledFont);
  const rows = Math.max(0, ...changes.map(({ placed }) => (placed === undefined ? 0 : placed.row + 1)));
  if (rows !== parts.rows) {
    const height = chart.height + (rows - parts.rows) * ROW_HEIGHT;
    parts.rows = rows;
    chart.setSize({ width: chart.width, height });
    return;
  }
  const toTop = (row: number): number => bbox.top - ((rows - row) * ROW_HEIGHT + HEADROOM / 2) * ratio;
  ctx.save();
  ctx.font = scaledFont;
  ctx.strokeStyle = line;
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  for (const { x, placed } of changes) {
    ctx.beginPath();
    ctx.moveTo(x, placed === undefined ? bbox.top : toTop(placed.row));
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  // Drawn after all lines, so that none crosses a name.
  for (const { name, width, placed } of changes) {
    if (placed === undefined) continue;
    ctx.fillStyle = paper;
    ctx.fillRect(placed.left, toTop(placed.row), width, ROW_HEIGHT * ratio);
    ctx.fillStyle = line;
    ctx.textBaseline = "middle";
    ctx.fillText(name, placed.left + 4 * ratio, toTop(placed.row) + 8 * ratio);
  }
  ctx.restore();
}

const MOST_LABEL_SIGNS = 28;
const SIGNS = new Intl.Segmenter("en");

/**
 * Truncates by whole characters, never inside an emoji. A canvas cannot isolate directions, so controls that change them are made visible.
 */
function toLabel(text: string): string {
  const signs = Array.from(SIGNS.segment(toVisibleText(text)), ({ segment }) => segment);
  return signs.length <= MOST_LABEL_SIGNS ? signs.join("") : `${signs.slice(0, MOST_LABEL_SIGNS - 1).join("")}…`;
}

function describeStep({ fromMs, stepMs, total, failing }: CountSeries, step: number | undefined): string {
  if (step === undefined || step >= total.length) return `steps of ${stepMs / 1000} s`;
  const [all, failed] = [total[step] ?? 0, failing[step] ?? 0];
  return `${formatClock(fromMs + step * stepMs)}: ${formatCount(failed)} of ${formatCount(all)} failed${all > 0 ? `, ${formatRatio(failed / all)}` : ""}`;
}

function describeSeries({ fromMs, stepMs, total, failing }: CountSeries, changes: readonly Change[]): string {
  const worst = failing.reduce((best, count, step) => (count > (failing[best] ?? 0) ? step : best), 0);
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  const said = changes.map((change) => `${change.kind} of ${change.service} ${change.version ?? ""} at ${formatTime(change.timeMs)}`);
  return `${formatCount(sum(failing))} of ${formatCount(sum(total))} requests failed, most at ${formatTime(fromMs + worst * stepMs)}. ${said.join("; ")}`;
}
