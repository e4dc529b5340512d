/** The seam to `redact/`: what the guard needs from a redactor, and what happens when a custom one fails (the value is dropped). */

import { flatten } from "./json-text.ts";

/**
 * Removes secrets from what a failing request carried. Never throws, and drops whatever it cannot judge. A text that it returned unchanged is remembered
 * and may not be passed to it again, so its result must depend on the text alone.
 */
export type Redactor = {
  readonly redactText: (text: string) => string;
  redactHeaders(headers: Readonly<Record<string, string | string[]>>): Record<string, string>;
  redactBody(body: Uint8Array | string, contentType: string): { readonly text: string; readonly truncated: boolean };
  readonly redactUrl: (target: string) => string;
};

/** Replaces a value that was dropped. */
const DROPPED = "[dropped]";

/** Enforces a redactor's promise: when a method throws, or returns another kind of value, the value is dropped and nothing else happens. */
export function sealRedactor(redactor: Redactor, onFailure: () => void): Redactor {
  const guarded = <T>(run: () => T, isRight: (value: T) => boolean, fallback: T): T => {
    try {
      const value = run();
      if (isRight(value)) return value;
    } catch {
      // Nothing of the value may leave, not even in the error's text.
    }
    onFailure();
    return fallback;
  };
  const isText = (value: unknown): boolean => typeof value === "string";
  return {
    redactText: (text) => guarded(() => redactor.redactText(text), isText, DROPPED),
    redactUrl: (target) => guarded(() => redactor.redactUrl(target), isText, DROPPED),
    redactBody: (body, contentType) =>
      guarded(
        () => redactor.redactBody(body, contentType),
        (value) => isText(value.text),
        { text: DROPPED, truncated: true },
      ),
    redactHeaders: (headers) =>
      guarded(
        () => redactor.redactHeaders(headers),
        (value) => Object.values(value).every(isText),
        {},
      ),
  };
}

/** Shorter texts are not remembered: redacting them is as fast as looking them up. */
const SHORT_TEXT = 20;
/** How many texts are remembered, and how long each may be. */
const MAX_KEPT = 256;

function readOnce(redact: (text: string) => string): (text: string) => string {
  const clean = new Set<string>();
  return (text) => {
    if (text.length <= SHORT_TEXT || text.length >= MAX_KEPT) return redact(text);
    if (clean.has(text)) return text;
    const redacted = redact(text);
    // A slice keeps the whole text alive that it was cut from, so what is kept is a copy. Half a surrogate pair is lost in it: then it is another text.
    const copy = flatten(redacted);
    if (copy === text) {
      if (clean.size >= MAX_KEPT) clean.clear();
      clean.add(copy);
    }
    return redacted;
  };
}

/** A redactor with a memory, because failures repeat each other's texts. Texts that held a secret are not remembered. */
export type RememberingRedactor = Redactor & {
  /** Headers in which it found nothing, as they are written, by name and value. */
  readonly cleanHeaders: Map<string, Map<string, string>>;
  /** The frames of stacks, which hold no values, and what became of them as JSON without its quotes and before that. */
  readonly knownFrames: Map<string, { readonly json: string; readonly length: number }>;
};

/** Remembers texts and targets in which a redactor found nothing. */
export function rememberClean(redactor: Redactor): RememberingRedactor {
  return {
    ...redactor,
    redactText: readOnce(redactor.redactText),
    redactUrl: readOnce(redactor.redactUrl),
    cleanHeaders: new Map(),
    knownFrames: new Map(),
  };
}
