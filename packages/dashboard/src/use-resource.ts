import type { ProblemDetails } from "@faultline/model";
import { useCallback, useEffect, useRef, useState } from "react";
import { ask } from "./api-client.ts";

/** The state of an answer that a page needs. An old answer stays while a new one is on its way or has failed. */
export type Resource<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T; readonly problem?: ProblemDetails }
  | { readonly kind: "failed"; readonly problem: ProblemDetails };

/** The interval at which a page retries after a failure. */
const RETRY_MS = 3000;
/** The shortest interval between two requests, however often live events ask for a refresh. */
const LEAST_PAUSE_MS = 1000;
/** An open page may keep the collector busy for at most a tenth of the time. */
const PAUSE_PER_ANSWER = 10;
const MOST_PAUSE_MS = 30_000;

/** Fetches `path` and keeps the answer; the second value is a throttled refresh. Without a path nothing is fetched. */
export function useResource<T>(path: string | undefined): readonly [Resource<T>, () => void] {
  const [held, setHeld] = useState<{ readonly path: string | undefined; readonly resource: Resource<T> }>({
    path,
    resource: { kind: "loading" },
  });
  const refreshRef = useRef<() => void>(() => {});
  useEffect(() => {
    if (path === undefined) return undefined;
    const reader = createReader<T>(path, (reply) => {
      setHeld((old) => ({ path, resource: merge(old.path === path ? old.resource : { kind: "loading" }, reply) }));
    });
    refreshRef.current = reader.refresh;
    return () => reader.stop();
  }, [path]);
  const refresh = useCallback(() => refreshRef.current(), []);
  return [held.path === path ? held.resource : { kind: "loading" }, refresh];
}

type AskReply<T> = Awaited<ReturnType<typeof ask<T>>>;

function merge<T>(old: Resource<T>, reply: AskReply<T>): Resource<T> {
  if (reply.ok) return { kind: "ready", value: reply.value };
  return old.kind === "ready" ? { ...old, problem: reply.problem } : { kind: "failed", problem: reply.problem };
}

/** Sends one request at a time, with at most one more waiting. A failed one is retried, unless it was refused with a 4xx. */
function createReader<T>(path: string, tell: (reply: AskReply<T>) => void): { refresh: () => void; stop: () => void } {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isWanted = false;
  let askedAtMs = 0;
  let pauseMs = LEAST_PAUSE_MS;
  const read = async (): Promise<void> => {
    timer = undefined;
    isAsking = true;
    isWanted = false;
    askedAtMs = performance.now();
    const reply = await ask<T>(path, { signal: abort.signal });
    isAsking = false;
    pauseMs = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, PAUSE_PER_ANSWER * (performance.now() - askedAtMs)));
    if (abort.signal.aborted) return;
    tell(reply);
    const isPassing = !reply.ok && (reply.problem.status === 0 || reply.problem.status >= 500);
    if (isPassing || isWanted) plan(isPassing ? RETRY_MS : pauseMs);
  };
  const plan = (afterMs: number): void => {
    timer ??= setTimeout(() => void read(), Math.max(0, askedAtMs + afterMs - performance.now()));
  };
  // A hidden page fetches nothing; when it becomes visible again it fetches once.
  const onSeen = (): void => {
    if (!document.hidden && isWanted && !isAsking) plan(pauseMs);
  };
  document.addEventListener("visibilitychange", onSeen);
  void read();
  return {
    refresh() {
      isWanted = true;
      if (!isAsking && !document.hidden) plan(pauseMs);
    },
    stop() {
      abort.abort();
      document.removeEventListener("visibilitychange", onSeen);
      clearTimeout(timer);
    },
  };
}
