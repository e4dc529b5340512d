/** Why a `fetch` failed. Its own message is always "fetch failed": the reason is the cause, which may have a name only. */
export function describeFetchError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
