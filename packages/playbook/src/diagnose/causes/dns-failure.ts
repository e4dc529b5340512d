import { anyOf } from "@faultline/model";
import { type CauseRule, hear } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /\bENOTFOUND\b/,
    /\bEAI_AGAIN\b/,
    /getaddrinfo/,
    /UnknownHost/,
    /no such host/,
    /Name or service not known/,
    /Temporary failure in name resolution/,
    /could not be resolved/,
    /\bHost not found\b/,
    /DNS lookup fail/,
    /dns error/,
    /failed to lookup address/,
    /nodename nor servname/,
    /No address associated with hostname/,
    /name_resolution_error/,
    /NameResolutionError/,
    /php_network_getaddresses/,
    /could not translate host name/,
    /lookup \S{1,100}(?: on \S+)?: (?!too many open files)/,
    /SERVFAIL/,
    /NXDOMAIN/,
    /non-existing domain/,
    /server misbehaving/,
    /Name does not resolve/,
    /name resolution (?:failed|failure)/,
    /could not resolve host/,
    /dns_resolution_failure/,
    /dns_(?:error|timeout)/,
    /\[Domain name not found\]/,
    /server with the specified host ?name could not be found/,
    /(?:Can't connect to \S{1,200} \(|IO::Socket::\w+: )Bad hostname/,
    /ClientConnectorDNSError/,
    /net\.DNSError/,
  ),
  "i",
);

/** A name does not resolve. */
export const dnsFailure: CauseRule = {
  sign: "a failed name look-up",
  weigh: (findings) => ({ evidence: hear(findings, WORDS, { statement: "a host name did not resolve", weight: 4.5 }) }),
};
