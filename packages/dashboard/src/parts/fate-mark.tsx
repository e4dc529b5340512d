import type { Fate } from "@faultline/model";
import type { ReactNode } from "react";

/** What each fate means, for the title of its mark. */
export const FATE_MEANINGS: Readonly<Record<Fate, string>> = {
  created: "created the failure",
  propagated: "passed on the failure it got",
  remapped: "turned the failure it got into another one",
  masked: "hid the failure behind a good answer",
  clean: "had no part in the failure",
};

/** A shape for each fate, so that it can be recognised without colour: cross, arrow, exchange, veil, ring. */
const SHAPES: Readonly<Record<Fate, ReactNode>> = {
  created: (
    <>
      <rect x="1" y="1" width="14" height="14" rx="3" className="fill" />
      <path d="M5 5l6 6M11 5l-6 6" className="cut" />
    </>
  ),
  propagated: (
    <>
      <circle cx="8" cy="8" r="6.5" className="line" />
      <path d="M11.5 8h-7M7 5.2L4.2 8 7 10.8" className="line" />
    </>
  ),
  remapped: (
    <>
      <path d="M8 .8L15.2 8 8 15.2.8 8z" className="fill" />
      <path d="M5 6.6h6M9.4 5l1.6 1.6M11 9.6H5m1.6 1.6L5 9.6" className="cut" />
    </>
  ),
  masked: (
    <>
      <circle cx="8" cy="8" r="6.5" className="line" />
      <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" className="fill" />
    </>
  ),
  clean: <circle cx="8" cy="8" r="6" className="line" />,
};

/** A fate, shown as shape, colour and word. */
export function FateMark({ fate, word = true }: { readonly fate: Fate; readonly word?: boolean }): ReactNode {
  return (
    <span className={`fate fate-${fate}`} title={FATE_MEANINGS[fate]}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        {SHAPES[fate]}
      </svg>
      {word ? <span>{fate}</span> : <span className="unseen">{fate}</span>}
    </span>
  );
}
