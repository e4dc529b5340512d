/** Calls of the storefront to the services behind it. */
import { fetch } from "undici";
import { shopAgent } from "../hosts.ts";

const TIMEOUT_MS = 2_500;

/** A service behind the storefront answered with an error, or not at all. `status` is what the storefront answers then. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly status: 502 | 504;
  constructor(message: string, status: 502 | 504, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** Sends a request and parses the JSON answer. Throws `BackendError` for an error status, a time-out and a lost connection. */
export async function callBackend(url: string, body?: unknown): Promise<unknown> {
  const target = new URL(url);
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(target, { ...init, dispatcher: shopAgent, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    throw new BackendError(
      `${target.hostname} ${isLate ? `did not answer within ${TIMEOUT_MS} ms` : "could not be reached"}`,
      isLate ? 504 : 502,
      error,
    );
  }
  if (response.status >= 500) {
    await response.body?.cancel();
    throw new BackendError(`${target.hostname} answered ${response.status}`, 502);
  }
  return response.json();
}
