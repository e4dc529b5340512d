/** One try of a call. */

/** What the work is told: how long there is, and a signal for those that can use one; it is only made when asked for. */
export type Attempt = { readonly number: number; readonly deadlineAtMs: number; readonly signal: AbortSignal };
