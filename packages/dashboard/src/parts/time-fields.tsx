import type { ReactNode } from "react";
import { fromFieldValue, toFieldValue } from "../time-range.ts";

type Props = { readonly from: string; readonly to: string };

/** The form fields of a time range, in the viewer's zone; `from` and `to` are written as in addresses, empty for none. */
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

/** Reads the fields as an address writes them; empty or unfinished ones are left out. */
export function readTimeFields(form: FormData): { readonly from: string; readonly to: string } {
  const read = (name: string): string => {
    const value = form.get(name);
    return (typeof value === "string" ? fromFieldValue(value) : undefined) ?? "";
  };
  return { from: read("from"), to: read("to") };
}
