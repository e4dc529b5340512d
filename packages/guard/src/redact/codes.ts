/** Zeros behind every text: as far as any loop looks past the end without asking. */
const MARGIN = 256;
/** Longest text that the kept buffers hold. */
const LONGEST_KEPT = 65_536;

/** What lies in memory with the higher byte first is turned: `utf16le` writes the lower one first. */
const IS_TURNED = Buffer.from(Uint16Array.of(1).buffer)[0] === 0;

/**
 * One buffer for each depth of encodings: while a text is read, so is what lies encoded in it. None is in use while code of the program
 * may run: a value is copied as data before the copy is read.
 */
const KEPT: { readonly units: Uint16Array; readonly bytes: Buffer }[] = [];

function allocate(length: number): (typeof KEPT)[0] {
  const units = new Uint16Array(Math.max(LONGEST_KEPT, length) + MARGIN);
  return { units, bytes: Buffer.from(units.buffer) };
}

/**
 * The code units of a text, zeros behind them. A loop over them costs a fraction of one over the string, whose every character is looked
 * up through what the string is a piece of. They hold until the next text of the same depth is read.
 */
export function readCodes(text: string, depth: number): Uint16Array {
  const { units, bytes } = text.length > LONGEST_KEPT ? allocate(text.length) : (KEPT[depth] ??= allocate(0));
  const end = bytes.write(text, 0, "utf16le") / 2;
  if (IS_TURNED) bytes.swap16();
  units.fill(0, end, end + MARGIN);
  return units;
}
