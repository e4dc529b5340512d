/** A value that may be random, and a name under which it could be a secret. */
const TOKEN = /^[\w.=~+/-]{1,256}$/;
const NAME = /^[\w.-]{1,64}$/;

/**
 * Redacts a value of a structure. One that may be random is read after its name, as it would appear in free text, because many names are
 * conclusive only together with their value: `{"client": "x9..."}`. Everything else is read by itself.
 */
export function readUnderName(name: string | undefined, value: string, read: (text: string) => string): string {
  if (name === undefined || value.length < 16 || !TOKEN.test(value) || !NAME.test(name)) return read(value);
  const head = `${name}: "`;
  const redacted = read(`${head}${value}"`);
  return redacted.startsWith(head) && redacted.endsWith('"') ? redacted.slice(head.length, -1) : read(value);
}
