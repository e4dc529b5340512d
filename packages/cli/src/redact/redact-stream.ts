import type { Redactor } from "@faultline/guard/redact";

/** The longest stretch that is held back to see where a secret ends; bounds the memory for any input. */
const MOST_HELD = 262_144;

/** How a stream is read: as lines of JSON, each by its structure, or as free text. */
export type StreamForm = "text" | "json";

const OPEN_KEY = /-----BEGIN[ A-Za-z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----/g;

/** Where an unfinished private key begins in `text`, or -1. */
function findOpenKey(text: string): number {
  let at = -1;
  for (const match of text.matchAll(OPEN_KEY)) {
    at =
      text.includes("KEY", match.index + match[0].length) && /KEY(?: BLOCK)?-----/.test(text.slice(match.index + match[0].length))
        ? -1
        : match.index;
  }
  return at;
}

/**
 * Where `text` may be cut without splitting a secret: after a line whose next line cannot be the value of its last name, and before a private key
 * that has not ended. 0 when more text is needed first.
 */
function findSafeCut(text: string): number {
  const key = findOpenKey(text);
  let end = text.lastIndexOf("\n", key < 0 ? text.length : key) + 1;
  // A line that ends in an operator has its value on the next one: `<token>`, `token: |`, `password =`.
  while (end > 0 && /[:=>|(,\\][ \t]{0,16}\r?\n$/.test(text.slice(Math.max(0, end - 20), end))) end = text.lastIndexOf("\n", end - 2) + 1;
  return end;
}

/** Where to cut a line beyond the limit that has no safe place: after a late comma or space. */
function findForcedCut(text: string): number {
  const comma = Math.max(text.lastIndexOf(',"'), text.lastIndexOf("\n"));
  if (comma > text.length / 2) return comma + 1;
  const space = text.lastIndexOf(" ");
  return space > text.length / 2 ? space + 1 : text.length;
}

function redactLines(text: string, redactor: Redactor, form: StreamForm): string {
  if (form === "text") return redactor.redactText(text);
  return text
    .split("\n")
    .map((line) => (line.trim() === "" ? line : redactor.redactBody(line, "application/json").text))
    .join("\n");
}

/** Redacts a stream of text piece by piece. Secrets that straddle two chunks are held back until they are whole. */
export async function* redactStream(input: AsyncIterable<Uint8Array>, redactor: Redactor, form: StreamForm): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of input) {
    held += decoder.decode(chunk, { stream: true });
    let cut = findSafeCut(held);
    if (cut === 0 && held.length > MOST_HELD) cut = findForcedCut(held);
    if (cut === 0) continue;
    const ready = held.slice(0, cut);
    held = held.slice(cut);
    yield redactLines(ready, redactor, form);
  }
  held += decoder.decode();
  if (held !== "") yield redactLines(held, redactor, form);
}
