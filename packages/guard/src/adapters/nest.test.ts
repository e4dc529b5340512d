import { NotFoundException } from "@nestjs/common";
import { afterEach, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { NEST_HOSTS } from "../testing/nest-hosts.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

describe.each(NEST_HOSTS)("$name", (host) => {
  it("keeps Nest's own statuses, as problem details, and counts them as no failure", async () => {
    const guard = createGuard({ service: "nest", endpoint: false, announce: false, processHooks: false });
    const route = (): never => {
      throw new NotFoundException("no such order");
    };
    const mounted = await host.mount(guard, route);
    const { url } = mounted;
    open.push(
      () => mounted.close(),
      () => guard.close(),
    );
    const thrown = await fetch(`${url}/route`);
    expect(await thrown.json()).toMatchObject({ status: 404, title: "Not Found" });
    const unknown = await fetch(`${url}/nowhere`);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get("content-type")).toBe("application/problem+json");
    expect(await (await fetch(`${url}/found/7`)).json()).toEqual({ found: true });
    expect(guard.counts()).toMatchObject({ captured: 0, internalErrors: 0 });
  });

  it("tells the route and the error of a failure", async () => {
    const collected = createCollected();
    const guard = createGuard({ service: "nest", transport: collected, spool: false, announce: false, processHooks: false });
    const route = (): never => {
      throw new TypeError("price of nothing");
    };
    const mounted = await host.mount(guard, route);
    const { url } = mounted;
    open.push(
      () => mounted.close(),
      () => guard.close(),
    );
    expect((await fetch(`${url}/route`)).status).toBe(500);
    await expect.poll(() => guard.counts().captured).toBe(1);
    await guard.flush();
    expect(collected.spans[0]?.attributes).toMatchObject({ "http.route": "/route", "error.type": "TypeError" });
  });
});
