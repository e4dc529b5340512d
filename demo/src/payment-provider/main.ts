/** The third party: a stub of a payment company's public API. It is not ours, so it sends us no telemetry. */
import { createServer, type ServerResponse } from "node:http";
import { onSwitch, serveUntilStopped } from "../lifecycle.ts";

/** What the stub can be told to do wrong. */
export type ProviderSwitch = { readonly outage?: boolean; readonly giftCardsPending?: boolean };

let state: ProviderSwitch = {};
onSwitch((change: ProviderSwitch) => {
  state = { ...state, ...change };
});

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", server: "payco-edge" });
  response.end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  request.resume();
  const path = request.url ?? "/";
  const delayMs = path.startsWith("/v1/charges") ? 380 + Math.random() * 100 : 15 + Math.random() * 15;
  setTimeout(() => {
    if (path.startsWith("/v1/gift-cards/")) {
      sendJson(response, 200, state.giftCardsPending === true ? { state: "pending" } : { state: "active", balanceCents: 2500 });
    } else if (state.outage === true) {
      sendJson(response, 500, { error: { code: "internal_error", message: "Something went wrong on our end." } });
    } else {
      sendJson(response, 201, { id: `ch_${Math.random().toString(36).slice(2, 12)}`, status: "succeeded" });
    }
  }, delayMs);
});

serveUntilStopped(server);
