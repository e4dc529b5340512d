import { InMemoryProvider, OpenFeature } from "@openfeature/server-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createKillSwitch } from "../resilience/kill-switch.ts";
import { createCollected } from "../testing/collected.ts";
import { guardFetch } from "./fetch.ts";
import { readFlagOf, recordFlags } from "./openfeature.ts";

const client = OpenFeature.getClient("shop");
const provider = new InMemoryProvider({
  "new-checkout": { variants: { on: true, off: false }, defaultVariant: "on", disabled: false },
  theme: { variants: { dark: "dark" }, defaultVariant: "dark", disabled: false },
});

beforeAll(async () => {
  await OpenFeature.setProviderAndWait("shop", provider);
  OpenFeature.addHooks(recordFlags());
});
afterAll(() => OpenFeature.close());

describe("flags of the real OpenFeature SDK", () => {
  it("are told of the request that failed, each once, with variant, reason and error", async () => {
    const collected = createCollected();
    const guard = createGuard({ service: "shop", transport: collected, spool: false, announce: false });
    const handler = guardFetch(
      guard,
      async (request) => {
        await client.getBooleanValue("new-checkout", false);
        await client.getBooleanValue("new-checkout", false);
        await client.getStringValue("theme", "light");
        await client.getNumberValue("missing", 7);
        return new Response(null, { status: Number(new URL(request.url).searchParams.get("status")) });
      },
      { route: "/checkout" },
    );
    await handler(new Request("http://shop.example/checkout?status=200"));
    await handler(new Request("http://shop.example/checkout?status=500"));
    await guard.flush();
    expect(collected.spans).toMatchObject([{ attributes: { "faultline.feature_flags": ["new-checkout=on", "theme=dark", "missing=7"] } }]);
    const [span] = collected.spans;
    expect(collected.logs.map((log) => [log["eventName"], log["traceId"], log["spanId"]])).toEqual(
      Array.from({ length: 3 }, () => ["feature_flag.evaluation", span?.["traceId"], span?.["spanId"]]),
    );
    expect(collected.logs.map((log) => log.attributes)).toMatchObject([
      {
        "feature_flag.key": "new-checkout",
        "feature_flag.result.variant": "on",
        "feature_flag.result.reason": "static",
        "feature_flag.provider.name": "in-memory",
      },
      { "feature_flag.key": "theme", "feature_flag.result.variant": "dark" },
      {
        "feature_flag.key": "missing",
        "feature_flag.result.value": "7",
        "feature_flag.result.reason": "error",
        "error.type": "flag_not_found",
      },
    ]);
    await guard.close();
  });

  it("switch a path off and on, and leave it on when they do not know it", async () => {
    const checkout = createKillSwitch("new-checkout", { read: readFlagOf(client), freshMs: 0 });
    await checkout.pass();
    provider.putConfiguration({ "new-checkout": { variants: { on: true, off: false }, defaultVariant: "off", disabled: false } });
    await expect(checkout.pass()).rejects.toMatchObject({ code: "switched-off" });
    expect(await createKillSwitch("never-heard-of", { read: readFlagOf(client) }).isOn()).toBe(true);
  });
});
