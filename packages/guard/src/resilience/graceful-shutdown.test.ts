import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createShutdown } from "./graceful-shutdown.ts";
import { createKillSwitch } from "./kill-switch.ts";

describe("a graceful shutdown", () => {
  it("answers what is under way, then flushes, once", async () => {
    const order: string[] = [];
    const server = createServer((_request, response) => {
      setTimeout(() => {
        order.push("answered");
        response.end("ok");
      }, 50);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const requested = once(server, "request");
    const answered = new Promise<number | undefined>((resolve) => {
      get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }, (response) => resolve(response.resume().statusCode));
    });
    await requested;
    const shutdown = createShutdown({ server, afterwards: [() => order.push("flushed")] });
    expect(await Promise.all([shutdown(), shutdown()])).toEqual([0, 0]);
    expect(await answered).toBe(200);
    expect(order).toEqual(["answered", "flushed"]);
  });

  it("ends in time, with a code that says so, when something hangs", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const requested = once(server, "request");
    get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }).on("error", () => undefined);
    await requested;
    const shutdown = createShutdown({ server, drainMs: 20, flushMs: 20, afterwards: [() => new Promise(() => undefined)] });
    expect(await shutdown()).toBe(1);
  });
});

describe("a kill switch", () => {
  it("closes a path while its flag is off, and stays as it was while nobody can say", async () => {
    let nowMs = 0;
    const answers = [() => Promise.resolve(false), () => Promise.reject(new Error("down")), () => Promise.resolve(true)];
    let asked = 0;
    const read = (): Promise<boolean> => (answers[asked++] as () => Promise<boolean>)();
    const checkout = createKillSwitch("checkout", { read, freshMs: 10, nowMs: () => nowMs });
    await expect(checkout.pass()).rejects.toMatchObject({ code: "switched-off" });
    await expect(checkout.pass()).rejects.toMatchObject({ code: "switched-off" });
    expect(asked).toBe(1);
    nowMs = 10;
    await expect(checkout.pass()).rejects.toMatchObject({ code: "switched-off" });
    nowMs = 20;
    await expect(checkout.pass()).resolves.toBeUndefined();
  });

  it("is on when nobody ever said otherwise", async () => {
    const never = createKillSwitch("x", { read: () => new Promise(() => undefined), timeoutMs: 5 });
    expect(await never.isOn()).toBe(true);
  });

  it("asks once for all who want to know at the same time, and takes what is neither yes nor no for no word", async () => {
    let asked = 0;
    const read = (): Promise<boolean> => {
      asked += 1;
      // As of a flag that nobody has set up.
      return Promise.resolve(undefined as unknown as boolean);
    };
    const unknown = createKillSwitch("x", { read, nowMs: () => 0 });
    expect(await Promise.all([unknown.isOn(), unknown.isOn(), unknown.isOn()])).toEqual([true, true, true]);
    expect(asked).toBe(1);
  });
});
