import type { Window } from "@faultline/model";
import { type FormEvent, type ReactNode, useState } from "react";
import { navigate } from "../router.ts";
import { moveRange, toInstant, toWindow, type TimeRange, WINDOWS } from "../time-range.ts";
import { Link } from "./link.tsx";
import { readTimeFields, TimeFields } from "./time-fields.tsx";

const WINDOW_NAMES: Readonly<Record<number, string>> = { 15: "15 min", 60: "1 h", 360: "6 h", 1440: "24 h" };

type Props = {
  readonly range: TimeRange;
  readonly nowMs: number;
  readonly toAddress: (range: TimeRange) => string;
};

/** Chooses the time that a page shows: the last minutes, or a fixed time. The choice is part of the address, so that a link includes it. */
export function TimeChoice({ range, nowMs, toAddress }: Props): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const isPast = range.kind === "between";
  return (
    <>
      <nav className="windows" aria-label="Time window">
        {WINDOWS.map((minutes) => (
          <Link
            key={minutes}
            to={toAddress({ kind: "last", minutes })}
            current={range.kind === "last" && range.minutes === minutes}
            onOpen={() => setOpen(false)}
          >
            {WINDOW_NAMES[minutes]}
          </Link>
        ))}
        {isPast ? (
          <span className="window-past">a past time</span>
        ) : (
          <button type="button" className="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Past time
          </button>
        )}
      </nav>
      {(isPast || isOpen) && <PastForm {...{ range, nowMs, toAddress }} />}
    </>
  );
}

function PastForm({ range, nowMs, toAddress }: Props): ReactNode {
  const [isWrong, setWrong] = useState(false);
  const window = toWindow(range, nowMs);
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const { from, to } = readTimeFields(new FormData(event.currentTarget));
    const isRange = from !== "" && Date.parse(from) < (to === "" ? nowMs : Date.parse(to));
    setWrong(!isRange);
    if (isRange) navigate(toAddress({ kind: "between", from, to: to === "" ? toInstant(nowMs) : to }));
  };
  const ends = range.kind === "between" ? range : toMinutes({ fromMs: nowMs - range.minutes * 60_000, toMs: nowMs });
  return (
    <form className="filter past" aria-label="Past time" onSubmit={apply} noValidate>
      {window !== undefined && <Link to={toAddress(moveRange(window, -1, nowMs))}>Earlier</Link>}
      {/* Not by the clock: it would write over what somebody is typing. */}
      <TimeFields key={JSON.stringify(range)} from={ends.from} to={ends.to} />
      <button type="submit">Show</button>
      {window !== undefined && range.kind === "between" && <Link to={toAddress(moveRange(window, 1, nowMs))}>Later</Link>}
      {range.kind === "between" && <Link to={toAddress({ kind: "last", minutes: WINDOWS[0] })}>Back to now</Link>}
      {isWrong && (
        <p className="form-wrong" role="alert">
          Give a time that begins before it ends.
        </p>
      )}
    </form>
  );
}

/** The current window in whole minutes, as a starting point for editing. */
function toMinutes({ fromMs, toMs }: Window): { readonly from: string; readonly to: string } {
  const cut = (timeMs: number): string => toInstant(Math.floor(timeMs / 60_000) * 60_000);
  return { from: cut(fromMs), to: cut(toMs) };
}
