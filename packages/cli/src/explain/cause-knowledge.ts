import type { CauseId } from "@faultline/model";

/** What a cause is often taken for, and what to look at first. */
export type CauseKnowledge = { readonly mistakenFor: string; readonly nextCheck: string };

/** What `faultline explain CAUSE` says of each cause beside its meaning. Source: the rules of `playbook/diagnose/causes`. */
export const CAUSE_KNOWLEDGE: Readonly<Record<CauseId, CauseKnowledge>> = {
  "unhandled-exception": {
    mistakenFor: "a bad deploy, when the input that throws only began to come",
    nextCheck: "the innermost frame of the app in the stack: who changed it last, and which input reaches it?",
  },
  "invalid-input-unguarded": {
    mistakenFor: "a bug of the service: it should refuse this input with a 4xx",
    nextCheck: "which field do the failing requests have in common? Validate it before the handler",
  },
  "dependency-timeout": {
    mistakenFor: "a network problem: mostly the dependency is busy, or waits for a lock",
    nextCheck: "what does the dependency do at that time, and what does it wait for?",
  },
  "dependency-error": {
    mistakenFor: "a fault of the service that answers: it passed on what it got",
    nextCheck: "ask the dependency itself, past the caller (faultline triage URL)",
  },
  "third-party-failure": {
    mistakenFor: "one's own outage",
    nextCheck: "the provider's status page, and its answer to a request of your own",
  },
  "database-failure": {
    mistakenFor: "a full pool: that waits for connections, this one is refused, or its queries fail",
    nextCheck: "the database's log at that time: refused log-ins, a restart, a full disk, a fail-over?",
  },
  "pool-exhausted": {
    mistakenFor: "a slow database: requests wait for a connection before they send a query",
    nextCheck: "connections used and waiting against the limit: is one not given back, or does each take longer?",
  },
  "resource-exhausted": {
    mistakenFor: "a slow dependency: the process did not get round to reading its answer",
    nextCheck: "processor, memory, threads and open files of a busy instance (top -H, ls /proc/PID/fd)",
  },
  "memory-leak": {
    mistakenFor: "one request that takes too much memory, which falls again",
    nextCheck: "does the memory of an instance only grow, and was it ended for that (OOMKilled, heap out of memory)?",
  },
  "bad-deploy": {
    mistakenFor: "whatever else began in the same minutes: do instances of the old version fail as well?",
    nextCheck: "compare the versions by counts (faultline gate --baseline OLD --canary NEW)",
  },
  "bad-configuration": {
    mistakenFor: "a bad deploy: the same build runs where the setting is right",
    nextCheck: "is the setting that the error names there, where the service runs?",
  },
  "body-too-large": {
    mistakenFor: "a failure of the route: small bodies pass",
    nextCheck: "at which size does it begin, and which hop has that limit? (faultline triage --probe-body)",
  },
  "parse-failure": {
    mistakenFor: "a bug of the parser: look at what it was given first",
    nextCheck: "status, content type and first bytes of what could not be read",
  },
  "gateway-mismatch": {
    mistakenFor: "a failure of the backend: its log shows a success",
    nextCheck: "compare the two answers (faultline triage URL --direct BACKEND_URL)",
  },
  "gateway-timeout": {
    mistakenFor: "a backend that is down: it still works on the request, with a longer time-out",
    nextCheck: "how long does the backend need past the gateway, and which limit does the gateway have?",
  },
  "gateway-identity": {
    mistakenFor: "a wrong password of the user: it is the gateway that may not call",
    nextCheck: "with which identity does the gateway call, and what may it?",
  },
  "no-healthy-upstream": {
    mistakenFor: "a crash of all instances: their health check may fail where the route would not",
    nextCheck: "which backends does the gateway call healthy, since when, and by which check?",
  },
  "connection-refused": {
    mistakenFor: "a firewall, which mostly lets a connection wait instead of refusing it",
    nextCheck: "does the process run, and does it listen on that address and port (ss -ltnp)?",
  },
  "keepalive-race": {
    mistakenFor: "a crash: the backend's log knows nothing of the request",
    nextCheck: "is the backend's idle time-out longer than the proxy's? (faultline triage URL --repeat 50)",
  },
  "tls-failure": {
    mistakenFor: "a backend that is down: it answers, but the two cannot agree",
    nextCheck: "which certificate is served, for which name, until when (openssl s_client)?",
  },
  "dns-failure": {
    mistakenFor: "a host that is down: nobody was asked, as the name led nowhere",
    nextCheck: "does the name resolve from the machine that called (dig +short NAME)?",
  },
  "circuit-open": {
    mistakenFor: "a failure of the dependency now: it was not asked at all",
    nextCheck: "which failures opened it, just before?",
  },
  "rate-limited-as-5xx": {
    mistakenFor: "an overload: the callee is well and keeps a quota",
    nextCheck: "Retry-After and the rate-limit headers of the callee's answer",
  },
  "masked-by-middleware": {
    mistakenFor: "a success: the status is good, and the body speaks of an error",
    nextCheck: "where is the first error caught and turned into a good answer?",
  },
  "retry-storm": {
    mistakenFor: "a rush of users: the same requests come again and again",
    nextCheck: "how many tries reach the dependency for each request, and which layers retry?",
  },
  "fault-injected": {
    mistakenFor: "a real outage",
    nextCheck: "who runs an experiment on this service, and since when?",
  },
};
