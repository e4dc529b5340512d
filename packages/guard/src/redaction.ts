/** The seam to `redact/`: what the guard needs of a redactor, and what it does when somebody's own one fails: the value is dropped. */

/** Takes secrets out of what a failing request carried. Never throws; whatever it cannot judge it drops. */
export type Redactor = {
  redactText(text: string): string;
  redactHeaders(headers: Readonly<Record<string, string | string[]>>): Record<string, string>;
  redactBody(body: Uint8Array | string, contentType: string): { readonly text: string; readonly truncated: boolean };
  redactUrl(target: string): string;
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
