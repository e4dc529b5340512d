/** The number of zeros after every text. No loop looks further past the end without a bounds check. */
const MARGIN = 256;
/** The longest text that fits the reused buffers. */
const LONGEST_KEPT = 65_536;
/**
 * The longest text that a loop copies faster than the platform does. On big-endian machines a loop copies every text, because `utf16le` is
 * little-endian.
 */
const SHORT = Buffer.from(Uint16Array.of(1).buffer)[0] === 0 ? Infinity : 48;

type Kept = { readonly units: Uint16Array; readonly bytes: Buffer; end: number };

/**
 * One buffer for each depth of encodings, since text encoded in a text is read while the outer one still is. None is in use while the
 * program's code may run, because a value is copied as data first and then read. After `end` there are zeros.
 */
const KEPT: Kept[] = [];

function allocate(length: number): Kept {
  const units = new Uint16Array(Math.max(LONGEST_KEPT, length) + MARGIN);
  return { units, bytes: Buffer.from(units.buffer), end: 0 };
}

/**
 * The code units of a text, followed by zeros. A loop over them takes a fraction of one over the string, where each character is looked up
 * through the string's internal structure. They are valid until the next text of the same depth is read.
 */
export function readCodes(text: string, depth: number): Uint16Array {
  const { length } = text;
  const kept = length > LONGEST_KEPT ? allocate(length) : (KEPT[depth] ??= allocate(0));
  const { units, bytes } = kept;
  if (length < SHORT) for (let at = 0; at < length; at++) units[at] = text.charCodeAt(at);
  else bytes.write(text, 0, "utf16le");
  for (let at = length; at < kept.end; at++) units[at] = 0;
  kept.end = length;
  return units;
}
