/** Zeros behind every text: as far as any loop looks past the end without asking. */
const MARGIN = 256;
/** Longest text that the kept buffers hold. */
const LONGEST_KEPT = 65_536;

/** One buffer for each depth of encodings: while a text is read, so is what lies encoded in it. */
const KEPT: Uint16Array<ArrayBuffer>[] = [];

/**
 * The code units of a text, zeros behind them. A loop over them costs a fraction of one over the string, whose every character is looked
 * up through what the string is a piece of. They hold until the next text of the same depth is read.
 */
export function readCodes(text: string, depth: number): Uint16Array {
  const units = (text.length > LONGEST_KEPT ? undefined : KEPT[depth]) ?? new Uint16Array(Math.max(LONGEST_KEPT, text.length) + MARGIN);
  if (text.length <= LONGEST_KEPT) KEPT[depth] = units;
  const end = Buffer.from(units.buffer).write(text, 0, "utf16le") / 2;
  units.fill(0, end, end + MARGIN);
  return units;
}
