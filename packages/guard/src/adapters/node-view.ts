/** What all adapters that end in node:http's request and response share: how to read them, watch their end, and write an answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { readMember, readTextMember } from "../capture/throwable.ts";
import type { Exchange, HostView } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import type { Answer } from "../respond/problem.ts";

/** The same for all copies of this package, as in capture/share-in-process.ts: a request has one exchange, whichever of them sees it first. */
const EXCHANGE: unique symbol = Symbol.for("faultline.exchange.1");

const ADDRESS: unique symbol = Symbol("faultline.address");

type Marked = { [EXCHANGE]?: Exchange; [ADDRESS]?: string | undefined };

/** A request as node:http has it; `body` is where body parsers put theirs. */
export type NodeRequest = IncomingMessage & { body?: unknown; readonly upgrade?: boolean | null };

/** Reads the scheme. HTTP/2 states it in the request; there the socket may be gone before the exchange ends, and reading it would throw. */
function readScheme(request: NodeRequest & { readonly scheme?: unknown }): "http" | "https" {
  const isSecure =
    request.httpVersionMajor > 1 ? request.scheme === "https" : (request.socket as { encrypted?: boolean }).encrypted === true;
  return isSecure ? "https" : "http";
}

function readAddress(request: NodeRequest): string | undefined {
  return readTextMember(request, (it) => (it["socket"] as { readonly remoteAddress?: unknown } | undefined)?.remoteAddress);
}

/** Reads node:http's request, and that of node:http2's compatibility layer. Frameworks built on it override `route` and `target`. */
export const nodeView: HostView<NodeRequest> = {
  method: (request) => request.method ?? "_OTHER",
  target: (request) => request.url ?? "/",
  headers: (request) => request.headers,
  scheme: readScheme,
  route: () => undefined,
  protocol: (request) => request.httpVersion,
  clientAddress: (request) => (request as Marked)[ADDRESS] ?? readAddress(request),
  parsedBody: (request) => request.body,
};

/** The exchange that a request or response of node:http belongs to. */
export function findExchange(message: object): Exchange | undefined {
  return (message as Marked)[EXCHANGE];
}

/** The codes and names by which streams, sockets and signals say that the other side is gone, and the messages of multer, busboy and formidable, which have no codes. */
const DISCONNECTS = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_DESTROYED",
  "ERR_HTTP2_INVALID_STREAM",
  "AbortError",
  "Request aborted",
  "Request closed",
  "Unexpected end of form",
]);

function isDisconnect(thrown: unknown): boolean {
  return ["code", "name", "message"].some((member) => DISCONNECTS.has(readTextMember(thrown, (it) => it[member]) ?? ""));
}

/** True when the client closed or lost the connection; false when the server broke it off itself. */
export function hasClientLeft(request: NodeRequest): boolean {
  if (request.httpVersionMajor > 1) return request.aborted;
  const { readableEnded, errored } = request.socket;
  return readableEnded || errored !== null;
}

// One function for all responses, so that none is allocated per request.
function onClose(this: ServerResponse): void {
  const exchange = findExchange(this);
  if (exchange === undefined) return;
  const isAborted = !this.writableFinished;
  const request = exchange.request as NodeRequest;
  const hasLeft = isAborted && hasClientLeft(request);
  if (hasLeft) exchange.isExcused = isDisconnect;
  // A response that was broken off with an error says why, unless the error only says that the client left. In HTTP/2 it is undefined.
  const { errored } = this;
  if (isAborted && errored !== null && errored !== undefined && !isDisconnect(errored)) exchange.fail(errored);
  // Nobody receives what a host answers to half a request, as Express's last handler does.
  const isSaid = this.headersSent && !(hasLeft && !request.complete && isDisconnect(exchange.thrown));
  exchange.owner.finish(exchange, isSaid ? this.statusCode : undefined, isAborted);
}

/** Sees each piece of the body as the parser hands it to the stream, without changing how the stream flows. */
function pushAndKeep(this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (chunk instanceof Uint8Array) findExchange(this)?.keepBody(chunk);
  // The `push` of the request's own class, which a host may have replaced.
  return (Object.getPrototypeOf(this) as IncomingMessage).push.call(this, chunk, encoding);
}

const CONTENT_LENGTH = "content-length";
const TRANSFER_ENCODING = "transfer-encoding";

