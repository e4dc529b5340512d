/**
 * Sends export requests over OTLP/HTTP: one kept-alive connection, gzip, a deadline, a limit on the answer. It writes HTTP itself instead of using
 * `http.request`: a client shares `OutgoingMessage`, headers and parser with the host's server, and its first request makes V8 discard the code that it had
 * optimised for the server; see docs/decisions/0190.
 */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { withoutTracing } from "../trace-context.ts";

/** What became of an export request. */
export type SendOutcome =
  | { readonly kind: "accepted" }
  /** Sending it again would not help (OTLP: any 4xx but 429, and 5xx but 502, 503, 504). */
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "unavailable"; readonly because: string; readonly retryAfterMs?: number };

/** Takes gzipped OTLP/JSON to a collector. `send` never rejects. */
export type Transport = { send(path: string, body: Uint8Array): Promise<SendOutcome>; close(): void };

const SEND_TIMEOUT_MS = 10_000;
const RETRYABLE = new Set([429, 502, 503, 504]);
const MAX_RETRY_AFTER_MS = 3_600_000;
/** No collector answers with a longer head; a longer body is not read. */
const MAX_ANSWER = 16_384;

/** `Retry-After` as delay (RFC 9110 §10.2.3: seconds or a date), never negative, at most an hour. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const delayMs = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(delayMs) ? Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS) : undefined;
}

/** The value of a header field in a response head. */
function readField(head: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, "im").exec(head)?.[1];
}

function toOutcome(status: number, head: string): SendOutcome {
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const because = `the collector answered ${status}`;
  if (!RETRYABLE.has(status)) return { kind: "refused", because };
  const retryAfterMs = parseRetryAfter(readField(head, "retry-after"), Date.now());
  return { kind: "unavailable", because, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** An answer. `restBytes` is how much of its body is still missing; undefined when the connection cannot be used again. */
type Answer = { readonly outcome: SendOutcome; readonly restBytes: number | undefined };

/**
 * The answer that `text` begins with (RFC 9112 §6.3); undefined while its head is incomplete. A body that is long, or whose length is not declared, is not
 * read: the status says enough.
 */
function readAnswer(text: string): Answer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0 && text.length <= MAX_ANSWER) return undefined;
  const head = text.slice(0, end);
  const [, minor, code] = /^HTTP\/1\.(\d) (\d{3})(?: |\r|$)/.exec(head) ?? [];
  if (end < 0 || code === undefined) return { outcome: { kind: "unavailable", because: "no answer in HTTP/1.1" }, restBytes: undefined };
  const status = Number(code);
  if (status < 200) return readAnswer(text.slice(end + 4));
  const length = Number((status === 204 ? "0" : readField(head, "content-length")) ?? Number.NaN);
  const isKept = minor === "1" && length <= MAX_ANSWER && !/\bclose\b/i.test(readField(head, "connection") ?? "");
  return { outcome: toOutcome(status, head), restBytes: isKept ? length - (text.length - end - 4) : undefined };
}

/** The header fields of a request, except its length. Throws when a configured header is invalid. */
function writeFields(endpoint: URL, headers: Readonly<Record<string, string>>): string {
  const { username, password, host } = endpoint;
  const fields = new Map([["host", host]]);
  if (username !== "" || password !== "") {
    fields.set("authorization", `Basic ${Buffer.from(decodeURIComponent(`${username}:${password}`)).toString("base64")}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    fields.set(name.toLowerCase(), value);
  }
  fields.set("content-type", "application/json").set("content-encoding", "gzip").delete("content-length");
  return [...fields].map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

function openSocket({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol === "http:") return connectPlain(Number(port || 80), host);
  return connectTls({ port: Number(port || 443), host, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/** A connection to a collector, for one request after the other. */
class Connection {
  readonly #socket: Socket;
  #settle: ((outcome: SendOutcome) => void) | undefined;
  #text = "";
  /** The outcome, once the answer's head has arrived and while its body is still missing. */
  #said: SendOutcome | undefined;

  constructor(endpoint: URL) {
    const socket = openSocket(endpoint);
    this.#socket = socket;
    // The guard keeps no process alive: what is unsent when it ends is in the spool.
    socket.unref();
    socket.on("data", (piece) => this.#read(piece));
    socket.on("timeout", () => this.#end(`no answer within ${SEND_TIMEOUT_MS} ms`));
    socket.on("error", (error) => this.#end(error.message));
    socket.on("close", () => this.#end("the collector closed the connection"));
  }

  /** True when it can take a request. */
  get isFree(): boolean {
    return this.#settle === undefined && this.#socket.writable;
  }

  send(request: Uint8Array): Promise<SendOutcome> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket.setTimeout(SEND_TIMEOUT_MS);
      this.#socket.write(request);
    });
  }

  #read(piece: Buffer): void {
    this.#text += piece.toString("latin1");
    const answer = readAnswer(this.#text);
    if (answer === undefined) return;
    this.#said = answer.outcome;
    if ((answer.restBytes ?? 0) > 0) return;
    // Unsolicited data, or data beyond the end of the answer, must not be read as the next answer.
    if (answer.restBytes !== 0 || this.#settle === undefined) return this.#end("");
    this.#socket.setTimeout(0);
    this.#answer(answer.outcome);
  }

  #answer(outcome: SendOutcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#text = "";
    this.#said = undefined;
    settle?.(outcome);
  }

  /** Ends the connection. An answer that broke off after its head still counts by its status. */
  #end(because: string): void {
    this.#socket.destroy();
    this.#answer(this.#said ?? { kind: "unavailable", because });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A transport to `endpoint`, the base URL of a collector; the signal's path is added to it. */
export function createTransport(endpoint: URL, headers: Readonly<Record<string, string>>): Transport {
  const base = endpoint.pathname.replace(/\/+$/, "");
  let fields: string | undefined;
  let connection: Connection | undefined;

  function send(path: string, body: Uint8Array): Promise<SendOutcome> {
    fields ??= writeFields(endpoint, headers);
    const head = `POST ${base}${path} HTTP/1.1\r\n${fields}content-length: ${body.byteLength}\r\n\r\n`;
    if (connection?.isFree !== true) connection = new Connection(endpoint);
    return connection.send(Buffer.concat([Buffer.from(head, "latin1"), body]));
  }

  return {
    async send(path, body) {
      try {
        return await withoutTracing(() => send(path, body));
      } catch (error) {
        return { kind: "unavailable", because: String(error) };
      }
    },
    close: () => connection?.close(),
  };
}
