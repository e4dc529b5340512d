/**
 * When something counts as having happened. Clocks of senders are wrong by seconds every day, and by decades when a battery is empty: a date
 * of 2099 must not stand in every list for ever, nor one of 1970 be over its time at once.
 */

/** Nothing arrives before it happened; clocks that are kept by NTP differ by less. */
const MAX_CLOCK_LEAD_MS = 300_000;
/** What a sender kept through a long outage still counts for its own time. */
const MAX_CLOCK_LAG_MS = 30 * 86_400_000;

/** The time, Unix ms, that the sender tells; the time of arrival when that cannot be. */
export function toCountedTime(timeMs: number, nowMs: number): number {
  return timeMs <= nowMs + MAX_CLOCK_LEAD_MS && timeMs >= nowMs - MAX_CLOCK_LAG_MS ? timeMs : nowMs;
}
