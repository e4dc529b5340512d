/** Under which series a failing trace counts: each of its exchanges counts where it was served. */
import type { Exchange, Span } from "@faultline/model";
import { isFailingIntermediaryExchange, isServerError } from "./failing.ts";
import { isExchangeSpan, type Series, toIntermediarySeries, toSeries } from "./series.ts";

/** The series of the exchanges of a trace that ended in a server error, each once for each span or line that tells of one. */
export function listFailedSeries(spans: Iterable<Span>, exchanges: readonly Exchange[]): readonly Series[] {
  const failed: Series[] = [];
  for (const span of spans) if (isExchangeSpan(span) && isServerError(span)) failed.push(toSeries(span));
  for (const exchange of exchanges) if (isFailingIntermediaryExchange(exchange)) failed.push(toIntermediarySeries(exchange));
  return failed;
}
