/** Random OTLP, for property tests of decoders. */
import {
  array,
  type Arbitrary,
  bigInt,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  letrec,
  oneof,
  record,
  string,
  uint8Array,
} from "fast-check";

/** The bytes of a hex id. */
export function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** JSON has no minus zero, so the two encodings cannot agree on it. */
const withoutMinusZero = (value: number): number => value + 0;

const anyValue = letrec((tie) => ({
  value: oneof(
    { depthSize: "small", withCrossShrink: true },
    record({ stringValue: string({ unit: "binary", maxLength: 80 }) }),
    record({ intValue: bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    record({ doubleValue: double({ noNaN: true, noDefaultInfinity: true }).map(withoutMinusZero) }),
    record({ boolValue: boolean() }),
    record({ bytesValue: uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("base64")) }),
    record({ arrayValue: record({ values: array(tie("value"), { maxLength: 3 }) }) }),
    record({ kvlistValue: record({ values: array(record({ key: string(), value: tie("value") }), { maxLength: 3 }) }) }),
  ),
})).value as Arbitrary<object>;
/** Names that a scan looks at, so that random attributes meet them. */
const wantedKey = constantFrom(
  "http.route",
  "http.request.method",
  "http.method",
  "http.response.status_code",
  "http.status_code",
  "rpc.response.status_code",
  "rpc.grpc.status_code",
  "rpc.status_code",
  "exception.type",
);
const wantedValue = oneof(
  record({ intValue: integer({ min: 0, max: 700 }).map(String) }),
  record({ stringValue: constantFrom("", "500", "503", "2", "INTERNAL", "OK", "/cart/{id}", "x".repeat(90)) }),
);
const attribute = oneof(
  record({ key: string({ unit: "binary" }), value: anyValue }),
  record({ key: wantedKey, value: oneof(wantedValue, anyValue) }),
);

/** A list of KeyValues in OTLP's JSON form. */
export const attributes = array(attribute, { maxLength: 5 });
const hexOf = (length: number) =>
  uint8Array({ minLength: length, maxLength: length, min: 1 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const nanos = bigInt({ min: 0n, max: 2n ** 63n }).map(String);
/** A span in OTLP's JSON form. */
export const spanJson = record(
  {
    traceId: hexOf(16),
    spanId: hexOf(8),
    parentSpanId: hexOf(8),
    name: string({ unit: "binary" }),
    kind: integer({ min: 0, max: 300 }).map((kind) => (kind < 200 ? kind % 7 : kind)),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    events: array(record({ timeUnixNano: nanos, name: oneof(constant("exception"), string()), attributes }), { maxLength: 2 }),
    links: array(record({ traceId: hexOf(16), spanId: hexOf(8) }), { maxLength: 2 }),
    status: record({ message: string(), code: integer({ min: 0, max: 3 }) }),
  },
  { requiredKeys: ["traceId", "spanId"] },
);

/** OTLP/JSON writes ids as hex; protobufjs's JSON wants bytes. */
export function toBinaryIds(span: {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  links?: { traceId: string; spanId: string }[];
}): object {
  return {
    ...span,
    traceId: hexBytes(span.traceId),
    spanId: hexBytes(span.spanId),
    parentSpanId: hexBytes(span.parentSpanId ?? ""),
    links: (span.links ?? []).map((link) => ({ traceId: hexBytes(link.traceId), spanId: hexBytes(link.spanId) })),
  };
}
