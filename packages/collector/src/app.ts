/** The collector: receive, store, watch, notify and serve on one port. The only file that knows them all. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Signature } from "@faultline/playbook/signatures";
import { createLiveFeed } from "./live-feed.ts";
import { type AlertTarget, createNotifier } from "./notify/notifier.ts";
import { createReceiver } from "./receive/receiver.ts";
import { createApi } from "./serve/api.ts";
import { mapObservations, mapStack, type SourceMaps } from "./source-maps/index.ts";
import type { Store } from "./store/contract.ts";
import { createMemoryStore, openSqliteStore, type SqliteStoreOptions } from "./store/index.ts";
import { startWatch } from "./watch/watch.ts";

/** How a collector is set up. */
export type CollectorOptions = {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free port. Default 4318, OTLP/HTTP's own. */
  readonly port?: number;
  /** Where the data lives; `memory` forgets it at the end. */
  readonly storage: ({ readonly kind: "sqlite" } & Pick<SqliteStoreOptions, "directory" | "retention">) | { readonly kind: "memory" };
  readonly alertTargets?: readonly AlertTarget[];
  /** The address under which people reach the dashboard, for links in alerts. Default: the address it listens on. */
  readonly publicUrl?: string;
  /** Folder of the built dashboard; without it only the API answers. */
  readonly dashboardDirectory?: string;
  readonly allowedHosts?: readonly string[];
  /** Base URL of a running demo's fault switches. */
  readonly demoUrl?: string;
  /** What the answers of known gateways look like. Default: those that Faultline knows. */
  readonly signatures?: readonly Signature[];
  /** Source maps of the bundles that run. Stacks are then shown and diagnosed with their original file names and lines. */
  readonly sourceMaps?: SourceMaps;
  /** One line for the operator. */
  readonly log?: (line: string) => void;
};

/** A running collector. */
export type Collector = {
  /** Base URL of the API, the dashboard and OTLP/HTTP. */
  readonly url: string;
  /** What the start-up audit of the store found, in sentences; empty when all was well. */
  readonly audit: readonly string[];
  readonly store: Store;
  /** Stops taking requests, answers the open ones, writes everything down. */
  close(): Promise<void>;
};

/** The collector cannot start: one sentence says why and what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/**
 * How long a connection may be idle. SDKs send a batch every five seconds, which is also Node's default limit: a connection that closes just as the next
 * batch is sent loses that batch, because few exporters send again what was cut off.
 */
const KEEP_ALIVE_MS = 75_000;

/**
 * How many connections may wait to be accepted; the system applies its own limit where that is lower. With Node's default of 511, a thousand pages or pods
 * that reconnect at once would overflow the queue, and those beyond it would try again only a second later.
 */
const BACKLOG = 4_096;

/** Starts a collector. Throws `StartError` when the port or the data directory cannot be used; then nothing was written. */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { host = "127.0.0.1", port = 4318, sourceMaps, log = () => {} } = options;
  const store = await openStore(options.storage);
  const feed = createLiveFeed((error) => log(`a listener of the live feed failed: ${String(error)}`));
  const receiver = createReceiver({ store, report: (error) => log(`defect: ${String(error)}`) });
  const api = createApi({
    ...options,
    store,
    live: feed,
    ...(sourceMaps === undefined ? {} : { mapStack: (stack) => mapStack(stack, sourceMaps) }),
    onDefect: (error) => log(`defect: ${error instanceof Error ? error.stack : String(error)}`),
  });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    if (!receiver.receive(request, response)) api.respond(request, response);
  });
  await listen(server, host, port).catch(async (error: unknown) => {
    await store.close();
    throw toStartError(error, host, port);
  });
  const url = toUrl(server, host);
  const notifier = createNotifier({
    targets: options.alertTargets ?? [],
    onDelivered: (alert) => void watch.markAlerted(alert.fingerprint),
    onRefused: log,
  });
  const watch = startWatch({
    store,
    feed,
    ...(options.signatures === undefined ? {} : { signatures: options.signatures }),
    ...(sourceMaps === undefined ? {} : { prepare: (observations) => mapObservations(observations, sourceMaps) }),
    onAlert: (alert) => notifier.notify({ ...alert, link: toLink(options.publicUrl ?? url, alert.fingerprint, alert.exampleTraceId) }),
    onProblem: log,
  });
  return {
    url,
    store,
    audit: (await store.health()).audit,
    async close() {
      api.close();
      await stopServer(server);
      await watch.close();
      await notifier.close();
      await store.close();
    },
  };
}

async function openStore(storage: CollectorOptions["storage"]): Promise<Store> {
  if (storage.kind === "memory") return createMemoryStore();
  try {
    return await openSqliteStore(storage);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function toStartError(error: unknown, host: string, port: number): StartError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use; stop the program that has it, or choose another with --port`,
    EACCES: `port ${port} needs more rights than this user has; choose one above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is no address of this machine; choose another with --host`,
    ENOTFOUND: `${host} does not resolve; choose an address with --host`,
  };
  return new StartError(reasons[String(code)] ?? `cannot listen on ${host}:${port}: ${String(error)}`, { cause: error });
}

function toUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo; // a server listening on TCP has an address of this shape
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** The fault's page with the failing trace in view. */
function toLink(base: string, fingerprint: string, traceId: string): string {
  return new URL(`/faults/${encodeURIComponent(fingerprint)}?trace=${traceId}`, base).href;
}

/** Lets open exchanges finish, and closes connections that are idle. */
async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), 3000);
  force.unref();
  await closed;
  clearTimeout(force);
}
