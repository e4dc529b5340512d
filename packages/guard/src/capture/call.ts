/** One outgoing call of a request: an HTTP request, a query, anything that another process answers. */
import { codeOf, nameOf } from "./throwable.ts";

/** One call, as a client span will tell it. Times are `performance.now()`. */
export type OutgoingCall = {
  readonly spanId: string;
  readonly startMs: number;
  endMs: number | undefined;
  readonly name: string;
  /** Semantic-convention attributes of the kind of call. */
  readonly attributes: Record<string, string | number | undefined>;
  status: number | undefined;
  /** `error.type`: a code, a class, or the status in text. */
  errorType: string | undefined;
};

/** Ends a call that got a status. */
export function endCall(call: OutgoingCall, status?: number): void {
  call.endMs = performance.now();
  call.status = status;
  if (status !== undefined && status >= 400) call.errorType = String(status);
}

/** Ends a call that got none: `error.type` is the code where there is one, else the class. */
export function failCall(call: OutgoingCall, error: unknown): void {
  call.endMs = performance.now();
  call.errorType = codeOf(error) ?? nameOf(error) ?? "_OTHER";
}
