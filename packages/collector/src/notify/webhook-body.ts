import type { Alert } from "./alert.ts";

/** The JSON body of a webhook: version 1, flat, times in RFC 3339. Documented in docs/playbook/detect.md. */
export function toWebhookBody(alert: Alert): string {
  const { firstSeenMs, change, ...rest } = alert;
  return JSON.stringify({
    version: "1",
    ...rest,
    firstSeen: new Date(firstSeenMs).toISOString(),
    ...(change === undefined ? {} : { change: { ...change, timeMs: undefined, time: new Date(change.timeMs).toISOString() } }),
  });
}
