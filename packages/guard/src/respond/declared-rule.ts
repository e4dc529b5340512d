/** Errors that say themselves which status they mean: http-errors, Koa's ctx.throw, Fastify, Nest, Hono, body-parser, and the guard's own. */
import { codeOf, nameOf, readMember, readTextMember } from "../capture/throwable.ts";
import { type ErrorAnswer, type ErrorFacts, isErrorStatus } from "./error-facts.ts";

/** How an error of the guard carries its answer: by a symbol, so that nothing that came from outside can forge one. */
export const ANSWER: unique symbol = Symbol.for("faultline.guard.answer");

/** The client closed the request: nginx's 499, which no client sees and which is nobody's server error. */
const CLIENT_CLOSED_REQUEST = 499;

/** Members that only the error of an HTTP client or a cloud SDK has: its status is that of a dependency, not of this request. */
const FOREIGN_MEMBERS: readonly Parameters<typeof readMember>[1][] = [
  (it) => it["response"],
  (it) => it["request"],
  (it) => it["config"],
  (it) => it["$metadata"],
  (it) => it["$response"],
  (it) => it["meta"],
  (it) => it["rawType"],
  (it) => it["request_id"],
  (it) => it["requestID"],
  // Wreck's, which is a Boom.
  (it) => (it["data"] as typeof it | undefined)?.["isResponseError"],
];

/** True when the error tells of another server's answer. */
export function isForeignAnswer(thrown: unknown): boolean {
  // Nest's HttpException keeps what it will answer in `response`.
  if (
    typeof readMember(thrown, (it) => it["getStatus"]) === "function" &&
    typeof readMember(thrown, (it) => it["getResponse"]) === "function"
  ) {
    return false;
  }
  return codeOf(thrown) === "UND_ERR_RESPONSE" || FOREIGN_MEMBERS.some((read) => readMember(thrown, read) !== undefined);
}

/** An abort after the client went away is no failure of the server. */
export function ruleForClientGone(facts: ErrorFacts): ErrorAnswer | undefined {
  if (!facts.clientGone) return undefined;
  const [thrown] = facts.chain;
  const isAbort =
    nameOf(thrown) === "AbortError" ||
    readTextMember(thrown, (it) => it["type"]) === "request.aborted" ||
    /^(?:ERR_STREAM_PREMATURE_CLOSE|ECONNRESET)$/.test(codeOf(thrown) ?? "");
  return isAbort ? { status: CLIENT_CLOSED_REQUEST } : undefined;
}

function readRetryAfter(thrown: unknown): number | undefined {
  const headers = readMember(thrown, (it) => it["headers"]);
  const value = Number(
    readMember(headers, (it) => it["retry-after"]) ?? readMember(headers, (it) => it["Retry-After"]) ?? readWait(thrown),
  );
  return value >= 0 ? Math.min(value, 3600) : undefined;
}

/** What rate-limiter-flexible throws is no error: it says how long to wait. */
const readWait = (thrown: unknown): number => Number(readMember(thrown, (it) => it["msBeforeNext"])) / 1000;

/** multer's errors are of what was sent, all but one, and have codes in place of a status. */
function readUploadStatus(thrown: unknown): number | undefined {
  const code = codeOf(thrown) ?? "";
  if (nameOf(thrown) !== "MulterError" || code === "STREAM_DESTROYED") return undefined;
  return /SIZE|VALUE/.test(code) ? 413 : 400;
}

function readStatus(thrown: unknown): number | undefined {
  const getStatus = readMember(thrown, (it) => it["getStatus"]);
  const status =
    typeof getStatus === "function"
      ? (Reflect.apply(getStatus, thrown, []) as unknown)
      : (readMember(thrown, (it) => it["status"]) ??
        readMember(thrown, (it) => it["statusCode"]) ??
        // formidable's, and Boom's.
        readMember(thrown, (it) => it["httpCode"]) ??
        readMember(thrown, (it) => it["isBoom"] && (it["output"] as typeof it)["statusCode"]) ??
        readUploadStatus(thrown) ??
        (readWait(thrown) >= 0 ? 429 : undefined));
  return isErrorStatus(status) ? status : undefined;
}

/** Reads the guard's own answer, else the declared status. A declared 500 is left to the rules that look at the causes. */
export function ruleForDeclaredStatus(facts: ErrorFacts): ErrorAnswer | undefined {
  const [thrown] = facts.chain;
  for (const link of facts.chain) {
    const own = readMember(link, (it) => it[ANSWER]);
    if (own !== undefined) return own as ErrorAnswer;
  }
  const status = readStatus(thrown);
  if (status === undefined || status === 500) return undefined;
  const retryAfterSeconds = readRetryAfter(thrown);
  const isPassing = [408, 425, 429, 503].includes(status);
  return { status, retryable: isPassing, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}
