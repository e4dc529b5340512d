import type { RouteErrors } from "./report/report.ts";

/** From here on a cause is named. */
const NAMED = 0.5;

/** True of two rows that fail in one way: with one status, by one maker, of one cause that is named. */
export function isAlike(one: RouteErrors, other: RouteErrors): boolean {
  const [cause] = one.causes;
  return (
    cause !== undefined &&
    cause.confidence >= NAMED &&
    other.causes[0]?.cause === cause.cause &&
    one.status === other.status &&
    one.madeBy.hop === other.madeBy.hop &&
    one.madeBy.observer === other.madeBy.observer
  );
}
