/** The outage of `resilience/outage.test.ts` once more with real sockets and a real clock, shortened: 12 s away under 100 calls/s. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Dependency } from "@faultline/guard/resilience";
import { afterEach, describe, expect, it } from "vitest";

const DOWN_MS = 12_000;
const EVERY_MS = 10;
const servers: Server[] = [];

async function listen(listener: RequestListener, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

afterEach(() => {
  for (const server of servers.splice(0)) close(server);
});

const answers: RequestListener = (_request, response) => void response.end("well");
const WAYS: Readonly<Record<string, (server: Server, port: number) => Promise<() => Promise<unknown>>>> = {
  "refuses connections": async (server, port) => {
    close(server);
    return () => listen(answers, port);
  },
  "accepts and never answers": async (server, port) => {
    close(server);
    const { server: silent } = await listen(() => undefined, port);
    return async () => {
      close(silent);
      await listen(answers, port);
    };
  },
};

/** Calls the dependency at a steady rate until it is stopped. */
function startLoad(dependency: Dependency, url: string) {
  const outcomes: { readonly atMs: number; readonly isGood: boolean }[] = [];
  const work = async ({ signal }: { signal: AbortSignal }): Promise<string> => (await fetch(url, { signal })).text();
  const timer = setInterval(() => {
    const atMs = performance.now();
    void dependency.call(work, { isIdempotent: true }).then(
      () => outcomes.push({ atMs, isGood: true }),
      () => outcomes.push({ atMs, isGood: false }),
    );
  }, EVERY_MS);
  return { outcomes, stop: () => clearInterval(timer) };
}

describe.each(Object.keys(WAYS))("a real dependency that %s", (way) => {
  it("gets no more requests than without the failure, and is used again within 10 s of its return", async () => {
    const { server, port } = await listen(answers);
    const dependency = new Dependency("stock", { deadlineMs: 500 });
    const load = startLoad(dependency, `http://127.0.0.1:${port}/`);
    await setTimeout(3_000);
    expect(load.outcomes.filter((each) => !each.isGood)).toEqual([]);

    const before = dependency.state();
    const comeBack = await (WAYS[way] as (typeof WAYS)[string])(server, port);
    await setTimeout(DOWN_MS);
    const after = dependency.state();
    expect(after.tries - before.tries).toBeLessThanOrEqual((after.calls - before.calls) * 1.1);
    expect(after.circuit).not.toBe("closed");

    await comeBack();
    await setTimeout(10_000);
    const fromMs = performance.now();
    await setTimeout(3_000);
    load.stop();
    await setTimeout(600);
    const late = load.outcomes.filter((each) => each.atMs >= fromMs);
    expect(late.length).toBeGreaterThan(100);
    expect(late.filter((each) => !each.isGood)).toEqual([]);
  }, 120_000);
});
