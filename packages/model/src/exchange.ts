import type { CauseId } from "./diagnosis.ts";

/** What stands between a client and the code that answers; `unknown` is a valid answer. */
export type HopKind =
  | "client"
  | "cdn"
  | "waf"
  | "gateway"
  | "load-balancer"
  | "mesh"
  | "proxy"
  | "app-server"
  | "app"
  | "dependency"
  | "platform"
  | "unknown";

/** One try of an intermediary at the server behind it. */
export type UpstreamAttempt = {
  readonly address?: string;
  /** The status the intermediary notes for the try. It may be the intermediary's own invention: see `answered`. */
  readonly status?: number;
  /** True when response headers really came from behind, false when they certainly did not, absent when unknown. */
  readonly answered?: boolean;
  readonly connectMs?: number;
  readonly headerMs?: number;
  readonly durationMs?: number;
};

/** Who wrote the response that an observer saw, with the reason and how sure it is (0 to 1). */
export type MadeBy = { readonly hop: "observer" | "behind" | "client" | "unknown"; readonly because: string; readonly confidence: number };

/** The cause that a code or a message stands for which the observer noted, as its own documentation says, and how sure that is (0 to 1). */
export type NotedCause = { readonly cause: CauseId; readonly code: string; readonly meaning: string; readonly confidence: number };

/** One request and its response as one observer saw it: an access-log line, a HAR entry, a probe. */
export type Exchange = {
  /** Start of the request, Unix ms; absent when the line carries no time. */
  readonly timeMs?: number;
  readonly durationMs?: number;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly host?: string;
  /** The route's template, when the observer knows it. */
  readonly route?: string;
  /** The status the client got; absent when there was no response. */
  readonly status?: number;
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  readonly clientAddress?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly service?: string;
  readonly version?: string;
  readonly instance?: string;
  readonly region?: string;
  /** `software` where the name is what somebody called it, and not what it is. */
  readonly observer: { readonly kind: HopKind; readonly name: string; readonly software?: string };
  readonly upstream?: readonly UpstreamAttempt[];
  /** Termination or response flags in the observer's own spelling: `UF,URX`, `sH--`, `H12`. */
  readonly flags?: string;
  readonly madeBy?: MadeBy;
  readonly noted?: NotedCause;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string;
  readonly errorMessage?: string;
  /** The stack of the exception that an application logged with its own answer. */
  readonly errorStack?: string;
};
