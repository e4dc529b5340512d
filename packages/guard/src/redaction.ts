/** The seam to `redact/`: what the guard needs of a redactor, and what it does when somebody's own one fails: the value is dropped. */

import { flatten } from "./json-text.ts";

/**
 * Takes secrets out of what a failing request carried. Never throws; whatever it cannot judge it drops. What it gave back as it was is kept, and it may
 * not be asked again: its answer depends on nothing else.
 */
export type Redactor = {
  readonly redactText: (text: string) => string;
  redactHeaders(headers: Readonly<Record<string, string | string[]>>): Record<string, string>;
  redactBody(body: Uint8Array | string, contentType: string): { readonly text: string; readonly truncated: boolean };
  readonly redactUrl: (target: string) => string;
};

/** What stands where a value was dropped. */
const DROPPED = "[dropped]";

/** Holds a redactor to its promise: a member that throws, or returns another kind of value, costs the value and nothing else. */
export function sealRedactor(redactor: Redactor, onFailure: () => void): Redactor {
  const guarded = <T>(run: () => T, isRight: (value: T) => boolean, fallback: T): T => {
    try {
      const value = run();
      if (isRight(value)) return value;
    } catch {
      // Nothing of the value may leave, the error's text included.
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

/** A shorter text is read as fast as it is found among those that were. */
const SHORT_TEXT = 20;
/** So many are kept, each of fewer characters than that. */
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

/** A redactor with what is known of it, because failures repeat each other's texts. What held a secret is not kept. */
export type RememberingRedactor = Redactor & {
  /** Headers in which it found nothing, as they are written, by name and value. */
  readonly cleanHeaders: Map<string, Map<string, string>>;
  /** The frames of stacks, which hold no values, and what became of them as JSON without its quotes and before that. */
  readonly knownFrames: Map<string, { readonly json: string; readonly length: number }>;
};

/** Remembers texts and targets in which a redactor found nothing, and has room for more. */
export function rememberClean(redactor: Redactor): RememberingRedactor {
  return {
    ...redactor,
    redactText: readOnce(redactor.redactText),
    redactUrl: readOnce(redactor.redactUrl),
    cleanHeaders: new Map(),
    knownFrames: new Map(),
  };
}
