import { type ReactNode, useState } from "react";
import { toVisibleText } from "../format.ts";

/**
 * Inline captured text: every control character is made visible, and the text's direction is isolated from ours. It runs from left to
 * right, as a path or a sentence of ours does whatever script the names in it have. The default, `auto`, would turn a whole sentence round
 * because of its first letter.
 */
export function Captured({ text }: { readonly text: string }): ReactNode {
  return <bdi dir="ltr">{toVisibleText(text)}</bdi>;
}

/** Captured text of any length in a cell or a list: its first three lines, and all of it on hover. */
export function Clamped({ text }: { readonly text: string }): ReactNode {
  return (
    <span className="clamp" title={toVisibleText(text)}>
      <Captured text={text} />
    </span>
  );
}

const MOST_LINES = 24;
const MOST_CHARACTERS = 4000;

type BlockProps = {
  readonly text: string;
  readonly label: string;
  /** Lines that are shown dimmed. */
  readonly isQuiet?: (line: string) => boolean;
};

/** A block of captured text: a stack, a body, a log line. The rest of a very long one is behind a button. */
export function CapturedBlock({ text, label, isQuiet }: BlockProps): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const visible = toVisibleText(text);
  const start = visible.split("\n").slice(0, MOST_LINES).join("\n").slice(0, MOST_CHARACTERS);
  const isLong = start.length < visible.length;
  const shown = isWhole ? visible : start;
  return (
    <div className="captured">
      <pre tabIndex={0} aria-label={label}>
        {isQuiet === undefined ? shown : shown.split("\n").map((line, index) => toLine(line, index, isQuiet))}
      </pre>
      {isLong && (
        <button type="button" className="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${visible.length.toLocaleString("en-GB")} characters`}
        </button>
      )}
    </div>
  );
}

function toLine(line: string, index: number, isQuiet: (line: string) => boolean): ReactNode {
  return (
    <span key={index} className={isQuiet(line) ? "quiet-line" : undefined}>
      {line}
      {"\n"}
    </span>
  );
}
