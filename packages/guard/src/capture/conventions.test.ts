/** What is sent, held against OpenTelemetry's semantic conventions 1.44: names, requirement levels, and an `error.type` on every error. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { createGuard, type Guard } from "../guard.ts";
import { type Collected, createCollected } from "../testing/collected.ts";
import { HOSTS, type Mounted } from "../testing/hosts.ts";

type Item = Collected["spans"][number];

/** `http.server` and `http.client` spans of the conventions: required, and required under a condition that holds here. */
const SERVER = ["http.request.method", "url.path", "url.scheme"];
const CLIENT = ["http.request.method", "server.address", "server.port", "url.full"];
/** Ours begin with our own name; everything else must be known to the conventions. */
const KNOWN =
  /^(http\.(request\.(method|method_original|header\.[^A-Z]+|body\.(size|content))|response\.status_code|route)|url\.(path|scheme|query|full)|error\.type|network\.protocol\.version|client\.address|server\.(address|port)|nodejs\.eventloop\.\S+|v8js\.memory\.heap\.used|exception\.(type|message|stacktrace)|faultline\.\S+)$/;

const open: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of open.toReversed()) await close();
});

/** A dependency that answers `status`. */
async function startDependency(status: number): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/stock/7?token=secret`;
}

class OutOfPaperError extends Error {}

const WAYS: Readonly<Record<string, (dependency: string) => Promise<unknown>>> = {
  throws: () => Promise.reject(new OutOfPaperError("no paper")),
  "throws no error": () => Promise.reject("just text"),
  "calls a dependency that answers 503": async (dependency) => {
    await fetch(dependency);
    throw new Error("after the call");
  },
  "calls one that is not there": () => fetch("http://127.0.0.1:1030/"),
};

function findComplaints(item: Item, required: readonly string[]): string[] {
  const names = Object.keys(item.attributes);
  const isError = (item["status"] as { code?: number } | undefined)?.code === 2 || Number(item["severityNumber"]) >= 13;
  return [
    ...required.filter((name) => item.attributes[name] === undefined).map((name) => `${String(item["name"])} lacks ${name}`),
    ...names.filter((name) => !KNOWN.test(name)).map((name) => `${name} is in no convention`),
    ...(isError === (typeof item.attributes["error.type"] === "string")
      ? []
      : [`error.type ${String(item.attributes["error.type"])} on ${JSON.stringify(item)}`]),
  ];
}

function inspect(collected: Collected): string[] {
  const servers = collected.spans.filter((span) => span["kind"] === 2);
  const clients = collected.spans.filter((span) => span["kind"] === 3);
  return [
    ...servers.flatMap((span) => findComplaints(span, SERVER)),
    ...clients.flatMap((span) => findComplaints(span, CLIENT)),
    ...collected.logs.flatMap((log) => findComplaints(log, [])),
    ...(servers.length === 1 ? [] : [`${servers.length} server spans`]),
  ];
}

// Express 4 does not wait for a handler's promise.
const ASYNC_HOSTS = HOSTS.filter((host) => host.name !== "Express 4");

describe.each(ASYNC_HOSTS)("the telemetry of a failure on $name", (host) => {
  it.each(Object.keys(WAYS))("of a handler that %s follows the conventions", async (way) => {
    const collected = createCollected();
    const guard: Guard = createGuard({ service: "orders", transport: collected, spool: false, announce: false });
    const dependency = await startDependency(503);
    const mounted: Mounted = await host.mount(guard, () => WAYS[way]?.(dependency));
    await (await fetch(`${mounted.url}/route?page=2`)).text();
    await mounted.close();
    await guard.close();
    expect(inspect(collected)).toEqual([]);
    expect(collected.text).not.toContain("token=secret");
  });
});
