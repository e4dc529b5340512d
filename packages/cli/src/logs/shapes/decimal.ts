/** A plain decimal among bytes, read as `Number` reads it; NaN for anything else. */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  let whole = 0;
  let scale = 0;
  if (end === start || end - start > 15) return Number.NaN;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] as number;
    if (code === 46 && scale === 0 && at > start && at < end - 1) scale = 1;
    else if (code < 48 || code > 57) return Number.NaN;
    else {
      whole = whole * 10 + code - 48;
      scale *= 10;
    }
  }
  return scale === 0 ? whole : whole / scale;
}
