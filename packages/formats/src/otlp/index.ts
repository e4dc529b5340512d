export { decodeLogs, decodeMetrics, decodeTraces, type OtlpEncoding, type OtlpPayload } from "./decode.ts";
export { ACCEPTED_LIMITS, type DecodeLimits, DEFAULT_LIMITS } from "./limits.ts";
export { type OtlpLine, readOtlpLine } from "./line.ts";
export { scanAccepted, scanTraces } from "./scan/scan-traces.ts";
export { type ScannedResource } from "./scan/resource-cache.ts";
export { SPAN_FAILS, SPAN_IS_EXCHANGE, SPAN_IS_SERVER_ERROR, TraceScan } from "./scan/trace-scan.ts";
export { type Decoded } from "./outcome.ts";
