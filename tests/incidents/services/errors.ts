/** What a service throws of its own, and which status its clients get. */

/** A service behind this one failed. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly statusCode: number;
  constructor(message: string, { status, cause }: { status: number; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.statusCode = status;
  }
}

/** The service has more to do than it can. */
export class OverloadedError extends Error {
  override readonly name = "OverloadedError";
  readonly statusCode = 503;
}

/** The status that is answered for what was thrown. `keepsStatus` is false where a handler turns every foreign error into a 500. */
export function statusOf(error: unknown, keepsStatus: boolean): number {
  if (error instanceof BackendError || error instanceof OverloadedError) return error.statusCode;
  const status =
    typeof error === "object" && error !== null ? (Reflect.get(error, "statusCode") ?? Reflect.get(error, "status")) : undefined;
  return keepsStatus && typeof status === "number" && status >= 400 ? status : 500;
}
