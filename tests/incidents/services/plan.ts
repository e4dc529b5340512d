/** What a service of an incident does, as data: the generator writes it, `main.ts` runs it. */

/** A step is taken only when all of this holds. */
export type Condition = {
  /** A query parameter: `name` for present, `name=value` for that value, `!name` for absent. */
  readonly query?: string;
  /** Something the generator switched on while the service runs. */
  readonly toggle?: string;
  readonly bodyOverBytes?: number;
  /** At least this many requests are in the service at once. */
  readonly busyFrom?: number;
};

/** What a service answers when a call of its failed. `same` passes the status on; `silent` goes on as if nothing was. */
export type Reaction = "same" | 500 | 502 | 503 | 504 | "silent";

/** A call to another service. `{n}` in the URL is the query parameter `n`; a `?` at its end passes the whole query on. */
export type CallStep = {
  readonly kind: "call";
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly timeoutMs?: number;
  readonly tries?: number;
  readonly gapMs?: number;
  /** `undici` is fetch; `http` is node:http with a keep-alive agent, as many older clients. */
  readonly client?: "undici" | "http";
  readonly bodyBytes?: number;
  readonly forwardBody?: boolean;
  readonly bearer?: string;
  readonly reaction?: Reaction;
  /** Put the callee's answer into the error's message, as careful callers do. */
  readonly quotes?: boolean;
  /** Read the answer as JSON. Default true. */
  readonly reads?: boolean;
  /** A breaker that opens after this many failures in a row and stays open for so long. */
  readonly breaker?: { readonly after: number; readonly openMs: number };
  readonly bulkhead?: { readonly limit: number; readonly queue: number };
};

/** One thing a handler does. */
export type Step = (
  | CallStep
  | { readonly kind: "query"; readonly sql: string; readonly values?: readonly string[]; readonly leaks?: boolean }
  | { readonly kind: "cache"; readonly command: readonly string[]; readonly parses?: boolean; readonly timeoutMs?: number }
  | { readonly kind: "pause"; readonly ms: readonly [least: number, most: number] }
  | { readonly kind: "work"; readonly name: string; readonly input?: string }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "wire"; readonly what: string }
  /** A line of the operation's normal sequence, as services log what they have done. */
  | { readonly kind: "log"; readonly text: string }
) & { readonly when?: Condition };

/** One route of a service. */
export type RoutePlan = {
  readonly method: "GET" | "POST";
  /** Express's spelling: `/orders/:id`. */
  readonly path: string;
  readonly steps: readonly Step[];
  /** What it answers when a call failed; a step's own `reaction` goes first. */
  readonly reaction?: Reaction;
};

/** A version of TLS. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How a service is watched. */
export type Watch = "otel" | "guard" | "none";

/** A whole service. */
export type ServicePlan = {
  readonly service: string;
  readonly version?: string;
  readonly instance?: string;
  readonly region?: string;
  readonly watch: Watch;
  readonly framework: "express" | "fastify" | "node";
  readonly routes: readonly RoutePlan[];
  /** What is logged of an error: with its stack, only a sentence, or nothing. */
  readonly logs?: "errors" | "sentence" | "none";
  readonly databaseUrl?: string;
  readonly pool?: { readonly max: number; readonly waitMs: number; readonly queryTimeoutMs?: number };
  readonly redisUrl?: string;
  readonly bodyLimitBytes?: number;
  /** True when the error handler keeps the status of framework errors (413, 400); false turns all into 500. */
  readonly keepsStatus?: boolean;
  readonly keepAliveMs?: number;
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string; readonly oldest?: TlsVersion };
  /** Trust this CA for calls. */
  readonly ca?: string;
  /** Speak no newer TLS than this in calls. */
  readonly newestTls?: TlsVersion;
  /** Names that only real DNS may know, and it does not. */
  readonly unknownHosts?: readonly string[];
  /** The port of the name server that is asked for them, when it is not the system's. */
  readonly nameServer?: number;
  /** A share of these requests at once is too much: everything above is turned away with 503. */
  readonly maxBusy?: number;
  readonly busyMessage?: string;
  /** The error handler itself fails while it formats what was thrown. */
  readonly handlerFails?: boolean;
};
