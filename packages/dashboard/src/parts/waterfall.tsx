import type { Fate, TraceAnswer, WaterfallRow } from "@faultline/model";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { formatCount, formatDuration } from "../format.ts";
import { Captured } from "./captured-text.tsx";
import { chooseRows, toBar, toTicks } from "./choose-rows.ts";
import { FateMark } from "./fate-mark.tsx";
import { SpanDetails } from "./span-details.tsx";

/** Deeper spans are not indented any further. */
const MOST_INDENTS = 14;
/** Longer lists scroll in a box of their own. */
const LONG_LIST = 30;

type Props = {
  readonly trace: TraceAnswer;
  /** The span to open and scroll to; by default the one at which the failure began. */
  readonly focusId?: string | undefined;
  /** The diagnosis's account of each service. */
  readonly fates?: ReadonlyMap<string, Fate>;
};

/**
 * The spans of a trace over time. Arrow keys walk through them, Enter opens one. Give it a key of trace and span, so that its state starts
 * anew with another.
 */
export function Waterfall({ trace, focusId, fates = new Map() }: Props): ReactNode {
  const wanted = focusId ?? trace.failingSpanId;
  const [openId, setOpenId] = useState(focusId);
  const [isWhole, setWhole] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const box = list.current;
    const row = box?.querySelector<HTMLElement>("[data-wanted]");
    if (box && row) box.scrollTop = row.offsetTop - box.clientHeight / 3;
  }, []);
  const rows = isWhole ? trace.rows : chooseRows(trace.rows, wanted);
  const hidden = trace.rows.length - rows.length;
  return (
    <div className="waterfall">
      <Ruler traceMs={trace.durationMs} />
      <ol
        ref={list}
        className={rows.length > LONG_LIST ? "spans spans-long" : "spans"}
        onKeyDown={walk}
        aria-label={`${rows.length} spans over ${formatDuration(trace.durationMs)}`}
      >
        {rows.map((row) => (
          <li key={row.spanId} data-wanted={row.spanId === wanted || undefined}>
            <SpanRow
              row={row}
              traceMs={trace.durationMs}
              fate={row.kind === "server" ? fates.get(row.service) : undefined}
              isOpen={row.spanId === openId}
              isWanted={row.spanId === wanted}
              onToggle={() => setOpenId(openId === row.spanId ? undefined : row.spanId)}
            />
            {row.spanId === openId && <SpanDetails row={row} traceId={trace.traceId} />}
          </li>
        ))}
      </ol>
      <Remarks trace={trace} hidden={hidden} />
      {(hidden > 0 || isWhole) && (
        <button type="button" className="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show the failing part only" : `Show ${formatCount(hidden)} more spans`}
        </button>
      )}
    </div>
  );
}

function walk(event: KeyboardEvent<HTMLOListElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || !event.target.classList.contains("span-row")) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".span-row")];
  const next = rows[rows.indexOf(event.target) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** Marks beyond this part of the ruler get no label, because there is no room for it. */
const LABELLED_TO = 0.85;
/** On a short ruler, labels beyond this part are written before their mark. */
const LATE_FROM = 0.6;

function Ruler({ traceMs }: { readonly traceMs: number }): ReactNode {
  return (
    <div className="ruler" aria-hidden="true">
      <span />
      <div>
        {toTicks(traceMs).map((tick) => (
          <span
            key={tick}
            className={tick > traceMs * LATE_FROM ? "late" : undefined}
            style={{ left: `${((tick / (traceMs || 1)) * 100).toFixed(2)}%` }}
          >
            {tick === 0 ? "0" : tick < traceMs * LABELLED_TO ? formatDuration(tick) : ""}
          </span>
        ))}
      </div>
    </div>
  );
}

type RowProps = {
  readonly row: WaterfallRow;
  readonly traceMs: number;
  readonly fate: Fate | undefined;
  readonly isOpen: boolean;
  readonly isWanted: boolean;
  readonly onToggle: () => void;
};

function SpanRow({ row, traceMs, fate, isOpen, isWanted, onToggle }: RowProps): ReactNode {
  const bar = toBar(row, traceMs);
  const indent = { paddingInlineStart: `calc(${Math.min(row.depth, MOST_INDENTS)} * var(--indent) + 8px)` };
  return (
    <button
      type="button"
      className={`span-row${row.failed ? " failed-span" : ""}${isWanted ? " wanted-span" : ""}`}
      aria-expanded={isOpen}
      onClick={onToggle}
    >
      <span className="span-name" style={indent}>
        {fate !== undefined && <FateMark fate={fate} word={false} />}
        <b>
          <Captured text={row.service} />
        </b>
        <span className="span-operation">
          <Captured text={row.name} />
        </span>
        {row.statusCode !== undefined && <span className={`status status-${Math.floor(row.statusCode / 100)}`}>{row.statusCode}</span>}
      </span>
      <span className="span-track">
        <span className={`span-bar kind-${row.kind}`} style={bar} />
        <span {...placeTime(bar)}>{formatDuration(row.durationMs)}</span>
      </span>
    </button>
  );
}

/** Puts the duration after its bar, before it, or in it, wherever there is room. */
function placeTime({ left, width }: { readonly left: string; readonly width: string }): { className: string; style: CSSProperties } {
  const [from, to] = [Number.parseFloat(left), Number.parseFloat(left) + Number.parseFloat(width)];
  if (to <= 78) return { className: "span-time", style: { left: `${to}%` } };
  if (from >= 16) return { className: "span-time", style: { right: `${100 - from}%` } };
  return { className: "span-time inside", style: { right: `${100 - to}%` } };
}

function Remarks({ trace, hidden }: { readonly trace: TraceAnswer; readonly hidden: number }): ReactNode {
  const skewed = trace.rows.filter((row) => Math.abs(row.skewMs) >= 1).length;
  const said = [
    trace.missingParents.length > 0 && `${trace.missingParents.length} parent spans never arrived: a hop without telemetry, or a late one.`,
    skewed > 0 && `${skewed} spans were moved, because their clock disagrees with their caller's.`,
    trace.leftOut > 0 && `${trace.leftOut} spans beyond the limit are not shown.`,
    hidden > 0 && `Shown are the failing spans, the way to them and their neighbours.`,
  ].filter((each) => each !== false);
  return said.length === 0 ? null : <p className="muted remarks">{said.join(" ")}</p>;
}
