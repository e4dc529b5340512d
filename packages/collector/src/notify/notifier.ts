import type { Alert } from "./alert.ts";
import { toSlackBody } from "./slack-body.ts";
import { toWebhookBody } from "./webhook-body.ts";

/** Where alerts go. */
export type AlertTarget = { readonly format: "webhook" | "slack"; readonly url: string };

/** What the notifier needs. */
export type NotifierOptions = {
  readonly targets: readonly AlertTarget[];
  /** Called when every target has accepted the alert. */
  readonly onDelivered: (alert: Alert) => void;
  /** Called with one line when a target refuses for good. */
  readonly onRefused: (line: string) => void;
  readonly fetch?: typeof fetch;
  /** Resolves after the given ms, or at once when the notifier closes. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  readonly random?: () => number;
};

/** Delivers each alert once to each target, in the background, until the target accepts it. */
export type Notifier = {
  /** Queues an alert; a key that is already queued or delivered is left out. */
  notify(alert: Alert): void;
  /** Alerts that not every target has accepted yet. */
  readonly pending: number;
  /** Resolves when nothing is pending. */
  drain(): Promise<void>;
  close(): Promise<void>;
};

/** How many alerts may wait at once. Beyond that a new one is refused, with a line in the log, because the oldest news is the most important. */
const QUEUE_LIMIT = 1000;
const KEYS_REMEMBERED = 10_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** About six hours at the longest pause; a receiver that is away longer is given up. */
const ATTEMPT_LIMIT = 400;

type Attempt =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "later"; readonly afterMs: number };

/** Creates a notifier. Without targets it accepts alerts and delivers nothing. */
export function createNotifier(options: NotifierOptions): Notifier {
  const closing = new AbortController();
  const seen = new Set<string>();
  const running = new Set<Promise<void>>();

  const deliver = async (alert: Alert): Promise<void> => {
    const taken = await Promise.all(options.targets.map((target) => deliverTo(target, alert, { ...options, signal: closing.signal })));
    if (taken.every(Boolean)) options.onDelivered(alert);
  };
  return {
    notify(alert) {
      if (seen.has(alert.key) || closing.signal.aborted) return;
      if (running.size >= QUEUE_LIMIT) {
        options.onRefused(`alert ${alert.key} left out: ${QUEUE_LIMIT} alerts are waiting for their receivers`);
        return;
      }
      seen.add(alert.key);
      if (seen.size > KEYS_REMEMBERED) seen.delete(seen.values().next().value ?? "");
      const delivery = deliver(alert).finally(() => running.delete(delivery));
      running.add(delivery);
    },
    get pending() {
      return running.size;
    },
    async drain() {
      await Promise.all(running);
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

type Delivery = NotifierOptions & { readonly signal: AbortSignal };

/** Tries until the target takes the alert, refuses it for good, or the notifier closes. */
async function deliverTo(target: AlertTarget, alert: Alert, delivery: Delivery): Promise<boolean> {
  const { sleep = sleepFor, random = Math.random, signal } = delivery;
  for (let attempt = 1; attempt <= ATTEMPT_LIMIT && !signal.aborted; attempt++) {
    const outcome = await send(target, alert, delivery);
    if (outcome.kind === "taken") return true;
    if (outcome.kind === "refused") {
      delivery.onRefused(`alert ${alert.key} refused by its ${target.format} target: ${outcome.because}`);
      return false;
    }
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 10));
    await sleep(Math.max(outcome.afterMs, random() * ceiling), signal);
  }
  return false;
}

async function send(target: AlertTarget, alert: Alert, { fetch: post = fetch, signal }: Delivery): Promise<Attempt> {
  try {
    const response = await post(target.url, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `"${alert.key}"` },
      body: target.format === "slack" ? toSlackBody(alert) : toWebhookBody(alert),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "taken" };
    const isTransient = response.status >= 500 || response.status === 429 || response.status === 408;
    return isTransient ? { kind: "later", afterMs: readRetryAfter(response) } : { kind: "refused", because: `status ${response.status}` };
  } catch {
    return { kind: "later", afterMs: 0 };
  }
}

/** Retry-After in ms, both forms of RFC 9110 section 10.2.3, at most an hour. */
function readRetryAfter(response: Response): number {
  const text = response.headers.get("retry-after") ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : 0;
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, ms);
    timer.unref();
    signal.addEventListener("abort", finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}
