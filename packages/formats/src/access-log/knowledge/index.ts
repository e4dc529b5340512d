export { ALB_REASONS, findAlbReason } from "./alb-reasons.ts";
export { type CodeKnowledge } from "./entry.ts";
export { ENVOY_FLAGS, findEnvoyFlag, pickEnvoyFlag } from "./envoy-flags.ts";
export { ERROR_MESSAGES, findErrorMessage } from "./error-messages.ts";
export { findGoogleDetail, GOOGLE_DETAILS } from "./google-details.ts";
export { findHaproxyTermination, HAPROXY_TERMINATION } from "./haproxy-termination.ts";
export { findHerokuCode, HEROKU_CODES } from "./heroku-codes.ts";
export { findNotedCode, isAwsBalancer, noteCause, trustCause } from "./note-cause.ts";
