/** What may be random, and a name that it could be a secret under. */
const TOKEN = /^[\w.=~+/-]{1,256}$/;
const NAME = /^[\w.-]{1,64}$/;

/**
 * Reads a value that a structure holds. One that may be random is read behind its name, as it would stand in free text: many a name tells
 * only together with the look of its value, `{"client": "x9..."}`. Everything else is read alone.
 */
export function readUnderName(name: string | undefined, value: string, read: (text: string) => string): string {
  if (name === undefined || value.length < 16 || !TOKEN.test(value) || !NAME.test(name)) return read(value);
  const head = `${name}: "`;
  const redacted = read(`${head}${value}"`);
  return redacted.startsWith(head) && redacted.endsWith('"') ? redacted.slice(head.length, -1) : read(value);
}
