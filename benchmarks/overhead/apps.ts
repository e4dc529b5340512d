/** Starts the apps of the benchmark and asks them what they have used. */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type Load, openLoad } from "./load.ts";

/** What an app tells of itself. */
export type Report = { readonly cpuUs: number; readonly rss: number; readonly heapUsed: number };

/** A running app with open connections to it. */
export type App = { readonly variant: string; readonly child: ChildProcess; readonly load: Load };

/** Modules that are loaded before the app. */
const PEERS: Readonly<Record<string, string>> = { otel: "otel.ts", sentry: "sentry.ts" };

/**
 * Keeps all threads of a process on one core, where Linux's `taskset` is: an app that shares its core with the client in one burst and not in the next
 * is half as fast in the first.
 */
export function pin(pid: number | undefined, core: number): void {
  if (availableParallelism() > 1) spawnSync("taskset", ["-apc", String(core), String(pid)]);
}

/** Starts one app in a process of its own, on the second core; `endpoint` is where its telemetry goes. */
export async function startApp(framework: string, variant: string, options: { endpoint: string; connections: number }): Promise<App> {
  const { endpoint, connections } = options;
  const peer = PEERS[variant];
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [framework, variant, endpoint], {
    execArgv: ["--conditions=source", ...(peer === undefined ? [] : ["--import", new URL(peer, import.meta.url).href])],
    env: {
      ...process.env,
      NODE_ENV: "production",
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
  });
  const [message] = (await once(child, "message")) as [{ port: number }];
  pin(child.pid, 1);
  return { variant, child, load: await openLoad(message.port, connections) };
}

/** Stops an app where it is, so that it uses no CPU while others are measured. */
export function pauseApp(app: App): void {
  app.child.kill("SIGSTOP");
}

/** Lets an app go on. */
export function resumeApp(app: App): void {
  app.child.kill("SIGCONT");
}

/** Asks an app; to `settle` means that it first sends what it has collected. Only a `report` tells of memory, which is dear to read. */
export async function ask(app: App, question: "cpu" | "report" | "settle"): Promise<Report> {
  const answer = once(app.child, "message") as Promise<[Report]>;
  app.child.send(question);
  return (await answer)[0];
}

/** The most memory that the app's process ever held, bytes; from Linux's /proc, undefined elsewhere. */
export function readPeakRss(app: App): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${app.child.pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Ends an app. */
export function stopApp(app: App): void {
  app.load.close();
  app.child.disconnect();
}
