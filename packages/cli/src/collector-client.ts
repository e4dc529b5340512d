import { UsageError } from "./command.ts";
import { describeFetchError } from "./describe-fetch-error.ts";

/** Where `faultline up` listens unless told otherwise. */
export const DEFAULT_COLLECTOR = "http://127.0.0.1:4318";

const TIMEOUT_MS = 15_000;

/** A problem-details body, as far as a person needs it. */
type Problem = { readonly title?: string; readonly detail?: string };

/**
 * Sends one request to a collector's API and resolves to its JSON answer, whose shape the caller has to check.
 * Throws `UsageError` with what to do when nobody answers there or the answer is an error.
 */
export async function callCollector(collector: string, path: string, body?: unknown): Promise<unknown> {
  const url = toUrl(collector, path);
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new UsageError(
      `no collector answers at ${url.origin} (${describeFetchError(error)}); start one with "faultline up" or name it with --collector URL`,
    );
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { title, detail } = (typeof answer === "object" && answer !== null ? answer : {}) as Problem;
  throw new UsageError(`the collector at ${url.origin} answered ${response.status}: ${detail ?? title ?? response.statusText}`);
}

function toUrl(collector: string, path: string): URL {
  try {
    return new URL(path, collector);
  } catch {
    throw new UsageError(`"${collector}" is not a URL; write it as ${DEFAULT_COLLECTOR}`);
  }
}
