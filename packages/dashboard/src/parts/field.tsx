import type { ReactNode } from "react";

type Props = {
  readonly name: string;
  readonly value: string;
  readonly label?: string;
  readonly required?: boolean;
  readonly suggestions?: readonly string[];
};

/** A labelled text field of a form, with known values as suggestions. */
export function Field({ name, value, label = name, required = false, suggestions = [] }: Props): ReactNode {
  const listId = `known-${name}`;
  return (
    <label>
      <span>{label}</span>
      <input name={name} defaultValue={value} required={required} list={listId} autoComplete="off" spellCheck={false} />
      <datalist id={listId}>
        {suggestions.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </label>
  );
}
