const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const NO_SPAN_ID = "0".repeat(16);

/** True for 32 lower-case hex digits that are not all zero. */
export function isTraceId(text: string): boolean {
  return TRACE_ID.test(text);
}

/** True for 16 lower-case hex digits that are not all zero. */
export function isSpanId(text: string): boolean {
  return SPAN_ID.test(text);
}

/** The ids as a span carries them: the parent's is empty, or zeros, for a root. */
export type SpanIds = { readonly traceId: string; readonly spanId: string; readonly parentSpanId: string };

/** The reasons for which a span is rejected. */
export const BAD_TRACE_ID = "a span's trace id is not 16 bytes with one that is not zero";
/** See `BAD_TRACE_ID`. */
export const BAD_SPAN_ID = "a span's span id is not 8 bytes with one that is not zero";
/** See `BAD_TRACE_ID`. */
export const BAD_PARENT_ID = "a span's parent span id is not 8 bytes";

/** Says what is wrong with a span's ids, or undefined when they are well. */
export function findBadId({ traceId, spanId, parentSpanId }: SpanIds): string | undefined {
  if (!isTraceId(traceId)) return BAD_TRACE_ID;
  if (!isSpanId(spanId)) return BAD_SPAN_ID;
  if (parentSpanId !== "" && parentSpanId !== NO_SPAN_ID && !SPAN_ID.test(parentSpanId)) return BAD_PARENT_ID;
  return undefined;
}
