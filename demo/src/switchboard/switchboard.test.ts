import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Server } from "node:http";
import type { Shop } from "../shop/shop.ts";
import { DEMO_FAULTS } from "./faults.ts";
import { createSwitchboardServer, Switchboard } from "./switchboard.ts";

/** A shop that only remembers its orders. */
function createFakeShop(): { shop: Shop; orders: unknown[] } {
  const orders: unknown[] = [];
  const remember = (order: unknown): void => void orders.push(order);
  const shop: Shop = {
    gatewayUrl: "http://127.0.0.1:1",
    databaseUrl: "postgres://127.0.0.1:1",
    tellGateway: remember,
    tellProvider: remember,
    tellLoad: remember,
    publishRates: (rates) => Promise.resolve(remember({ rates })),
    deployStorefront: (release) => (release.version === "broken" ? Promise.reject(new Error("no")) : Promise.resolve(remember(release))),
    close: () => Promise.resolve(),
  };
  return { shop, orders };
}

describe("the switchboard", () => {
  let server: Server;
  let url: string;
  let orders: unknown[];

  beforeEach(async () => {
    const fake = createFakeShop();
    orders = fake.orders;
    server = createSwitchboardServer(new Switchboard(fake.shop));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const turn = (name: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/faults/${name}`, { method: "POST", body, headers });

  it("lists ten faults, all off", async () => {
    const { faults } = (await (await fetch(`${url}/faults`)).json()) as { faults: { id: string; title: string; on: boolean }[] };
    expect(faults).toHaveLength(10);
    expect(new Set(faults.map((fault) => fault.id)).size).toBe(10);
    expect(faults.filter((fault) => fault.on)).toEqual([]);
  });

  it("switches a fault on once and undoes it", async () => {
    await turn("third-party", '{"on":true}');
    const answer = await turn("third-party", '{"on":true}');
    expect(await answer.json()).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ id: "third-party", on: true })]),
    });
    await turn("third-party", '{"on":false}');
    expect(orders).toEqual([{ outage: true }, { outage: false }]);
  });

  it("brings about every fault through orders that name none", async () => {
    const names = DEMO_FAULTS.map((fault) => fault.name).filter((name) => name !== "blocked-query");
    for (const name of names) await turn(name, '{"on":true}');
    expect(orders.length).toBeGreaterThanOrEqual(names.length);
    expect(names.filter((name) => JSON.stringify(orders).includes(name))).toEqual([]);
  });

  it("refuses an unknown fault, a body that is no switch, an unknown path and a web page", async () => {
    expect((await turn("no-such", '{"on":true}')).status).toBe(404);
    expect((await turn("cascade", "yes")).status).toBe(400);
    expect((await turn("cascade", `{"on":true,"x":"${"x".repeat(2_000)}"}`)).status).toBe(400);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect((await turn("cascade", '{"on":true}', { origin: "https://evil.example" })).status).toBe(403);
    expect(orders).toEqual([]);
  });
});
