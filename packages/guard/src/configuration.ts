/** The guard's options, parsed once: a mistake in them is reported at the start, not at the first failure. */
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { AttributeValue } from "@faultline/model";
import type { OpenJournal } from "./capture/journal.ts";
import type { Transport } from "./export/transport.ts";
import type { RedactionPolicy } from "./redact/index.ts";
import type { Redactor } from "./redaction.ts";
import type { ErrorRule } from "./respond/error-facts.ts";

/** Misuse, found when the guard is made. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What `createGuard` takes. Only `service` has no default. */
export type GuardOptions = {
  /** `service.name`. */
  readonly service: string;
  /** `service.version`: without it a bad release can only be inferred. */
  readonly version?: string;
  /** `cloud.region`. */
  readonly region?: string;
  /** `deployment.environment.name`. */
  readonly environment?: string;
  /** `service.instance.id`; default is host name and process id. */
  readonly instance?: string;
  /** More resource attributes. */
  readonly resource?: Readonly<Record<string, AttributeValue>>;
  /** Base URL of an OTLP/HTTP collector; default `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://127.0.0.1:4318`. `false` sends nothing. */
  readonly endpoint?: string | false;
  /** Headers sent to the collector, such as an ingest key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces OTLP over HTTP. */
  readonly transport?: Transport;
  /** Where failures wait while the collector is away; `false` keeps them in memory only. Default: a folder for each service in the system's temporary directory. */
  readonly spool?: false | { readonly directory?: string; readonly limitBytes?: number };
  /** What the built-in redactor removes besides credentials, which it always removes. */
  readonly redaction?: RedactionPolicy;
  /** Replaces the built-in redactor. */
  readonly redactor?: Redactor;
  /** How much of a request's body is kept in case the request fails. Default 16 KiB; 0 keeps none. */
  readonly bodyLimitBytes?: number;
  /** Rules asked before the built-in ones, for errors of your own. */
  readonly rules?: readonly ErrorRule[];
  /** Share of successful exchanges, 0 to 1, whose spans are sent. All of them are counted in `http.server.request.duration` in any case. Default 0. */
  readonly successSpans?: number;
  /** Keep a request context (AsyncLocalStorage), which outgoing calls, log lines and uncaught exceptions need. Default true. */
  readonly context?: boolean;
  /** Watch for uncaught exceptions, signals and exit. Default true. */
  readonly processHooks?: boolean;
  /** Notes the requests in flight on disk, so that the next process can report those of a killed one: `keepJournal()` from `@faultline/guard/journal`. Default none. */
  readonly journal?: OpenJournal;
  /** How long failures are collected before they are sent, ms. Default 200. */
  readonly flushMs?: number;
  /** Memory for failures that are not sent yet. Default 8 MiB. */
  readonly queueBytes?: number;
  /** Print one line at the start that says what is active. Default true unless `NODE_ENV` is `test`. */
  readonly announce?: boolean;
  /** Randomness, 0 to 1; for tests. */
  readonly random?: () => number;
};

/** Options with their defaults. */
export type Configuration = Required<
  Omit<
    GuardOptions,
    "journal" | "transport" | "redactor" | "redaction" | "endpoint" | "spool" | "version" | "region" | "environment" | "resource"
  >
> & {
  readonly endpoint: URL | undefined;
  readonly spool: { readonly directory: string; readonly limitBytes: number } | undefined;
  readonly resource: Readonly<Record<string, AttributeValue | undefined>>;
};

const DEFAULT_ENDPOINT = "http://127.0.0.1:4318";
const DEFAULT_SPOOL_BYTES = 64 << 20;

function readEndpoint(endpoint: string | false | undefined): URL | undefined {
  if (endpoint === false) return undefined;
  const text = endpoint ?? process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? DEFAULT_ENDPOINT;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigurationError(
      "bad-endpoint",
      `endpoint ${JSON.stringify(text)} is not an http or https URL, such as ${DEFAULT_ENDPOINT}`,
    );
  }
  return url;
}

function readNumber(name: string, value: number | undefined, range: { fallback: number; min: number; max: number }): number {
  const number = value ?? range.fallback;
  if (typeof number === "number" && number >= range.min && number <= range.max) return number;
  throw new ConfigurationError("bad-number", `${name} must be a number from ${range.min} to ${range.max}, not ${String(value)}`);
}

/** One folder for each service and collector: what waits there is for that collector only. */
function readSpool(options: GuardOptions, endpoint: URL | undefined): Configuration["spool"] {
  if (options.spool === false || (endpoint === undefined && options.transport === undefined)) return undefined;
  const target = `${options.service}-${endpoint?.host ?? "transport"}`.replace(/[^A-Za-z0-9._-]/g, "_");
  return {
    directory: options.spool?.directory ?? join(tmpdir(), "faultline-spool", target),
    limitBytes: readNumber("spool.limitBytes", options.spool?.limitBytes, { fallback: DEFAULT_SPOOL_BYTES, min: 0, max: 2 ** 40 }),
  };
}

function readResource(options: GuardOptions, successSpans: number): Configuration["resource"] {
  return {
    "service.name": options.service,
    "service.version": options.version,
    "service.instance.id": options.instance ?? `${hostname()}-${process.pid}`,
    "cloud.region": options.region,
    "deployment.environment.name": options.environment,
    "process.pid": process.pid,
    "process.runtime.name": "nodejs",
    "process.runtime.version": process.versions.node,
    "telemetry.sdk.name": "@faultline/guard",
    "telemetry.sdk.language": "nodejs",
    // Tells a collector which signal counts the successes; see docs/decisions/0040.
    "faultline.counted_by": successSpans === 1 ? "spans" : "metrics",
    ...options.resource,
  };
}

/** Parses the options; throws a ConfigurationError that says what to change. */
export function parseOptions(options: GuardOptions): Configuration {
  if (typeof options?.service !== "string" || options.service === "") {
    throw new ConfigurationError("no-service", 'createGuard needs the name of the service: createGuard({ service: "orders" })');
  }
  const endpoint = readEndpoint(options.endpoint);
  const successSpans = readNumber("successSpans", options.successSpans, { fallback: 0, min: 0, max: 1 });
  return {
    service: options.service,
    instance: options.instance ?? "",
    endpoint,
    headers: options.headers ?? {},
    spool: readSpool(options, endpoint),
    resource: readResource(options, successSpans),
    bodyLimitBytes: readNumber("bodyLimitBytes", options.bodyLimitBytes, { fallback: 16_384, min: 0, max: 1 << 20 }),
    rules: options.rules ?? [],
    successSpans,
    context: options.context ?? true,
    processHooks: options.processHooks ?? true,
    flushMs: readNumber("flushMs", options.flushMs, { fallback: 200, min: 0, max: 60_000 }),
    queueBytes: readNumber("queueBytes", options.queueBytes, { fallback: 8 << 20, min: 0, max: 2 ** 31 }),
    announce: options.announce ?? process.env["NODE_ENV"] !== "test",
    random: options.random ?? Math.random,
  };
}
