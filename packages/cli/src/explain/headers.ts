/** What a header of an answer says about who made it, beside what one vendor's signature says of it. */
export type HeaderKnowledge = {
  /** Lower case. */
  readonly name: string;
  readonly meaning: string;
  readonly mistakenFor: string;
  readonly nextCheck: string;
  readonly source: string;
};

/** Headers that a 5xx is judged by. */
export const HEADERS: readonly HeaderKnowledge[] = [
  {
    name: "retry-after",
    meaning: "when to try again: seconds, or a date; with 503 the server says until when it takes nothing, with 429 how long a limit holds",
    mistakenFor: "a promise: it is a wish, and a load balancer may have made it up",
    nextCheck: "does the client wait at least so long, and does it add chance, so that not all come back at once?",
    source: "RFC 9110 section 10.2.3",
  },
  {
    name: "server",
    meaning: "the software that wrote the answer, or the last proxy that put its own name there",
    mistakenFor: "the hop that failed: nginx, Cloudflare, CloudFront and others replace it on answers that they only pass on",
    nextCheck: "the body says more than the name: whose error page is it? (faultline triage URL)",
    source: "RFC 9110 section 10.2.4",
  },
  {
    name: "via",
    meaning: "the intermediaries that the answer came through, nearest to its origin first",
    mistakenFor: "who made it: a proxy adds itself to its own errors as well",
    nextCheck: "the same request straight to the last of them (faultline triage URL --direct BACKEND_URL)",
    source: "RFC 9110 section 7.6.3",
  },
  {
    name: "proxy-status",
    meaning: "what each intermediary did with the answer, and why: error= names its own failure, received-status= what it got from behind",
    mistakenFor: "a log line: it is the surest word on who made a 5xx",
    nextCheck: "the entry with error= is the hop; the one with received-status= only passed it on",
    source: "RFC 9209",
  },
  {
    name: "x-cache",
    meaning: "whether a cache had the answer: hit, miss, error; an error from a cache may be a kept one",
    mistakenFor: "a fault of the cache: most write it on what the origin failed at",
    nextCheck: "the same request with another query, past the cache: does it still fail?",
    source: "common knowledge; there is no standard",
  },
  {
    name: "age",
    meaning: "seconds since the origin made this answer: on a 5xx it is a kept failure, and the origin may be well again",
    mistakenFor: "a failure of now",
    nextCheck: "purge it, or ask past the cache; then, are 5xx cached on purpose?",
    source: "RFC 9111 section 5.1",
  },
  {
    name: "x-request-id",
    meaning: "an id that proxies and apps write into their logs, to find one request in all of them",
    mistakenFor: "one id for the whole way: a hop may put its own in its place",
    nextCheck: "search each hop's log for it; where it is missing first, the request did not get any further",
    source: "common knowledge; there is no standard",
  },
  {
    name: "traceparent",
    meaning: "the trace that the request belongs to: version, trace id, the caller's span id, flags; the last bit says whether it is kept",
    mistakenFor: "a sign that a trace was stored: with flags 00 it was not sampled",
    nextCheck: "the 32 digits in the middle are the trace id: /traces/ID on the dashboard",
    source: "W3C Trace Context",
  },
  {
    name: "x-amzn-trace-id",
    meaning: "the id under which the AWS load balancer or API Gateway and X-Ray know the request",
    mistakenFor: "a W3C trace id",
    nextCheck: "search the load balancer's access log for Root=",
    source: "AWS Elastic Load Balancing documentation",
  },
  {
    name: "x-varnish",
    meaning: "Varnish's own number of the request; two numbers mean that it answered from its cache",
    mistakenFor: "a sign that Varnish failed",
    nextCheck: "varnishlog -g request -q 'vxid == NUMBER'",
    source: "Varnish documentation",
  },
  {
    name: "x-powered-by",
    meaning: "the app's framework: the answer came out of the app, or an error handler of it",
    mistakenFor: "the hop that failed: it may have passed on what its own dependency answered",
    nextCheck: "the app's log at that time",
    source: "common knowledge; there is no standard",
  },
];
