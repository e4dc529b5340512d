/** Zeros behind every text: as far as any loop looks past the end without asking. */
const MARGIN = 256;
/** Longest text that the kept buffers hold. */
const LONGEST_KEPT = 65_536;
/** Longest text that a loop copies sooner than the platform; any, where memory has the higher byte first: `utf16le` writes the lower one. */
const SHORT = Buffer.from(Uint16Array.of(1).buffer)[0] === 0 ? Infinity : 48;

type Kept = { readonly units: Uint16Array; readonly bytes: Buffer; end: number };

/**
 * One buffer for each depth of encodings: while a text is read, so is what lies encoded in it. None is in use while code of the program
 * may run: a value is copied as data before the copy is read. Behind `end` there are zeros.
 */
const KEPT: Kept[] = [];

function allocate(length: number): Kept {
  const units = new Uint16Array(Math.max(LONGEST_KEPT, length) + MARGIN);
  return { units, bytes: Buffer.from(units.buffer), end: 0 };
}

/**
 * The code units of a text, zeros behind them. A loop over them costs a fraction of one over the string, whose every character is looked
 * up through what the string is a piece of. They hold until the next text of the same depth is read.
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
