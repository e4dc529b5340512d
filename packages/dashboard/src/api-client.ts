import type { ProblemDetails } from "@faultline/model";
import { readCollectorClock } from "./collector-clock.ts";

/** The result of a request to the collector. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ProblemDetails };

const TIMEOUT_MS = 15_000;

/** Sends a request to the collector that served this page. Page and API have the same version, so answers are not validated. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<Reply<T>> {
  const signal = init.signal ? AbortSignal.any([init.signal, AbortSignal.timeout(TIMEOUT_MS)]) : AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(path, { ...init, signal });
    readCollectorClock(response.headers.get("date"), Date.now());
    const body: unknown = await response.json();
    // The page and the API come from one build, so `value` has the type that this path's route returns.
    return response.ok ? { ok: true, value: body as T } : { ok: false, problem: body as ProblemDetails };
  } catch (error) {
    const isSlow = error instanceof Error && error.name === "TimeoutError";
    const detail = isSlow
      ? "The collector did not answer within 15 s."
      : "The collector cannot be reached. This page tries again by itself.";
    return { ok: false, problem: { type: "about:blank", title: "No answer", status: 0, detail } };
  }
}

/** Sends a JSON body. */
export function send<T>(path: string, body: unknown): Promise<Reply<T>> {
  return ask<T>(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}
