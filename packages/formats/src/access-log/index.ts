/** Access, error and application logs: lines in, exchanges and messages out. */
export { formatTime, parseAnyTime } from "./clock.ts";
export { ALB_REASONS } from "./knowledge/alb-reasons.ts";
export { ENVOY_FLAGS } from "./knowledge/envoy-flags.ts";
export { type CodeKnowledge } from "./knowledge/entry.ts";
export { GOOGLE_DETAILS } from "./knowledge/google-details.ts";
export { HAPROXY_TERMINATION } from "./knowledge/haproxy-termination.ts";
export { HEROKU_CODES } from "./knowledge/heroku-codes.ts";
export { type LogMessage, type ParseContext, type ParsedLine, type TextFormat } from "./line.ts";
export { compileLogFormat } from "./log-format.ts";
export { createLineReader, JSON_FORMATS, type LineReader, type ReadLine, type ReaderOptions, TEXT_FORMATS } from "./reader.ts";
export { type FlatRecord, toFlatRecord } from "./record.ts";
export { nameSeverity } from "./severity.ts";