/**
 * True when a body is announced (RFC 9112 §6.3). Reads the raw headers, because `request.headers` builds an object that many hosts never ask for. In
 * HTTP/2 a body needs no announcement (RFC 9113 §8.1).
 */
function hasBody({
  rawHeaders = [],
  httpVersionMajor,
}: {
  readonly rawHeaders?: readonly string[];
  readonly httpVersionMajor?: number;
}): boolean {
  if (httpVersionMajor === 2) return true;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === TRANSFER_ENCODING.length && name.toLowerCase() === TRANSFER_ENCODING) return true;
    if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH) return rawHeaders[at + 1] !== "0";
  }
  return false;
}

/**
 * Begins the exchange of a request and its response, or returns the one that exists already. Undefined when that failed; the host then goes on without the
 * guard.
 */
export function beginNode<R extends NodeRequest>(
  guard: Guard,
  view: HostView<R>,
  pair: { request: R; response: ServerResponse },
): Exchange | undefined {
  const { request, response } = pair;
  const known = findExchange(request);
  if (known !== undefined) return known;
  try {
    const exchange = guard.begin(view, request) as Exchange;
    (request as Marked)[EXCHANGE] = exchange;
    (response as Marked)[EXCHANGE] = exchange;
    response.on("close", onClose);
    // The response of an upgraded connection may have no socket whose end it would report, as with express-ws.
    if (request.upgrade === true) request.socket.on("close", onClose.bind(response));
    // When an HTTP/2 stream ends it has lost its session, which knows the address.
    if (request.httpVersionMajor > 1) (request as Marked)[ADDRESS] = readAddress(request);
    if (guard.bodyLimitBytes > 0 && hasBody(request)) request.push = pushAndKeep;
    return exchange;
  } catch (error) {
    guard.countError(error);
    return undefined;
  }
}

/** True when Node's parser delivered this request, in a callback of its own. A tool that injects requests may do other work in the same callback. */
function isFromParser(request: NodeRequest): boolean {
  const { parser } = (request.socket ?? {}) as { readonly parser?: unknown };
  return parser !== undefined && parser !== null;
}

/** Runs the rest of a request in its context. */
export function runNode<T>(guard: Guard, exchange: Exchange, work: () => T): T {
  return isFromParser(exchange.request as NodeRequest) ? guard.runLast(exchange, work) : guard.run(exchange, work);
}

/** True when the client left before it had sent all of its request. */
export function isClientGone(request: NodeRequest): boolean {
  return request.destroyed && !request.complete;
}

/** Records the error of a body that is a stream, which fails after the handler is done. Whoever sends the stream listens for its errors too. */
export function watchStream(body: unknown, exchange: Exchange | undefined): void {
  if (exchange === undefined || typeof body !== "object" || body === null) return;
  const on = readMember(body, (it) => it["on"]);
  if (typeof on === "function") Reflect.apply(on, body, ["error", (thrown: unknown) => exchange.fail(thrown)]);
}

/** Headers that describe a representation that is not going to be sent. */
export const STALE_HEADERS: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-language",
  "content-range",
  "content-length",
  "etag",
  "last-modified",
  "transfer-encoding",
  "trailer",
  "accept-ranges",
]);

/** Takes them off a response. */
export function removeStaleHeaders(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) if (STALE_HEADERS.has(name)) response.removeHeader(name);
}

/** True when the response has begun or is over. HTTP/2 marks its stream where node:http marks the response. */
function isTooLate(response: ServerResponse & { readonly stream?: { readonly destroyed?: boolean } }): boolean {
  return response.headersSent || response.destroyed || response.writableEnded || response.stream?.destroyed === true;
}

/** Breaks off a response, so that the client does not take half of it for all of it. One that was ended is complete, though it may still be on its way. */
export function breakOff(response: ServerResponse): void {
  if (!response.writableEnded) response.destroy();
}

/** Writes an answer. False when the response has begun or is over: then it is too late for one. */
export function sendAnswer(response: ServerResponse, answer: Answer): boolean {
  if (isTooLate(response)) return false;
  removeStaleHeaders(response);
  response.statusCode = answer.status;
  for (const name of Object.keys(answer.headers)) response.setHeader(name, answer.headers[name] ?? "");
  const sizeBytes = Buffer.byteLength(answer.body);
  response.setHeader("content-length", sizeBytes);
  // Most answers are plain ASCII, which is the same in Latin-1, and that is cheaper to write.
  response.end(answer.body, sizeBytes === answer.body.length ? "latin1" : "utf8");
  return true;
}
