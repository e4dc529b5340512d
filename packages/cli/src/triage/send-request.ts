import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as SecureAgent, request as requestHttps } from "node:https";
import { isIP, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { Probe, ProbeFailure, ProbePurpose, ProbeResponse } from "@faultline/playbook/triage";
import { describeForeignAnswer } from "./describe-foreign-answer.ts";
import { findAddress } from "./find-address.ts";
import { readOpenssl } from "./read-openssl.ts";
import type { TriageRequest } from "./target.ts";
import { toSecureContext } from "./trust.ts";

/** How one request is sent. */
export type SendOptions = {
  readonly purpose: ProbePurpose;
  readonly timeoutMs: number;
  /** Sends over this agent's kept connection instead of a new one. */
  readonly agent?: Agent;
  /** Aborts the request when its answer is no longer wanted. */
  readonly signal?: AbortSignal;
  /** Called whenever the request enters another phase. */
  readonly onPhase?: (phase: ProbeFailure["phase"]) => void;
};

/** A probe with its request and response unredacted; redact before showing. */
export type SentProbe = { readonly probe: Probe; readonly request: TriageRequest };

const BODY_KEPT = 64 * 1024;
/** More than any proxy lets through: an oversized header section is evidence, not a reason to give up. */
const HEADER_BYTES = 1 << 20;
const BODY_READ = 16 << 20;

type Phase = ProbeFailure["phase"];
type Marks = {
  startMs: number;
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
  phase: Phase;
  /** How many bytes had been read from the connection before the request was sent. */
  readBytes: number;
  readonly onPhase: (phase: Phase) => void;
};

/**
 * Sends one request over HTTP/1.1 and measures each step. It adds no headers of its own except Host, Connection, Content-Length and Accept.
 * Whatever the network or the server does is the probe's result, never an exception.
 */
export async function sendRequest(
  request: TriageRequest,
  { purpose, timeoutMs, agent, signal, onPhase = () => {} }: SendOptions,
): Promise<SentProbe> {
  const endMs = performance.now() + timeoutMs;
  const url = new URL(request.url);
  // Creating the first context parses some three hundred certificates, time which must not count as the server's.
  const secureContext = url.protocol === "https:" ? toSecureContext(request.credentials) : undefined;
  const marks: Marks = { startMs: performance.now(), phase: isNamed(request) ? "dns" : "connect", readBytes: 0, onPhase };
  const base = {
    purpose,
    method: request.method,
    url: request.url,
    requestBodyBytes: request.body?.length ?? 0,
    wantsJson: /json/i.test(request.headers.find(([name]) => name.toLowerCase() === "accept")?.[1] ?? "json"),
  };
  const outcome = await exchange(url, request, { marks, endMs, agent, signal, secureContext });
  const { dnsMs, connectMs, tlsMs, firstByteMs } = marks;
  const timings = Object.fromEntries(Object.entries({ dnsMs, connectMs, tlsMs, firstByteMs }).filter(([, value]) => value !== undefined));
  return { request, probe: { ...base, ...timings, ...outcome, totalMs: performance.now() - marks.startMs } };
}

/** The headers that will go over the wire, in order. */
export function listHeaders({ url, method, headers, body }: TriageRequest): readonly (readonly [string, string])[] {
  const has = (name: string): boolean => headers.some(([each]) => each.toLowerCase() === name);
  const { host } = new URL(url);
  const needsLength = body !== undefined || /^(?:POST|PUT|PATCH)$/i.test(method);
  return [
    ...(has("host") ? [] : [["Host", host] as const]),
    ...headers,
    ...(has("accept") ? [] : [["Accept", "application/json, */*;q=0.5"] as const]),
    ...(needsLength && !has("content-length") && !has("transfer-encoding") ? [["Content-Length", String(body?.length ?? 0)] as const] : []),
    ...(has("connection") ? [] : [["Connection", "close"] as const]),
  ];
}

type Sending = {
  readonly marks: Marks;
  readonly endMs: number;
  readonly agent: Agent | undefined;
  readonly signal: AbortSignal | undefined;
  readonly secureContext: SecureContext | undefined;
};
type Outcome = { readonly response: ProbeResponse } | { readonly failure: ProbeFailure };

function exchange(url: URL, request: TriageRequest, { marks, endMs, agent, signal, secureContext }: Sending): Promise<Outcome> {
  const isSecure = url.protocol === "https:";
  const own = agent ?? (isSecure ? new SecureAgent({ keepAlive: false }) : new Agent({ keepAlive: false }));
  return new Promise((resolve) => {
    let isDone = false;
    const finish = (outcome: Outcome): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      if (agent === undefined) own.destroy();
      resolve(outcome);
    };
    const send = isSecure ? requestHttps : requestHttp;
    let client: ClientRequest;
    let received: Received | undefined;
    const giveUp = (): void => {
      const cut = received === undefined ? undefined : toResponse(received, "still coming");
      const message = describeSilence(marks, (client.socket?.bytesRead ?? 0) - marks.readBytes);
      client.destroy();
      finish(cut === undefined ? { failure: { phase: marks.phase, code: "TIMEOUT", message } } : { response: cut });
    };
    const timer = setTimeout(giveUp, Math.max(0, endMs - performance.now()));
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const { url: _url, ...address } = findAddress(request);
      client = send(url, {
        ...("path" in address ? { socketPath: address.path } : { hostname: address.host, port: address.port }),
        method: request.method,
        agent: own,
        setDefaultHeaders: false,
        setHost: false,
        maxHeaderSize: HEADER_BYTES,
        headers: listHeaders(request).flat(),
        // A server name is a name: an address is none (RFC 6066, section 3).
        ...(isSecure ? { rejectUnauthorized: !request.isInsecure, servername: isAddress(url) ? "" : url.hostname } : {}),
        ...(secureContext === undefined ? {} : { secureContext }),
      });
    } catch (error) {
      return finish({ failure: toFailure(error, "request") });
    }
    client.on("socket", (socket) => markSocket(socket, marks, isSecure));
    client.on("error", (error) => finish({ failure: toFailure(error, marks.phase) }));
    client.on("response", (response) => {
      marks.firstByteMs = performance.now() - marks.startMs;
      received = { response, chunks: [], bodyBytes: 0 };
      void readResponse(received).then((read) => finish({ response: read }));
    });
    client.end(request.body);
  });
}

