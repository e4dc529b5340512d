export { decodeLogs, decodeMetrics, decodeTraces, type OtlpEncoding, type OtlpPayload } from "./decode.ts";
export { type DecodeLimits, DEFAULT_LIMITS } from "./limits.ts";
export { type OtlpLine, readOtlpLine } from "./line.ts";
export { type Decoded } from "./outcome.ts";
