/** The answers of an OTLP/HTTP server, in either encoding: OTLP 1.11, "OTLP/HTTP Response". */
import type { OtlpEncoding } from "./decode.ts";
import { ProtobufWriter } from "./encode/writer.ts";
import { utf8Encoder } from "./text-coding.ts";

/** What telemetry a request carries. */
export type OtlpSignal = "traces" | "logs" | "metrics";

/** The members of google.rpc.Code that OTLP/HTTP needs. */
export const RPC_CODES = {
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
} as const;

const REJECTED_NAMES: Readonly<Record<OtlpSignal, string>> = {
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
};
const MAX_MESSAGE_LENGTH = 1_000;
const NOTHING = new Uint8Array();

/** Items that were permanently refused in a request that was otherwise accepted. The sender must not send them again. */
export type PartialSuccess = { readonly rejected: number; readonly because: string };

/** The body of an Export…ServiceResponse. Without a partial success it is empty, which means that everything was accepted. */
export function encodeExportResponse(signal: OtlpSignal, encoding: OtlpEncoding, partial?: PartialSuccess): Uint8Array {
  if (encoding === "json") {
    const errorMessage = partial?.because.slice(0, MAX_MESSAGE_LENGTH);
    // 64-bit integers are decimal text in proto3's JSON.
    const body = partial === undefined ? {} : { partialSuccess: { [REJECTED_NAMES[signal]]: String(partial.rejected), errorMessage } };
    return utf8Encoder.encode(JSON.stringify(body));
  }
  if (partial === undefined) return NOTHING;
  const writer = new ProtobufWriter();
  writer.nest(1, () => {
    writer.int64(1, BigInt(partial.rejected));
    writer.text(2, partial.because.slice(0, MAX_MESSAGE_LENGTH));
  });
  return writer.finish();
}

/** The body of a google.rpc.Status, which every answer of 400 or more must carry. */
export function encodeStatus(encoding: OtlpEncoding, status: { readonly code: number; readonly message: string }): Uint8Array {
  const message = status.message.slice(0, MAX_MESSAGE_LENGTH);
  if (encoding === "json") return utf8Encoder.encode(JSON.stringify({ code: status.code, message }));
  const writer = new ProtobufWriter();
  writer.varint(1, status.code);
  writer.text(2, message);
  return writer.finish();
}
