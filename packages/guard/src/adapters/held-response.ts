/** Looks at what a handler writes to node:http's response, whatever way it is written: held back until somebody decided, or as it passes. */
import type { OutgoingHttpHeader, ServerResponse } from "node:http";

/** A response that is held back. */
export type Held = {
  /** Resolves when the handler has ended it; `whole` is false when it grew past the limit and was let go. Rejects when the connection closes first. */
  readonly ended: Promise<{ readonly whole: boolean }>;
  body(): Buffer;
  /** Sends it as it was written. */
  send(): void;
  /** Forgets it: nothing of it was sent, and another answer can be. */
  discard(): void;
};

function toBytes(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8");
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.alloc(0);
}

function findCallback(...given: readonly unknown[]): (() => void) | undefined {
  return given.find((each) => typeof each === "function") as (() => void) | undefined;
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

/** Holds `response` back, up to `limitBytes` of body. */
export function holdResponse(response: ServerResponse, limitBytes: number): Held {
  const original = {
    write: response.write.bind(response),
    end: response.end.bind(response),
    writeHead: response.writeHead.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
  };
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<{ whole: boolean }>();
  const letGo = (): void => {
    Object.assign(response, original);
  };
  const hold = (chunk: unknown, encoding: unknown): void => {
    const bytes = toBytes(chunk, encoding);
    if (bytes.byteLength === 0) return;
    chunks.push(bytes);
    size += bytes.byteLength;
  };
  const onClose = (): void => reject(new Error("the connection closed before there was an answer"));
  response.once("close", onClose);
  const held = {
    write(chunk: unknown, encoding: unknown, done: unknown): boolean {
      hold(chunk, encoding);
      const callback = findCallback(encoding, done);
      if (size > limitBytes) {
        letGo();
        resolve({ whole: false });
        return original.write(Buffer.concat(chunks.splice(0)), "utf8", callback);
      }
      if (callback !== undefined) process.nextTick(callback);
      return true;
    },
    end(chunk: unknown, encoding: unknown, done: unknown): ServerResponse {
      if (typeof chunk !== "function") hold(chunk, encoding);
      const callback = findCallback(chunk, encoding, done);
      if (callback !== undefined) response.once("finish", callback);
      resolve({ whole: true });
      return response;
    },
    writeHead: (status: number, ...rest: [message?: unknown, headers?: unknown]) => setHead(response, status, rest),
    flushHeaders(): void {},
  };
  Object.assign(response, held);
  return {
    ended: promise,
    body: () => Buffer.concat(chunks),
    send() {
      letGo();
      response.end(Buffer.concat(chunks));
    },
    discard() {
      letGo();
      chunks.length = 0;
      response.removeListener("close", onClose);
    },
  };
}

/**
 * Keeps a copy of the body as it passes, up to `limitBytes`; only the end waits, for `beforeEnd`, which gets the copy and must not reject.
 * Of a longer body `beforeEnd` is not told.
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
