/** Most texts of a record are short and hold nothing to escape: to see that takes a fraction of what `JSON.stringify` takes. */
const SHORT_TEXT = 64;

/**
 * The same JSON text in one piece, for text that is kept and used again. V8 keeps what was put together as a tree of its pieces, and whoever
 * writes a text that such a tree is part of walks through all of them, each time.
 */
export function flatten(json: string): string {
  return Buffer.from(json).toString();
}

function isShortAndPlain(text: string): boolean {
  if (text.length > SHORT_TEXT) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Quotation mark, reverse solidus, control characters (RFC 8259 §7), and surrogates, which may stand alone.
    if (code === 0x22 || code === 0x5c || code < 0x20 || code >= 0xd800) return false;
  }
  return true;
}

/** A JSON string, as `JSON.stringify` writes it. */
export function quote(text: string): string {
  return isShortAndPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** The same without its quotation marks, for text that brings them along: each piece less is one less to walk through later. */
export function escapeText(text: string): string {
  return isShortAndPlain(text) ? text : JSON.stringify(text).slice(1, -1);
}
