import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Collector, type CollectorOptions, startCollector, StartError } from "./app.ts";

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: Partial<CollectorOptions> = {}): Promise<Collector> {
  const collector = await startCollector({ port: 0, storage: { kind: "memory" }, ...options });
  closers.push(() => collector.close());
  return collector;
}

/** A failing request as OTLP/JSON, now. */
function toFailingPayload(traceId: string): string {
  const nowMs = Date.now();
  const attributes = [
    { key: "http.response.status_code", value: { intValue: 500 } },
    { key: "http.route", value: { stringValue: "/cart" } },
    { key: "http.request.method", value: { stringValue: "GET" } },
  ];
  const span = {
    traceId,
    spanId: traceId.slice(16),
    name: "GET /cart",
    kind: 2,
    startTimeUnixNano: `${nowMs - 20}000000`,
    endTimeUnixNano: `${nowMs}000000`,
    attributes,
    status: { code: 2 },
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
}

/** Asks until the answer holds, or fails after five seconds. */
async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + 5000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error("it did not happen within five seconds");
}

describe("the collector on one port", () => {
  it("takes OTLP, shows the fault through its API, and answers everything else with problem details", async () => {
    const { url } = await start();
    const sent = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: toFailingPayload("a".repeat(32)),
    });
    expect(sent.status).toBe(200);
    const fault = await waitFor(
      async () => ((await (await fetch(`${url}/api/faults`)).json()) as { faults: { service: string }[] }).faults[0],
    );
    expect(fault.service).toBe("cart");
    const nothing = await fetch(`${url}/nothing/here`);
    expect(nothing.status).toBe(404);
    expect(nothing.headers.get("content-type")).toBe("application/problem+json");
  });

  it("tells a webhook once of a rate that is certainly a problem, with the link to the failing span", async () => {
    const bodies: { link: string; sentence: string }[] = [];
    const receiver = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        bodies.push(JSON.parse(text) as (typeof bodies)[number]);
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    closers.push(() => void receiver.close());
    const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const { url } = await start({ alertTargets: [{ format: "webhook", url: hook }] });
    for (let index = 0; index < 20; index++) {
      const body = toFailingPayload(index.toString(16).padStart(32, "b"));
      await fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });
    }
    const alert = await waitFor(() => Promise.resolve(bodies[0]));
    expect(alert.link).toMatch(new RegExp(`^${url}/faults/[^/]+\\?trace=[0-9a-f]{32}$`));
    expect(alert.sentence).toContain("/cart");
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(bodies).toHaveLength(1);
  });

  it("says which port is in use and what to do, and lets go of its data", async () => {
    const { url } = await start();
    const directory = mkdtempSync(join(tmpdir(), "faultline-app-"));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const port = Number(new URL(url).port);
    await expect(startCollector({ port, storage: { kind: "sqlite", directory } })).rejects.toThrow(StartError);
    await expect(startCollector({ port, storage: { kind: "sqlite", directory } })).rejects.toThrow(/is in use; .* --port/);
    await start({ storage: { kind: "sqlite", directory } });
  });
});