function enter(marks: Marks, phase: Phase): void {
  marks.phase = phase;
  marks.onPhase(phase);
}

function markSocket(socket: Socket, marks: Marks, isSecure: boolean): void {
  marks.readBytes = socket.bytesRead;
  if (!socket.connecting) return enter(marks, "response");
  const since = (): number => performance.now() - marks.startMs;
  socket.once("lookup", (error: Error | null | undefined) => {
    marks.dnsMs = since();
    if (error === null || error === undefined) enter(marks, "connect");
  });
  socket.once("connect", () => {
    marks.connectMs = since();
    enter(marks, isSecure ? "tls" : "response");
  });
  socket.once("secureConnect", () => {
    marks.tlsMs = since();
    marks.readBytes = socket.bytesRead;
    enter(marks, "response");
  });
}

/** Describes how far the request got before it timed out. */
function describeSilence({ phase, startMs }: Marks, bytes: number): string {
  const within = `within ${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  if (phase === "dns") return `the name was not resolved ${within}`;
  if (phase === "connect") return `no connection ${within}`;
  if (phase === "tls") return `connected, but no TLS handshake ${within}`;
  return bytes > 0
    ? `the response began and its headers did not end ${within}: ${bytes} bytes came`
    : `connected, but not one byte of a response ${within}`;
}

/** True when connecting begins with a DNS lookup. */
function isNamed(request: TriageRequest): boolean {
  const address = findAddress(request);
  return "host" in address && isIP(address.host) === 0;
}

function isAddress({ hostname }: URL): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
}

function toFailure(error: unknown, phase: ProbeFailure["phase"]): ProbeFailure {
  if (!(error instanceof Error)) return { phase, code: "UNKNOWN", message: String(error) };
  // Node tries every address of a name and reports the attempts together.
  const inner = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : inner.name;
  // Node adds advice on how to start Node, which is of no use here.
  const message =
    describeForeignAnswer(inner) ?? readOpenssl(inner.message) ?? inner.message.replace(/; if the root CA is installed locally.*$/, "");
  return { phase, code, message };
}

/** A response as far as it has been received. */
type Received = { readonly response: IncomingMessage; readonly chunks: Buffer[]; bodyBytes: number };

async function readResponse(received: Received): Promise<ProbeResponse> {
  try {
    for await (const chunk of received.response as AsyncIterable<Buffer>) {
      if (received.bodyBytes < BODY_KEPT) received.chunks.push(chunk);
      received.bodyBytes += chunk.length;
      if (received.bodyBytes > BODY_READ) return toResponse(received, "not read further");
    }
  } catch {
    // The part of a body that arrived before it broke off is evidence.
    return toResponse(received, "broke off");
  }
  return toResponse(received, undefined);
}

function toResponse({ response, chunks, bodyBytes }: Received, bodyEnd: ProbeResponse["bodyEnd"]): ProbeResponse {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < response.rawHeaders.length; index += 2)
    headers.push([response.rawHeaders[index] ?? "", response.rawHeaders[index + 1] ?? ""]);
  const status = response.statusCode ?? 0;
  const { text: body, isMislabelled } = decode(Buffer.concat(chunks).subarray(0, BODY_KEPT), response.headers["content-encoding"]);
  return {
    status,
    statusLine: `HTTP/${response.httpVersion} ${status} ${response.statusMessage ?? ""}`.trimEnd(),
    headers,
    ...(body === undefined ? {} : { body }),
    bodyBytes,
    ...(bodyEnd === undefined ? {} : { bodyEnd }),
    ...(isMislabelled ? { isMislabelled } : {}),
  };
}

/** The magic numbers of compressed data. Brotli has none, and deflate is sent both with and without its two-byte header. */
const BEGINNINGS: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  gzip: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b,
  zstd: (bytes) => bytes.readUInt32LE() === 0xfd2fb528,
};

type Decoded = { readonly text: string | undefined; readonly isMislabelled: boolean };

/**
 * The body as text, decompressed where possible, with a limit on the output. A body that is not what Content-Encoding says is read as it
 * is.
 */
function decode(bytes: Buffer, encoding: string | undefined): Decoded {
  const options = { maxOutputLength: BODY_KEPT * 4 };
  const codecs: Readonly<Record<string, (input: Buffer) => Buffer>> = {
    gzip: (input) => gunzipSync(input, options),
    deflate: (input) => inflateSync(input, options),
    br: (input) => brotliDecompressSync(input, options),
    zstd: (input) => zstdDecompressSync(input, options),
  };
  const name = encoding?.toLowerCase() ?? "";
  const codec = Object.hasOwn(codecs, name) ? codecs[name] : undefined;
  const isMislabelled = bytes.length >= 4 && Object.hasOwn(BEGINNINGS, name) && BEGINNINGS[name]?.(bytes) === false;
  try {
    return { text: (codec === undefined || isMislabelled ? bytes : codec(bytes)).toString("utf8"), isMislabelled };
  } catch {
    return { text: undefined, isMislabelled };
  }
}
