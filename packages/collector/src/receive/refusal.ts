import { RPC_CODES } from "@faultline/formats/otlp-response";

/**
 * Why a request was not taken. OTLP/HTTP clients retry after 429, 502, 503 and 504 and after a dropped connection, and throw
 * the data away after every other status. So whatever may succeed later is a 503 here, never a 500.
 */
export type Refusal = {
  readonly kind: "refused";
  readonly status: 400 | 404 | 405 | 413 | 415 | 503;
  /** google.rpc.Code. */
  readonly code: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The request can never be read: sending it again would not help. */
export function refuseMalformed(message: string): Refusal {
  return { kind: "refused", status: 400, code: RPC_CODES.invalidArgument, message };
}

/** The body is larger than the limit, on the wire or once decompressed. */
export function refuseTooLarge(maxBytes: number): Refusal {
  const message = `The body is larger than ${maxBytes} bytes after decompression: send smaller batches.`;
  return { kind: "refused", status: 413, code: RPC_CODES.invalidArgument, message };
}

/** The server cannot take it now: the sender keeps its data and tries again. */
export function refuseForNow(message: string, retryAfterMs: number): Refusal {
  const headers = { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) };
  return { kind: "refused", status: 503, code: RPC_CODES.unavailable, message, headers };
}
