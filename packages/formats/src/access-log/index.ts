/** Access, error and application logs: lines in, exchanges and messages out. */
export { formatTime, parseAnyTime } from "./values/clock.ts";
export { ALB_REASONS, findAlbReason } from "./knowledge/alb-reasons.ts";
export { ENVOY_FLAGS, findEnvoyFlag, pickEnvoyFlag } from "./knowledge/envoy-flags.ts";
export { ERROR_MESSAGES, findErrorMessage, type MessageKnowledge } from "./knowledge/error-messages.ts";
export { type CodeKnowledge } from "./knowledge/entry.ts";
export { findGoogleDetail, GOOGLE_DETAILS } from "./knowledge/google-details.ts";
export { findHaproxyTermination, HAPROXY_TERMINATION } from "./knowledge/haproxy-termination.ts";
export { findHerokuCode, HEROKU_CODES } from "./knowledge/heroku-codes.ts";
export { type LogMessage, type ParseContext, type ParsedLine, type TextFormat } from "./line.ts";
export { compileLogFormat } from "./format-string/log-format.ts";
export { createLineReader, JSON_FORMATS, type LineReader, type ReadLine, type ReaderOptions, TEXT_FORMATS } from "./reader.ts";
export { type FlatRecord, toFlatRecord } from "./record.ts";
export { nameSeverity } from "./values/severity.ts";
