import { addressCollector } from "../address-collector.ts";
import { type ReactNode, useEffect, useState } from "react";

type Props = {
  /** The text to copy; a function for a long one, which is then made on demand. */
  readonly text: string | (() => string);
  readonly label?: string;
};

/** Copies a command or a piece of code, and confirms it visibly and to screen readers. */
export function CopyButton({ text, label = "Copy" }: Props): ReactNode {
  const [outcome, setOutcome] = useState<"" | "Copied" | "Select and copy by hand">("");
  useEffect(() => {
    if (outcome === "") return undefined;
    const timer = setTimeout(() => setOutcome(""), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setOutcome("Copied");
    } catch {
      setOutcome("Select and copy by hand");
    }
  };
  return (
    <button
      type="button"
      className="copy"
      onClick={() => void copy()}
      aria-label={typeof text === "string" ? `${label}: ${text.slice(0, 80)}` : undefined}
    >
      <span aria-live="polite">{outcome === "" ? label : outcome}</span>
    </button>
  );
}

/** A command to run, with its copy button. One that talks to a collector gets the address of this page's. */
export function Command({ text }: { readonly text: string }): ReactNode {
  const command = addressCollector(text, location.origin);
  return (
    <div className="command">
      <code>{command}</code>
      <CopyButton text={command} />
    </div>
  );
}
