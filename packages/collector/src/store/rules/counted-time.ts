/**
 * The time at which something counts as having happened. Senders' clocks are wrong by seconds every day, and by decades when a battery is empty: data dated
 * 2099 must not stay in every list for ever, and data dated 1970 must not expire at once.
 */

/** Nothing arrives before it happened, and clocks that NTP keeps differ by less than this. */
const MAX_CLOCK_LEAD_MS = 300_000;
/** Data that a sender held back through a long outage still counts for its own time. */
const MAX_CLOCK_LAG_MS = 30 * 86_400_000;

/** The sender's time, Unix ms, or the time of arrival when the sender's is impossible. */
export function toCountedTime(timeMs: number, nowMs: number): number {
  return timeMs <= nowMs + MAX_CLOCK_LEAD_MS && timeMs >= nowMs - MAX_CLOCK_LAG_MS ? timeMs : nowMs;
}
