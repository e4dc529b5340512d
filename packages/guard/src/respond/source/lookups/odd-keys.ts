/** Keys that no collection of a kind would have, whatever may have been forgotten in it. */

/** Words of the language that no table has for a key. */
const WORDS = /^(?:undefined|null|NaN|true|false|constructor|__proto__|prototype|toString|valueOf|hasOwnProperty|\[object \w+\])$/;
/** Signs of markup and of code, and what nobody writes. Others stand in keys that may have been forgotten: `pt-BR`, `c#`, `<=` beside `<`. */
const UNUSUAL = /[\p{Cc}\p{Cs}"\\<>{}[\]|^`]/u;
const NUMBER = /^[-+]?\d*\.?\d+(?:e\d+)?$/i;
/** A count, a size, a code: `42` beside `S` and `M` may have been forgotten, and so may a postcode or what is on a barcode. */
const SMALL = /^\+?\d{1,14}$/;

/** Some words with signs between them may have been forgotten, however many they are: `invoice.payment_failed` beside `ping`, `text/plain; charset=utf-8`. */
const JOINED = /^(?=.{1,99}$)\/?[\p{L}\p{N}]+(?:[-_./:+*,;= ]+[\p{L}\p{N}*]+)+$/u;

/** Is a value one that keys are? */
export const isKeyLike = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** Is it nothing, or nothing that could be a key at all? */
export function isNoKey(key: unknown): boolean {
  return !isKeyLike(key) || Number.isNaN(key) || key === "" || WORDS.test(String(key));
}

/** Would no collection with such keys have that one: is it nothing, of another kind, or written otherwise than all that there are? */
export function isOdd(key: unknown, keys: readonly unknown[]): boolean {
  const texts = keys.map(String);
  const text = String(key);
  if (isNoKey(key)) return !WORDS.test(text) || !texts.some((each) => WORDS.test(each));
  if (text.trim() === "") return true;
  const known = texts.join("");
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  const isNumberAmongWords = NUMBER.test(text) && !/\d/.test(known) && (typeof key === "number" || !SMALL.test(text));
  if (isNumberAmongWords || (text.length > 2 * longest + 12 && !JOINED.test(text))) return true;
  return UNUSUAL.test(text) && texts.every((each) => /[\p{L}\p{N}]/u.test(each) && !UNUSUAL.test(each));
}
