/**
 * Times on the wire are Unix nanoseconds, which a double cannot hold: 1.7e18 is above 2^53. They are converted to milliseconds without ever
 * being one double of nanoseconds, so that a whole number of milliseconds stays whole.
 */

/** Milliseconds of a time given as its upper and lower 32 bits. */
export function toMillis(high: number, low: number): number {
  // 2^32 ns = 4294 ms and 967,296 ns; the second product stays below 2^53.
  const rest = high * 967_296 + low;
  const whole = Math.floor(rest / 1e6);
  return high * 4_294 + whole + (rest - whole * 1e6) / 1e6;
}

/** Milliseconds of a time given as decimal digits. */
export function parseNanos(digits: string): number {
  const split = digits.length - 6;
  return split <= 0 ? Number(digits) / 1e6 : Number(digits.slice(0, split)) + Number(digits.slice(split)) / 1e6;
}

/** Nanoseconds of a time in milliseconds; times before 1970 become 0. */
export function toNanos(ms: number): bigint {
  if (!(ms > 0)) return 0n;
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}
