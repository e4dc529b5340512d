/** A payload as the model's values, whatever its signal. */
import { type Decoded, decodeLogs, decodeMetrics, decodeTraces } from "@faultline/formats/otlp";
import type { LogRecord, MetricPoint, Result, Span } from "@faultline/model";
import type { Payload } from "./contract.ts";

/** What a payload holds; only the list of its own signal has items. */
export type DecodedPayload = {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly points: readonly MetricPoint[];
  readonly rejected: number;
  readonly rejectedBecause?: string;
};

const NOTHING: DecodedPayload = { spans: [], logs: [], points: [], rejected: 0 };

/** Decodes a payload in full. Fails with one sentence when it cannot be read as a whole. */
export function decodePayload(payload: Payload): Result<DecodedPayload> {
  switch (payload.signal) {
    case "traces":
      return mapDecoded(decodeTraces(payload.bytes, payload.encoding), (spans) => ({ ...NOTHING, spans }));
    case "logs":
      return mapDecoded(decodeLogs(payload.bytes, payload.encoding), (logs) => ({ ...NOTHING, logs }));
    case "metrics":
      return mapDecoded(decodeMetrics(payload.bytes, payload.encoding), (points) => ({ ...NOTHING, points }));
  }
}

function mapDecoded<T>(decoded: Result<Decoded<T>>, place: (items: readonly T[]) => DecodedPayload): Result<DecodedPayload> {
  if (!decoded.ok) return decoded;
  const { items, ...rest } = decoded.value;
  return { ok: true, value: { ...place(items), ...rest } };
}
