import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeExportResponse, encodeStatus } from "@faultline/formats/otlp-response";
import type { Payload, Receipt, Store } from "../store/contract.ts";
import { BodyPool } from "./body-pool.ts";
import { ByteBudget, type ByteShare } from "./byte-budget.ts";
import { inflate } from "./inflate.ts";
import { readBody } from "./read-body.ts";
import { type Refusal, refuseForNow, refuseMalformed, refuseTooLarge } from "./refusal.ts";
import { isOtlpPath, parseRequestKind, type RequestKind, toEncoding, toPath } from "./request-kind.ts";

/** Limits of a receiver. */
export type ReceiverLimits = {
  /** Largest body, on the wire and after decompression. OTLP 1.11 recommends 64 MiB. */
  readonly maxBodyBytes: number;
  /** Bodies held at once, over all requests, compressed and decompressed bytes together; past it requests get 503. */
  readonly maxHeldBytes: number;
  /** How long a body may take to arrive. */
  readonly bodyTimeoutMs: number;
};

/** The limits used when none are named. */
export const DEFAULT_RECEIVER_LIMITS: ReceiverLimits = { maxBodyBytes: 64 << 20, maxHeldBytes: 96 << 20, bodyTimeoutMs: 30_000 };

/** What a receiver has done since it was made. */
export type ReceiverCounts = {
  readonly requests: number;
  readonly acceptedItems: number;
  readonly rejectedItems: number;
  /** Requests that were not taken, by the status of their answer. */
  readonly refused: Readonly<Record<string, number>>;
  /** Requests whose sender went away before the body was complete. */
  readonly aborted: number;
  readonly heldBytes: number;
};

/** Handles the OTLP/HTTP requests of a server that may serve other things too. */
export type Receiver = {
  /** Answers an OTLP request and returns true; leaves any other request alone and returns false. */
  readonly receive: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly counts: () => ReceiverCounts;
};

/** What a receiver needs. */
export type ReceiverOptions = {
  readonly store: Pick<Store, "append">;
  readonly limits?: Partial<ReceiverLimits>;
  /** Called for what should not happen: a store that throws instead of answering. */
  readonly report?: (error: unknown) => void;
};

type Tally = { requests: number; acceptedItems: number; rejectedItems: number; readonly refused: Record<string, number>; aborted: number };
type Receiving = {
  readonly append: Store["append"];
  readonly limits: ReceiverLimits;
  readonly budget: ByteBudget;
  readonly pool: BodyPool;
  readonly tally: Tally;
  readonly report: (error: unknown) => void;
};

/**
 * Makes a receiver of OTLP/HTTP 1.11: POST of traces, logs and metrics in protobuf or JSON. A 2xx is sent only after the store's
 * `append` resolved, which means that the data is on disk.
 */
export function createReceiver({ store, limits, report = () => {} }: ReceiverOptions): Receiver {
  const allLimits = { ...DEFAULT_RECEIVER_LIMITS, ...limits };
  const receiving: Receiving = {
    append: (payload) => store.append(payload),
    limits: allLimits,
    budget: new ByteBudget(allLimits.maxHeldBytes),
    pool: new BodyPool(),
    tally: { requests: 0, acceptedItems: 0, rejectedItems: 0, refused: {}, aborted: 0 },
    report,
  };
  return {
    receive(request, response) {
      if (!isOtlpPath(toPath(request.url ?? ""))) return false;
      receiving.tally.requests += 1;
      void answer(receiving, request, response);
      return true;
    },
    counts: () => ({ ...receiving.tally, refused: { ...receiving.tally.refused }, heldBytes: receiving.budget.heldBytes }),
  };
}

type Outcome = { readonly kind: "taken"; readonly receipt: Receipt } | Refusal | { readonly kind: "aborted" };

/** Never rejects: whatever goes wrong becomes an answer. */
async function answer(receiving: Receiving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const kind = parseRequestKind(request);
  const share = receiving.budget.open();
  let outcome: Outcome;
  try {
    outcome = kind.kind === "refused" ? kind : await take(receiving, request, { kind, share });
  } catch (error) {
    receiving.report(error);
    outcome = refuseForNow("The data could not be stored.", 5_000);
  } finally {
    share.close();
  }
  if (outcome.kind === "aborted") receiving.tally.aborted += 1;
  else if (outcome.kind === "refused") writeRefusal(receiving, { request, response, refusal: outcome });
  else if (kind.kind === "export") writeReceipt(receiving, { request, response, receipt: outcome.receipt, kind });
}

type Body = { readonly kind: RequestKind; readonly share: ByteShare };

async function take({ limits, append, pool }: Receiving, request: IncomingMessage, { kind, share }: Body): Promise<Outcome> {
  const { signal, encoding, coding, contentLength } = kind;
  const maxBytes = limits.maxBodyBytes;
  if (contentLength !== undefined && contentLength > maxBytes) return refuseTooLarge(maxBytes);
  const body = await readBody(request, { maxBytes, timeoutMs: limits.bodyTimeoutMs, share, pool });
  if (body.kind !== "body") return body;
  try {
    const plain = coding === "identity" ? body : await inflate(body.bytes, { coding, maxBytes, share });
    if (plain.kind !== "body") return plain;
    const payload: Payload = { signal, encoding, bytes: plain.bytes };
    return { kind: "taken", receipt: await append(payload) };
  } finally {
    pool.give(body.bytes);
  }
}

type Receipted = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly receipt: Receipt;
  readonly kind: RequestKind;
};

function writeReceipt(receiving: Receiving, { request, response, receipt, kind }: Receipted): void {
  switch (receipt.kind) {
    case "malformed":
      writeRefusal(receiving, { request, response, refusal: refuseMalformed(receipt.because) });
      return;
    case "overloaded":
      writeRefusal(receiving, { request, response, refusal: refuseForNow(receipt.because, receipt.retryAfterMs) });
      return;
    case "accepted": {
      const { rejected } = receipt;
      receiving.tally.acceptedItems += receipt.items;
      receiving.tally.rejectedItems += rejected;
      const partial = rejected === 0 ? undefined : { rejected, because: receipt.rejectedBecause ?? "malformed items" };
      write(response, 200, { "content-type": toContentType(kind.encoding) }, encodeExportResponse(kind.signal, kind.encoding, partial));
    }
  }
}

type Refused = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly refusal: Refusal };

function writeRefusal({ tally }: Receiving, { request, response, refusal }: Refused): void {
  const { status, code, message, headers } = refusal;
  tally.refused[status] = (tally.refused[status] ?? 0) + 1;
  const encoding = toEncoding(request.headers["content-type"]) ?? "json";
  write(response, status, { "content-type": toContentType(encoding), ...headers }, encodeStatus(encoding, { code, message }));
  if (!request.complete) drainBriefly(request);
}

function toContentType(encoding: Payload["encoding"]): string {
  return encoding === "json" ? "application/json" : "application/x-protobuf";
}

// Status, headers and body of an answer: together they would need a type that nothing else uses.
// oxlint-disable-next-line max-params
function write(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: Uint8Array): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { ...headers, "content-length": body.length });
  // An empty body would be a second buffer to write, and two take a slower way to the socket than one.
  if (body.length === 0) response.end();
  else response.end(body);
}

/** How long a client may keep sending a refused body: long enough to read the answer, which a connection reset would destroy. */
const LINGER_MS = 1_000;

function drainBriefly(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(timer)).once("end", () => clearTimeout(timer));
  request.resume();
}
