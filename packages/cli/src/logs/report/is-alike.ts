import { DIAGNOSED_CONFIDENCE } from "@faultline/model";
import type { RouteErrors } from "./report.ts";

/** True when two rows fail in the same way: the same status, the same maker, and the same cause, which is certain enough to be named. */
export function isAlike(one: RouteErrors, other: RouteErrors): boolean {
  const [cause] = one.causes;
  return (
    cause !== undefined &&
    cause.confidence >= DIAGNOSED_CONFIDENCE &&
    other.causes[0]?.cause === cause.cause &&
    one.status === other.status &&
    one.madeBy.hop === other.madeBy.hop &&
    one.madeBy.observer === other.madeBy.observer
  );
}
