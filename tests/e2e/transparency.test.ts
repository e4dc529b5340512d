import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard } from "@faultline/guard";
import { afterAll, describe, expect, it } from "vitest";
import { type Address, type Case, compare, toCases } from "../transparency/compare.ts";
import { ROUTED_HOSTS, type RoutedHost, type Stance } from "../transparency/hosts.ts";
import { NEST_HOSTS } from "../transparency/nest-hosts.ts";

const guard = createGuard({ service: "transparent", endpoint: false, announce: false, processHooks: false });
const closers: (() => unknown)[] = [() => guard.close()];
afterAll(() => Promise.all(closers.map((close) => close())));

async function serve(listener: RequestListener): Promise<Address> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port };
}

async function listen(host: RoutedHost, stance: Stance): Promise<Address> {
  return serve(await host.listen(stance));
}

/** For a sample of cases that all have an answer. */
function isAnsweredJson({ kind, route }: Case): boolean {
  return kind.name === "JSON" && !route.name.endsWith("hung up");
}

describe.each([...ROUTED_HOSTS, ...NEST_HOSTS])("$name under the guard", (host) => {
  it("answers every kind of request on 200 routes with the very bytes it answers without", async () => {
    expect(host.routes).toHaveLength(200);
    const addresses = {
      bare: await listen(host, undefined),
      guarded: await listen(host, { guard, respond: true }),
      handing: await listen(host, { guard, respond: false }),
    };
    const cases = toCases(host.routes);
    const differences = await compare(cases, addresses);
    console.log(`${host.name}: ${cases.length} exchanges compared, ${differences.length} differ`);
    expect(differences.slice(0, 5)).toEqual([]);
    expect(guard.counts().internalErrors).toBe(0);
  });
});

describe("the comparison", () => {
  it("sees one header more on any route", async () => {
    const [host] = ROUTED_HOSTS as readonly [RoutedHost];
    const listener = await host.listen(undefined);
    const altered = await serve((request, response) => {
      response.setHeader("X-More", "1");
      listener(request, response);
    });
    const cases = toCases(host.routes).filter(isAnsweredJson);
    expect(await compare(cases, { bare: await serve(listener), guarded: altered, handing: altered })).toHaveLength(190);
  });
});
