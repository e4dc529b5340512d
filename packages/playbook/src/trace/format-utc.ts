const DAY_MS = 86_400_000;
/** The days in four hundred years, after which the calendar repeats. */
const ERA_DAYS = 146_097;
/** The days from 1 March of the year 0 to 1970. */
const EPOCH_DAYS = 719_468;

/**
 * A Unix time in ms as `2026-11-18 09:30:12`, UTC. Computed by hand (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"), because
 * creating the platform's own formatter takes about 40 ms the first time.
 */
export function formatUtc(timeMs: number): string {
  const days = Math.floor(timeMs / DAY_MS) + EPOCH_DAYS;
  const era = Math.floor(days / ERA_DAYS);
  const dayOfEra = days - era * ERA_DAYS;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / (ERA_DAYS - 1));
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // Years begin in March here, so that a leap day is the last day. Five months have 153 days.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = ((monthFromMarch + 2) % 12) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const seconds = Math.floor(timeMs / 1_000) - Math.floor(timeMs / DAY_MS) * 86_400;
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(toTwo);
  return `${year}-${toTwo(month)}-${toTwo(day)} ${clock.join(":")}`;
}

function toTwo(value: number): string {
  return String(value).padStart(2, "0");
}
