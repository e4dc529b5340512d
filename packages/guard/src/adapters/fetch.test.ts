import { describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { guardFetch } from "./fetch.ts";

describe("a fetch handler under the guard", () => {
  it("answers with its error although the client has stopped sending the body", async () => {
    const guard = createGuard({ service: "fetch", endpoint: false, announce: false, processHooks: false });
    const handler = guardFetch(guard, () => new Response("busy", { status: 503 }));
    const stalled = { method: "POST", headers: { "content-length": "10" }, body: new ReadableStream(), duplex: "half" };
    expect((await handler(new Request("http://shop.test/orders", stalled))).status).toBe(503);
    expect(guard.counts()).toMatchObject({ captured: 1, internalErrors: 0 });
    await guard.close();
  });

  it("gives back an answer whose status is none, as a host's own answers may have it, and counts no error of its own", async () => {
    const guard = createGuard({ service: "fetch", endpoint: false, announce: false, processHooks: false });
    const odd = { status: { code: 202 } } as unknown as Response;
    const handler = guardFetch(guard, () => odd);
    expect(await handler(new Request("http://shop.test/orders"))).toBe(odd);
    expect(guard.counts()).toMatchObject({ captured: 0, internalErrors: 0 });
    await guard.close();
  });
});
