import { anyOf } from "@faultline/model";
import { UNKNOWN_NAME } from "../../isolate/words/error-words.ts";
import { type CauseRule, hear } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    UNKNOWN_NAME,
    /\bEAI_AGAIN\b/,
    /could not be resolved/,
    /\bHost not found\b/,
    /DNS lookup fail/,
    /dns error/,
    /name_resolution_error/,
    /php_network_getaddresses/,
    /could not translate host name/,
    /lookup \S{1,100}(?: on \S+)?: (?!too many open files)/,
    /SERVFAIL/,
    /NXDOMAIN/,
    /could not resolve host/,
    /dns_resolution_failure/,
    /dns_(?:error|timeout)/,
  ),
  "i",
);

/** A name does not resolve. */
export const dnsFailure: CauseRule = {
  sign: "a failed name look-up",
  weigh: (findings) => ({ evidence: hear(findings, WORDS, { statement: "a host name did not resolve", weight: 4.5 }) }),
};
