/** The parts of a written incident: which services run on what, what each request does, and what goes wrong. */
import type { CauseId } from "@faultline/model";
import type { Dice } from "../incidents/generator/dice.ts";
import type { Expected, ExpectedHop } from "../incidents/incident.ts";

/** A runtime and framework whose SDK writes in its own way. */
export type RuntimeName =
  | "spring"
  | "spring-old"
  | "fastapi"
  | "flask"
  | "django"
  | "gin"
  | "aspnet"
  | "rails"
  | "laravel"
  | "axum"
  | "phoenix"
  | "express"
  | "envoy"
  | "lambda"
  | "nest"
  | "quarkus"
  | "ktor"
  | "symfony"
  | "actix"
  | "pekko"
  | "worker"
  | "azure";

/** A service. Without telemetry of its own it is known by `host` alone. */
export type App = {
  readonly service: string;
  readonly runtime: RuntimeName;
  readonly host?: string;
  readonly version?: string;
  readonly instance?: string;
  readonly zone?: string;
  readonly isSilent?: boolean;
  /** How far the clock of its machine is ahead. */
  readonly skewMs?: number;
  /** Resource attributes that replace all of these, for senders without a service name, such as a cluster's events. */
  readonly resource?: Attributes;
};

/** An error as its language prints it. `told` says where it is recorded: on the span, in a log record, in both, or only in a log line's text. */
export type Thrown = {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly told?: "span" | "log" | "both" | "text";
};

/** A log record of a service within a request. */
export type Line = { readonly severity: number; readonly body: string; readonly scope?: string; readonly attributes?: Attributes };

/** Attributes before they are written as OTLP. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A request as one service sees it. */
export type Visit = {
  readonly app: App;
  readonly status: number;
  readonly method?: string;
  readonly route: string;
  readonly path?: string;
  /** Milliseconds of its own, before its steps. */
  readonly ms?: number;
  readonly steps?: readonly Step[];
  readonly thrown?: Thrown;
  readonly lines?: readonly Line[];
  /** A gRPC method instead of a route; its status code. */
  readonly rpc?: { readonly service: string; readonly method: string; readonly code: number; readonly message?: string };
  readonly attributes?: Attributes;
};

/** What a client saw instead of, or beside, an answer. */
export type Trouble = { readonly type: string; readonly message: string };

/** What a service does within a request. */
export type Step =
  | {
      readonly kind: "call";
      readonly to: Visit;
      readonly trouble?: Trouble;
      readonly ms?: number;
      readonly isUnreached?: boolean;
      readonly attributes?: Attributes;
    }
  | {
      readonly kind: "store";
      readonly system: string;
      readonly host: string;
      readonly statement: string;
      readonly trouble?: Trouble;
      readonly code?: string;
      readonly ms?: number;
    }
  | {
      readonly kind: "send" | "receive";
      readonly system: string;
      readonly host: string;
      readonly topic: string;
      readonly trouble?: Trouble;
      readonly ms?: number;
    };

/** Changes, log lines and metrics from the time of the incident. Times are milliseconds since the first request. */
export type Beside = {
  readonly changes?: readonly {
    readonly kind: "deploy" | "restart" | "config" | "flag" | "scale";
    readonly service: string;
    readonly atMs: number;
    readonly version?: string;
    readonly previousVersion?: string;
    readonly description?: string;
  }[];
  readonly lines?: readonly { readonly app: App; readonly atMs: number; readonly line: Line }[];
  readonly metrics?: readonly {
    readonly app: App;
    readonly name: string;
    readonly unit?: string;
    readonly points: readonly (readonly [atMs: number, value: number])[];
    readonly attributes?: Attributes;
  }[];
};

/** Which request a scene is about to write, and whether it goes wrong. */
export type Turn = { readonly index: number; readonly atMs: number; readonly isBad: boolean; readonly dice: Dice };

/** One incident. Requests are bad from `onset` on, each with the chance `share`. */
export type Scene = {
  readonly name: string;
  readonly software: string;
  readonly onset?: number;
  readonly share?: number;
  readonly everyMs?: number;
  readonly requests?: number;
  readonly visit?: (turn: Turn) => Visit;
  readonly access?: { readonly file: string; readonly line: (turn: Turn, time: Date) => string };
  readonly beside?: Beside;
  readonly cause?: CauseId;
  readonly also?: readonly CauseId[];
  readonly missing?: readonly string[];
  /** Which scenes were written together, before any of them was tried. Batches 1 to 3 are recorded incidents. */
  readonly batch?: number;
  /** What makes it a negative. */
  readonly negative?: string;
  readonly creators?: readonly string[];
  readonly path?: readonly ExpectedHop[];
  /** The services send no spans, only logs with the request's trace id. */
  readonly hasNoSpans?: boolean;
  /** The route as the front's telemetry names it. */
  readonly seen?: { readonly service?: string; readonly route?: string };
};

/** The right verdict of a scene. */
export function dueVerdict({ cause, also, missing }: Scene): Expected["diagnose"] {
  if (cause !== undefined) return { verdict: "diagnosed", cause, ...(also === undefined ? {} : { also }) };
  return missing === undefined ? { verdict: "healthy" } : { verdict: "inconclusive", missing };
}
