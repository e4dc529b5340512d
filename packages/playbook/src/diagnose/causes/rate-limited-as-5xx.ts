import { anyOf } from "@faultline/model";
import type { CauseRule } from "../findings.ts";
import { hearPartFailure } from "../signs/failed-parts.ts";
import { hear, readRefusal } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /(?:status|code|http|error|answered|returned|responded|failed)\W{0,3}(?:with |code |status )*\W{0,3}429\b/,
    /\b429\b\W{0,3}(?:too many|client error|null)/,
    /too many (?:simultaneous )?(?:requests|queries)/,
    /TooManyRequests/,
    /limiting requests/,
    /rate[ -]?limit/,
    /RateLimit/,
    /rate exceeded/,
    /throttl/,
    /quota exceeded/,
    /exceeded.{0,30}quota/,
    /RequestLimitExceeded/,
    /REQUEST_LIMIT_EXCEEDED/,
    /Exceeded \d+ calls per second for api client/,
    /Throughput exceeds the current capacity (?:of your table|for one or more global secondary)/,
    /Please reduce your request rate/,
    /ConcurrentInvocationLimit/,
    // gRPC has one code for a quota and for a message over a limit.
    /RESOURCE_EXHAUSTED(?!.{0,60}\bmessage\b.{0,40}\b(?:size|larger)\b)/,
    /SlowDown/,
    /ProvisionedThroughputExceeded/,
    /overloaded_error/,
  ),
  "i",
);

/** gRPC's RESOURCE_EXHAUSTED: a limit of what somebody may ask, or of how much one message may hold. */
const RESOURCE_EXHAUSTED = "grpc 8";
const OF_SIZE = /\bmessage\b.{0,60}\b(?:size|larger)\b/i;

/** A rate limit was reached, and it reached the client as a server error. */
export const rateLimitedAs5xx: CauseRule = {
  sign: "a 429 or an exceeded quota behind the server error",
  weigh: (findings) => {
    const refusal = findings.origin?.step.call?.outcome.code === 429 ? "429" : readRefusal(findings);
    const refused = refusal === "429" || (refusal === RESOURCE_EXHAUSTED && !findings.sayings.some(({ text }) => OF_SIZE.test(text)));
    const worded = hear(findings, WORDS, { statement: "the error speaks of a rate limit", weight: 3.5 });
    const said =
      worded.length > 0 ? worded : hearPartFailure(findings, "throttled", "the error says that what it asked told it to slow down");
    if (!refused) return { evidence: said };
    return {
      evidence: [...said, { statement: `the callee answered ${refusal}`, measured: `status ${refusal}`, source: "span", weight: 3 }],
    };
  },
};
