/**
 * A process that runs the services of incidents, one after the other: `begin` with a plan, `toggle` while it runs, `end`. To begin
 * anew costs no new process, so that hundreds of incidents are made in minutes.
 */
import { readFileSync } from "node:fs";
import { type RequestListener, type Server, createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Guard } from "@faultline/guard";
import type { Logger } from "pino";
import { type Notes, createNotebook } from "./notes.ts";
import type { ServicePlan } from "./plan.ts";

/** What the generator says to a service's process. */
export type Order =
  | { readonly kind: "begin"; readonly plan: ServicePlan; readonly env: Readonly<Record<string, string>>; readonly port: number }
  | { readonly kind: "toggle"; readonly name: string; readonly on: boolean }
  | { readonly kind: "end" };

type Running = { readonly notes: Notes; end(): Promise<void> };

const require = createRequire(import.meta.url);
const toggles = new Set<string>();
/** Flushing on a busy machine takes its time; whoever waits longer than this has lost the telemetry anyway. */
const FLUSH_MS = 15_000;
/** Requests that nobody waits for any longer may come to their end in this time; then their calls are broken off. */
const DRAIN_MS = 6000;
const STEP_MS = 20;
let running: Running | undefined;

async function begin(plan: ServicePlan, env: Readonly<Record<string, string>>, port: number): Promise<void> {
  Object.assign(process.env, env);
  toggles.clear();
  const { notes, note } = createNotebook();
  const ended = new AbortController();
  // Before anything that it watches is loaded.
  const endTelemetry = plan.watch === "otel" ? (await import("./telemetry.ts")).startTelemetry() : async () => {};
  const guard = plan.watch === "guard" ? await createMyGuard(plan) : undefined;
  const pool = plan.databaseUrl === undefined ? undefined : createPool(plan, plan.databaseUrl);
  const redis = plan.redisUrl === undefined ? undefined : createRedis(plan.redisUrl);
  const [{ createApp }, { createCaller }] = [await import("./app.ts"), await import("./calls.ts")];
  const log = createLog();
  const means = {
    log,
    call: createCaller(plan, ended.signal),
    toggles,
    note,
    busy: 0,
    ...(pool === undefined ? {} : { pool }),
    ...(redis === undefined ? {} : { redis }),
  };
  const server = createMyServer(plan, await createApp(plan, { means, log, ...(guard === undefined ? {} : { guard }) }));
  server.keepAliveTimeout = plan.keepAliveMs ?? 75_000;
  server.keepAliveTimeoutBuffer = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  running = {
    notes,
    async end() {
      // Nothing of this service may go on in the next one that this process is.
      for (const last = performance.now() + DRAIN_MS; means.busy > 0 && performance.now() < last;) await sleep(STEP_MS);
      ended.abort();
      server.close();
      server.closeAllConnections();
      redis?.disconnect();
      await Promise.allSettled([guard?.close() ?? Promise.resolve(), endTelemetry(), pool?.end() ?? Promise.resolve()]);
      for (const name of Object.keys(env)) delete process.env[name];
    },
  };
  process.send?.({ ready: (server.address() as AddressInfo).port });
}

function createLog(): Logger {
  const { pino } = require("pino") as typeof import("pino");
  return pino({ base: null, level: "info" }, { write: () => undefined });
}

async function createMyGuard(plan: ServicePlan): Promise<Guard> {
  const { createGuard } = await import("@faultline/guard");
  const { service, version, region, instance } = plan;
  return createGuard({
    service,
    ...(version === undefined ? {} : { version }),
    ...(region === undefined ? {} : { region }),
    ...(instance === undefined ? {} : { instance }),
    spool: false,
    successSpans: 1,
  });
}

function createPool(plan: ServicePlan, connectionString: string) {
  const { Pool } = require("pg") as typeof import("pg");
  const { max = 5, waitMs = 500, queryTimeoutMs } = plan.pool ?? {};
  const timeout = queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs };
  const pool = new Pool({ connectionString, max, connectionTimeoutMillis: waitMs, ...timeout });
  // Without a listener, a connection that dies while idle would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return pool;
}

function createRedis(url: string) {
  const { Redis } = require("ioredis") as typeof import("ioredis");
  const redis = new Redis(url, { maxRetriesPerRequest: 0, commandTimeout: 400, retryStrategy: () => 200 });
  redis.on("error", () => undefined);
  return redis;
}

function createMyServer({ tls }: ServicePlan, listener: RequestListener): Server {
  if (tls === undefined) return createServer({ maxHeaderSize: 65_536 }, listener);
  const { createServer: createTlsServer } = require("node:https") as typeof import("node:https");
  const client = tls.clientCa === undefined ? {} : { ca: readFileSync(tls.clientCa), requestCert: true, rejectUnauthorized: true };
  const oldest = tls.oldest === undefined ? {} : { minVersion: tls.oldest };
  return createTlsServer({ key: readFileSync(tls.key), cert: readFileSync(tls.cert), ...client, ...oldest }, listener);
}

async function end(): Promise<void> {
  const notes = running?.notes ?? {};
  await Promise.race([running?.end(), new Promise((resolve) => setTimeout(resolve, FLUSH_MS).unref())]);
  running = undefined;
  process.send?.({ ended: true, notes });
}

async function obey(order: Order): Promise<void> {
  if (order.kind === "begin") await begin(order.plan, order.env, order.port);
  else if (order.kind === "end") await end();
  else {
    if (order.on) toggles.add(order.name);
    else toggles.delete(order.name);
    process.send?.({ toggled: order.name });
  }
}

process.on("message", (order: Order) => void obey(order).catch((error: unknown) => process.send?.({ failed: String(error) })));
process.once("SIGTERM", () => void end().then(() => process.exit(0)));
process.once("disconnect", () => process.exit(0));
