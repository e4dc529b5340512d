/** Most texts of a record are short and hold nothing to escape: to see that takes a fraction of what `JSON.stringify` takes. */
const SHORT_TEXT = 64;

/** A JSON string, as `JSON.stringify` writes it. */
export function quote(text: string): string {
  if (text.length > SHORT_TEXT) return JSON.stringify(text);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Quotation mark, reverse solidus, control characters (RFC 8259 §7), and surrogates, which may stand alone.
    if (code === 0x22 || code === 0x5c || code < 0x20 || code >= 0xd800) return JSON.stringify(text);
  }
  return `"${text}"`;
}
