import type { ErrorKnowledge } from "./error-knowledge.ts";

const SOURCE = "gRPC, Status codes and their use";

type Known = Omit<ErrorKnowledge, "code" | "pattern" | "source">;

/** A status of gRPC by its number or its name, in the spellings of its languages: `DEADLINE_EXCEEDED`, `DeadlineExceeded`, `grpc-status: 4`. */
function status(number: number, name: string, known: Known): ErrorKnowledge {
  const camel = name.toLowerCase().replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const names = `(?:${name}|${camel})`;
  const pattern = new RegExp(
    String.raw`^${names}$|\b[gG][rR][pP][cC](?:[- ][sS]tatus)?(?:[- ]?code)?\W{0,3}(?:${number}(?!\d)|${names}(?!\w))|\b(?:[sS]tatus)?[cC]ode\W{1,3}${names}(?!\w)|\b${name}:|^${number} ${name}`,
  );
  const madeBy = "the callee, or gRPC itself on either side";
  return { code: `gRPC ${number} ${name}`, pattern, madeBy, source: SOURCE, ...known };
}

/** The statuses of gRPC. Over HTTP they come with 200 and in trailers: a proxy's access log shows them as successes. */
export const GRPC_CODES: readonly ErrorKnowledge[] = [
  status(1, "CANCELLED", {
    meaning: "the caller gave the call up, or its own caller did",
    mistakenFor: "a failure of the callee: nobody waited for its answer any more",
    nextCheck: "who cancelled: which deadline passed further out?",
  }),
  status(2, "UNKNOWN", {
    meaning: "the handler threw something that has no status, or a proxy made an answer that is no gRPC",
    cause: "unhandled-exception",
    nextCheck: "the callee's log at that time; without an entry there, what stands between the two?",
  }),
  status(3, "INVALID_ARGUMENT", { meaning: "the request is wrong whatever the state of the system", cause: "invalid-input-unguarded" }),
  status(4, "DEADLINE_EXCEEDED", {
    meaning: "the deadline passed before the answer came; the callee may have done the work",
    cause: "dependency-timeout",
  }),
  status(5, "NOT_FOUND", {
    meaning: "there is no such thing; as an answer of HTTP a 404, and no server error",
    mistakenFor: "a missing method, which is UNIMPLEMENTED",
    nextCheck: "which id was asked for, and in which environment?",
  }),
  status(6, "ALREADY_EXISTS", {
    meaning: "what was to be made is there already; as an answer of HTTP a 409",
    cause: "invalid-input-unguarded",
  }),
  status(7, "PERMISSION_DENIED", { meaning: "the caller is known and may not do this", cause: "gateway-identity" }),
  status(8, "RESOURCE_EXHAUSTED", {
    meaning: "a quota, a rate limit or a memory limit was met, or the message is larger than the receiver takes (4 MiB by default)",
    mistakenFor: "a machine out of memory: mostly it is a limit that somebody set",
    nextCheck: "the message beside it says which: 'received message larger than max' is a size, all else a quota",
  }),
  status(9, "FAILED_PRECONDITION", {
    meaning: "the system is not in a state for this, and trying again does not help until it is",
    mistakenFor: "UNAVAILABLE, which may be tried again",
    nextCheck: "the message beside it names the state that is missing",
  }),
  status(10, "ABORTED", {
    meaning: "a conflict with another call, such as a transaction that lost: try the whole of it again",
    mistakenFor: "a call that was given up, which is CANCELLED",
    nextCheck: "is the whole transaction tried again, and not the last call alone?",
  }),
  status(11, "OUT_OF_RANGE", { meaning: "asked for beyond the end: a page, an offset", cause: "invalid-input-unguarded" }),
  status(12, "UNIMPLEMENTED", {
    meaning: "the callee has no such method",
    cause: "bad-deploy",
    nextCheck: "does the version that runs there have it, and does the address lead to that service? An HTTP 404 on the way looks the same",
  }),
  status(13, "INTERNAL", {
    meaning: "something that must not happen did: a broken invariant, or a broken message",
    cause: "unhandled-exception",
    nextCheck: "the callee's log at that time; RST_STREAM in the message tells of a proxy in between",
  }),
  status(14, "UNAVAILABLE", {
    meaning: "the callee could not be reached, or is going away; trying again is allowed",
    mistakenFor: "an answer of the callee: mostly the channel itself says so",
    nextCheck: "the text beside it: connection refused, no healthy upstream, a name that does not resolve, GOAWAY, or a broken connection",
  }),
  status(15, "DATA_LOSS", { meaning: "data is lost or damaged beyond repair", cause: "database-failure" }),
  status(16, "UNAUTHENTICATED", {
    meaning: "the call has no valid credentials",
    cause: "gateway-identity",
    nextCheck: "has a token or a certificate expired, and do both clocks agree?",
  }),
];
