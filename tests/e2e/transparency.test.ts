import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard } from "@faultline/guard";
import { afterAll, describe, expect, it } from "vitest";
import { ROUTED_HOSTS, type RoutedHost, type Stance } from "../transparency/hosts.ts";
import { NEST_HOSTS } from "../transparency/nest-hosts.ts";
import { exchangeRaw, withoutClock } from "../transparency/raw-exchange.ts";
import { REQUEST_KINDS, type RequestKind } from "../transparency/request-kinds.ts";

const guard = createGuard({ service: "transparent", endpoint: false, announce: false, processHooks: false });
const closers: (() => unknown)[] = [() => guard.close()];
afterAll(() => Promise.all(closers.map((close) => close())));

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

async function listen(host: RoutedHost, stance: Stance): Promise<number> {
  return serve(await host.listen(stance));
}

/** For a sample of cases that all have an answer. */
function isAnsweredJson({ kind, route }: Case): boolean {
  return kind.name === "JSON" && !route.name.endsWith("hung up");
}

type Case = { readonly route: RoutedHost["routes"][number]; readonly kind: RequestKind };
type Difference = { readonly at: string; readonly bare: string; readonly guarded: string };

/** Who reads nothing may have answered before the torn end arrives, or not: such a pair says nothing about anybody. */
function isRace({ route, kind }: Case): boolean {
  return kind.isTorn === true && /^(never|begun)/.test(route.name);
}

function toCases(host: RoutedHost): Case[] {
  return host.routes.flatMap((route) => REQUEST_KINDS.map((kind) => ({ route, kind }))).filter((each) => !isRace(each));
}

async function ask(port: number, { route, kind }: Case): Promise<string> {
  const { received, ending } = await exchangeRaw(port, kind.write(route.path), kind.isTorn);
  return `${withoutClock(received)}[${ending}]`;
}

type Ports = { readonly bare: number; readonly guarded: number; readonly handing: number };

/** Asks both and gives the pairs that differ. Several cases at a time, each with its own connections. */
async function compare(cases: readonly Case[], ports: Ports): Promise<Difference[]> {
  const differences: Difference[] = [];
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const bare = await ask(ports.bare, next);
      const guarded = await ask(next.route.throws ? ports.handing : ports.guarded, next);
      if (bare !== guarded) differences.push({ at: `${next.kind.name} to ${next.route.name}`, bare, guarded });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return differences;
}

describe.each([...ROUTED_HOSTS, ...NEST_HOSTS])("$name under the guard", (host) => {
  it("answers every kind of request on 200 routes with the very bytes it answers without", async () => {
    expect(host.routes).toHaveLength(200);
    const ports = {
      bare: await listen(host, undefined),
      guarded: await listen(host, { guard, respond: true }),
      handing: await listen(host, { guard, respond: false }),
    };
    const cases = toCases(host);
    const differences = await compare(cases, ports);
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
    const cases = toCases(host).filter(isAnsweredJson);
    expect(await compare(cases, { bare: await serve(listener), guarded: altered, handing: altered })).toHaveLength(190);
  });
});
