/** Observes what a handler writes to node:http's response, however it is written: either held back until a decision, or as it passes. */
import type { OutgoingHttpHeader, ServerResponse } from "node:http";
import { hasClientLeft } from "./node-view.ts";

/** A response that is held back. */
export type Held = {
  /**
   * Resolves when the handler has ended it; `whole` is false when it grew past the limit and was released. Rejects when the server breaks it off
   * first, or when the client has left and the handler does not end it within its remaining time.
   */
  readonly ended: Promise<{ readonly whole: boolean }>;
  body(): Buffer;
  /** Sends it as it was written. */
  send(): void;
  /** Discards it: nothing of it was sent, so another answer can be. */
  discard(): void;
};

function toBytes(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8");
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.alloc(0);
}

type Callback = (error?: Error | null) => void;

function findCallback(...given: readonly unknown[]): Callback | undefined {
  return given.find((each) => typeof each === "function") as Callback | undefined;
}

/** Headers as `writeHead` takes them: an object, or a flat list of names and values in which a name may come again. */
function setHeaders(response: ServerResponse, headers: unknown): void {
  if (Array.isArray(headers)) {
    const list = headers as readonly OutgoingHttpHeader[];
    for (let at = 0; at + 1 < list.length; at += 2)
      if (!list.slice(0, at).includes(list[at] ?? "")) response.removeHeader(String(list[at]));
    for (let at = 0; at + 1 < list.length; at += 2) response.appendHeader(String(list[at]), String(list[at + 1]));
    return;
  }
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, OutgoingHttpHeader | undefined>)) {
    if (value !== undefined) response.setHeader(name, value);
  }
}

/** What `writeHead` would send, without sending it. */
function setHead(
  response: ServerResponse,
  status: number,
  [message, headers]: readonly [message?: unknown, headers?: unknown],
): ServerResponse {
  response.statusCode = status;
  if (typeof message === "string") response.statusMessage = message;
  setHeaders(response, typeof message === "string" ? headers : message);
  return response;
}

/** The error that node:http throws when headers are set after the end. */
function refuse(): never {
  throw Object.assign(new Error("Cannot set headers after they are sent to the client"), { code: "ERR_HTTP_HEADERS_SENT" });
}

