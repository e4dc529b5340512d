import { addressCollector } from "../address-collector.ts";
import { type ReactNode, useEffect, useState } from "react";

type Props = {
  /** What is copied; a long one is made when it is wanted. */
  readonly text: string | (() => string);
  readonly label?: string;
};

/** Copies a command or a piece of code, and says so to eyes and to screen readers. */
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

/** A command to run, with its button; where it asks a collector it asks the one that this page is from. */
export function Command({ text }: { readonly text: string }): ReactNode {
  const command = addressCollector(text, location.origin);
  return (
    <div className="command">
      <code>{command}</code>
      <CopyButton text={command} />
    </div>
  );
}
