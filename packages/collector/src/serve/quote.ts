const SHOWN_CHARACTERS = 80;

/** Quotes foreign text in a sentence: in double quotes, cut to a length, with its control characters escaped. */
export function quote(text: string): string {
  const shown = text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
  return JSON.stringify(shown).replaceAll(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