/** The error that node:http gives to a write after the end. */
function refuseLate(callback: Callback | undefined): false {
  if (callback !== undefined)
    process.nextTick(callback, Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" }));
  return false;
}

/** The socket as the host sees it while the answer is held back: breaking it off calls the given `destroy` instead. */
function shieldSocket(socket: object, destroy: (error?: Error) => void): object {
  return new Proxy(socket, {
    get(target, name) {
      if (name === "destroy") return destroy;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/**
 * Postpones the host's breaking off a connection, as Express does when it learns of an error after the answer: otherwise the client would get nothing of
 * an answer that is held back. Only the host's own calls are postponed; the server's own reasons and the client's count at once. Returns a function that
 * undoes this.
 */
function shield(response: ServerResponse): () => void {
  const { req: request } = response;
  const { socket } = request as { readonly socket?: object | null };
  let breakOff: (() => void) | undefined;
  const restoreDestroy = replaceMember(response, "destroy", (error?: Error) => {
    breakOff ??= () => response.destroy(error);
    return response;
  });
  const shielded = (error?: Error): void => {
    breakOff ??= () => request.socket.destroy(error);
  };
  const isSocket = typeof socket === "object" && socket !== null;
  const restoreSocket = isSocket ? replaceMember(request, "socket", shieldSocket(socket, shielded)) : undefined;
  return () => {
    restoreDestroy();
    restoreSocket?.();
    if (breakOff !== undefined) response.once("finish", breakOff);
  };
}

/** Returns a function that undoes this. */
function replaceMember(owner: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: before?.enumerable ?? false });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}

/** Makes a response that was ended, but is still held back, look sent to the rest of the host. Returns a function that undoes this. */
function seal(response: ServerResponse): () => void {
  const sealed = { setHeader: refuse, appendHeader: refuse, removeHeader: refuse, writeHead: refuse };
  const own = Object.getOwnPropertyDescriptors(response);
  const unshield = shield(response);
  Object.assign(response, sealed);
  const fixed = { headersSent: true, writableEnded: true, statusCode: response.statusCode };
  for (const [name, value] of Object.entries(fixed)) {
    Object.defineProperty(response, name, { get: () => value, set() {}, configurable: true });
  }
  return () => {
    for (const name of Object.keys({ ...sealed, ...fixed })) {
      const before = own[name as keyof typeof own] as PropertyDescriptor | undefined;
      if (before === undefined) Reflect.deleteProperty(response, name);
      else Object.defineProperty(response, name, before);
    }
    unshield();
  };
}

/** How many handlers whose client has left may keep being waited for: a client that sends and hangs up again and again must not fill the process. */
const MAX_ALONE = 100;
let alone = 0;

/** Called when the connection has closed. Gives up at once if the server broke it off; if the client left, waits for a limited time, for a limited number of handlers. */
function waitForHandler(
  response: ServerResponse,
  patienceMs: number,
  { promise, reject }: { readonly promise: Promise<unknown>; readonly reject: (error: Error) => void },
): void {
  const giveUp = (): void => reject(new Error("the connection closed before there was an answer"));
  if (patienceMs === 0 || alone >= MAX_ALONE || !hasClientLeft(response.req)) return giveUp();
  alone += 1;
  const timer = setTimeout(giveUp, patienceMs).unref();
  const stop = (): void => {
    alone -= 1;
    clearTimeout(timer);
  };
  promise.then(stop, stop);
}

/** What was written so far. */
class Pieces {
  readonly #chunks: Buffer[] = [];
  sizeBytes = 0;

  add(chunk: unknown, encoding: unknown): void {
    const bytes = toBytes(chunk, encoding);
    if (bytes.byteLength === 0) return;
    this.#chunks.push(bytes);
    this.sizeBytes += bytes.byteLength;
  }

  /** All of it, in one piece. */
  join(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  forget(): void {
    this.#chunks.length = 0;
  }
}

/** How a response is held back. */
export type HoldOptions = {
  /** Longer bodies are released. */
  readonly limitBytes: number;
  /** How long a handler may continue after its client has left, ms. Default 0. */
  readonly patienceMs?: number;
};

/** Holds `response` back. */
export function holdResponse(response: ServerResponse, { limitBytes, patienceMs = 0 }: HoldOptions): Held {
  const original = {
    write: response.write.bind(response),
    end: response.end.bind(response),
    writeHead: response.writeHead.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
  };
  const pieces = new Pieces();
  const { promise, resolve, reject } = Promise.withResolvers<{ whole: boolean }>();
  let unseal: (() => void) | undefined;
  const letGo = (): void => {
    unseal?.();
    Object.assign(response, original);
  };
  const onClose = (): void => waitForHandler(response, patienceMs, { promise, reject });
  response.once("close", onClose);
  const held = {
    write(chunk: unknown, encoding: unknown, done: unknown): boolean {
      if (unseal !== undefined) return refuseLate(findCallback(encoding, done));
      pieces.add(chunk, encoding);
      const callback = findCallback(encoding, done);
      if (pieces.sizeBytes > limitBytes) {
        letGo();
        resolve({ whole: false });
        const bytes = pieces.join();
        pieces.forget();
        return original.write(bytes, "utf8", callback);
      }
      if (callback !== undefined) process.nextTick(callback);
      return true;
    },
    end(chunk: unknown, encoding: unknown, done: unknown): ServerResponse {
      const callback = findCallback(chunk, encoding, done);
      const hasChunk = typeof chunk !== "function" && chunk !== undefined && chunk !== null;
      if (unseal !== undefined && hasChunk) refuseLate(callback);
      else if (callback !== undefined) response.once("finish", callback);
      if (unseal !== undefined) return response;
      if (hasChunk) pieces.add(chunk, encoding);
      unseal = seal(response);
      resolve({ whole: true });
      return response;
    },
    writeHead: (status: number, ...rest: [message?: unknown, headers?: unknown]) => setHead(response, status, rest),
    flushHeaders(): void {},
  };
  Object.assign(response, held);
  return {
    ended: promise,
    body: () => pieces.join(),
    send() {
      letGo();
      response.end(pieces.join());
    },
    discard() {
      letGo();
      pieces.forget();
      response.removeListener("close", onClose);
    },
  };
}

/**
 * Keeps a copy of the body as it passes, up to `limitBytes`. Only the end waits, for `beforeEnd`, which gets the copy and must not reject.
 * `beforeEnd` is not called for a longer body.
 */
export function watchResponse(response: ServerResponse, limitBytes: number, beforeEnd: (body: Buffer) => Promise<void>): void {
  const original = { write: response.write.bind(response), end: response.end.bind(response) };
  const chunks: Buffer[] = [];
  let size = 0;
  const copy = (chunk: unknown, encoding: unknown): void => {
    if (size > limitBytes) return;
    const bytes = toBytes(chunk, encoding);
    size += bytes.byteLength;
    if (size > limitBytes) chunks.length = 0;
    else chunks.push(bytes);
  };
  response.write = ((...given: Parameters<ServerResponse["write"]>) => {
    copy(given[0], given[1]);
    return original.write(...given);
  }) as ServerResponse["write"];
  response.end = ((...given: Parameters<ServerResponse["end"]>) => {
    copy(given[0], given[1]);
    Object.assign(response, original);
    if (size > limitBytes) return original.end(...given);
    void beforeEnd(Buffer.concat(chunks)).finally(() => original.end(...given));
    return response;
  }) as ServerResponse["end"];
}
