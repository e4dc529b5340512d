/** The vocabulary in which scenes are written. */
import type { App, Line, RuntimeName, Scene, Step, Thrown, Trouble, Turn, Visit } from "./plan.ts";

export { hop, maybe } from "../incidents/incident.ts";

/** A service. */
export function app(service: string, runtime: RuntimeName, more: Partial<App> = {}): App {
  return { service, runtime, version: "4.2.0", instance: `${service}-7d9f6c5b4-k2p8x`, ...more };
}

/** Something without telemetry, known by its host. */
export function outside(host: string): App {
  return { service: host, host, runtime: "gin", isSilent: true };
}

/** A request to a service. */
export function visit(to: App, route: string, more: Partial<Visit> = {}): Visit {
  return { app: to, route, status: 200, ...more };
}

/** A call to another service. */
export function call(to: Visit, more: Partial<Omit<Extract<Step, { kind: "call" }>, "kind" | "to">> = {}): Step {
  return { kind: "call", to, ...more };
}

/** A statement sent to a store, by the store's system and host. */
export function store(
  [system, host]: readonly [string, string],
  statement: string,
  more: { trouble?: Trouble; code?: string; ms?: number } = {},
): Step {
  return { kind: "store", system, host, statement, ...more };
}

/** An error: its class, its message, and the frames of its stack as the language prints them; Python puts them first. */
export function thrown(type: string, message: string, frames: readonly string[]): Thrown {
  const head = `${type}: ${message}`;
  const lines = frames[0]?.startsWith("Traceback") === true ? [...frames, head] : [head, ...frames];
  return { type, message, stack: lines.join("\n") };
}

/** A cluster's events about a pod, as the OpenTelemetry Collector's receiver for them writes them: they carry no service name. */
export function clusterEvent(
  { service }: App,
  atMs: number,
  [reason, message]: readonly [string, string],
): NonNullable<NonNullable<Scene["beside"]>["lines"]>[number] {
  const pod = `${service}-7d9f6c5b4-k2p8x`;
  const events = app("k8s-events", "gin", {
    resource: { "k8s.node.name": "ip-10-0-3-7", "k8s.object.kind": "Pod", "k8s.object.name": pod, "k8s.object.api_version": "v1" },
  });
  const attributes = {
    "k8s.event.reason": reason,
    "k8s.namespace.name": "shop",
    "k8s.event.name": `${pod}.17c2f0a1b5`,
    "k8s.event.count": 3,
  };
  return { app: events, atMs, line: line(13, message, { scope: "otelcol/k8seventsreceiver", attributes }) };
}

/** A line of a service. */
export function line(severity: number, body: string, more: Partial<Line> = {}): Line {
  return { severity, body, ...more };
}

/** A path in which an identifier varies. */
export function numbered(prefix: string, { index }: Turn, suffix = ""): string {
  return `${prefix}/${4_100 + index * 7}${suffix}`;
}
