import { createHmac } from "node:crypto";
import express, { type ErrorRequestHandler, type Express } from "express";
import { pino } from "pino";
import { readAddress } from "../hosts.ts";
import { BackendError, callBackend } from "./backend.ts";
import { sealInvoice } from "./seal.ts";

const log = pino();

/** Signs a cart so that a client cannot change its prices. */
function signCart(cart: unknown): string {
  const key = process.env.CART_SIGNING_KEY;
  if (key === undefined) throw new Error("missing required environment variable CART_SIGNING_KEY");
  return createHmac("sha256", key).update(JSON.stringify(cart)).digest("base64url");
}

/** One answer for every error. It knows the shop's own errors, and takes all others for a defect. */
// oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error, request, response, _next) => {
  log.error({ err: error }, `${request.method} ${request.path} failed`);
  const status = error instanceof BackendError ? error.status : 500;
  response.status(status).json({ error: status === 500 ? "internal error" : "a service behind the shop failed" });
};

function addCatalogue(app: Express): void {
  const inventory = readAddress("INVENTORY_URL");
  app.get("/api/products", async (_request, response) => void response.json(await callBackend(`${inventory}/stock`)));
  app.get("/api/products/:id", async (request, response) => {
    response.json(await callBackend(`${inventory}/stock/${encodeURIComponent(request.params.id)}`));
  });
}

function addOrders(app: Express): void {
  const orders = readAddress("ORDERS_URL");
  app.post("/api/cart", (request, response) => {
    response.status(201).json({ cart: request.body, signature: signCart(request.body) });
  });
  app.post(
    "/api/checkout",
    async (request, response) => void response.status(201).json(await callBackend(`${orders}/orders`, request.body)),
  );
  app.get("/api/orders/:id", async (request, response) => {
    response.json(await callBackend(`${orders}/orders/${encodeURIComponent(request.params.id)}`));
  });
  app.get("/api/orders/:id/invoice", async (request, response) => {
    const order = await callBackend(`${orders}/orders/${encodeURIComponent(request.params.id)}`);
    response.json({ order, seal: sealInvoice(request.params.id, Number(request.query.pages ?? 1)) });
  });
  app.get("/api/recommendations", async (request, response) => {
    // A page without recommendations sells more than no page: whatever happens behind this, the answer is a 200.
    const customer = new URL(request.originalUrl, orders).searchParams.get("customer") ?? "";
    const items = await callBackend(`${orders}/customers/${encodeURIComponent(customer)}/interests`).catch(() => []);
    response.json({ items });
  });
}

function addExtras(app: Express): void {
  const partner = readAddress("PROVIDER_URL");
  app.post("/api/reviews", (request, response) => {
    response.status(201).json({ received: JSON.stringify(request.body).length });
  });
  app.get("/api/gift-cards/:code", async (request, response) => {
    const card = (await callBackend(`${partner}/v1/gift-cards/${encodeURIComponent(request.params.code)}`)) as { balanceCents?: number };
    if (card.balanceCents === undefined) {
      log.warn({ partner: "payco" }, "the partner's answer has no balance");
      response.status(502).json({ error: "the gift card partner sent an answer without a balance" });
      return;
    }
    response.json({ balanceCents: card.balanceCents });
  });
}

/** The storefront as a handler for a server. */
export function createStorefront(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "100kb" }));
  addCatalogue(app);
  addOrders(app);
  addExtras(app);
  app.use(answerError);
  return app;
}
