import type { ReactNode } from "react";
import { fromFieldValue, toFieldValue } from "../time-range.ts";

type Props = { readonly from: string; readonly to: string };

/** The two ends of a time in a form, in the viewer's zone; `from` and `to` are as an address has them, empty for none. */
export function TimeFields({ from, to }: Props): ReactNode {
  return [
    ["from", from],
    ["to", to],
  ].map(([name = "", text = ""]) => (
    <label key={name} className="time-field">
      <span>{name}</span>
      <input type="datetime-local" name={name} defaultValue={toFieldValue(text)} aria-description={`in ${ZONE}`} title={`in ${ZONE}`} />
    </label>
  ));
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the fields of a form say, as an address has it; an empty or unfinished one is left out. */
export function readTimeFields(form: FormData): { readonly from: string; readonly to: string } {
  const read = (name: string): string => {
    const value = form.get(name);
    return (typeof value === "string" ? fromFieldValue(value) : undefined) ?? "";
  };
  return { from: read("from"), to: read("to") };
}
