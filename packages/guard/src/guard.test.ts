import { expect, it } from "vitest";
import { fetchView } from "./adapters/fetch-view.ts";
import { endCall } from "./capture/call.ts";
import { recordCall } from "./capture/outgoing.ts";
import type { Exchange } from "./exchange.ts";
import { createGuard } from "./guard.ts";
import { createCollected } from "./testing/collected.ts";

it("tells of a call that was under way when its request failed as such, though it ends before the failure is written down", async () => {
  const collected = createCollected();
  const guard = createGuard({ service: "orders", transport: collected, spool: false, announce: false, processHooks: false });
  const request = new Request("http://localhost/slow");
  const exchange = guard.begin(fetchView, { request, readRoute: () => "/slow", headers: undefined }) as Exchange;
  const call = recordCall(exchange, "GET", {});
  guard.finish(exchange, 504, false);
  endCall(call as NonNullable<typeof call>, 200);
  await guard.close();
  const [told] = collected.spans.filter((span) => span["kind"] === 3);
  expect(told?.attributes).toEqual({ "faultline.call.unfinished": true });
});
