import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import type pg from "pg";
import { fetch } from "undici";
import { readAddress, shopAgent } from "../hosts.ts";
import { createPool, query } from "./pool.ts";

type Checkout = { readonly customer: string; readonly totalCents: number; readonly currency: string; readonly method: string };
type Preferences = { readonly language: string; readonly interests: readonly string[] };

const PAYMENT_TIMEOUT_MS = 1_700;

/** The payment of an order could not be made; the client is told that it was not its fault. */
class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly statusCode = 502;
}

async function charge(order: Checkout & { readonly id: string }): Promise<void> {
  const response = await fetch(`${readAddress("PAYMENTS_URL")}/charges`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ order: order.id, amountCents: order.totalCents, currency: order.currency, method: order.method }),
    dispatcher: shopAgent,
    signal: AbortSignal.timeout(PAYMENT_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new PaymentError(`payments answered ${response.status}`);
}

/** Keeps one connection from the first statement to the last, the payment in between included. */
async function placeOrder(pool: pg.Pool, checkout: Checkout): Promise<{ id: string; status: string }> {
  const order = { ...checkout, id: `o-${randomUUID()}` };
  const client = await pool.connect();
  try {
    const { id, customer, totalCents, currency } = order;
    await client.query("insert into orders (id, customer, status, total_cents, currency) values ($1, $2, 'new', $3, $4)", [
      id,
      customer,
      totalCents,
      currency,
    ]);
    await charge(order);
    await client.query("update orders set status = 'paid' where id = $1", [id]);
    return { id, status: "paid" };
  } finally {
    client.release();
  }
}

function addRoutes(app: FastifyInstance, pool: pg.Pool): void {
  app.post<{ Body: Checkout }>("/orders", async (request, reply) => reply.code(201).send(await placeOrder(pool, request.body)));
  app.get<{ Params: { id: string } }>("/orders/:id", async (request, reply) => {
    const [order] = await query(pool, "select id, customer, status, total_cents, currency from orders where id = $1", [request.params.id]);
    return order ?? reply.code(404).send({ error: "no such order" });
  });
  app.get<{ Params: { id: string } }>("/customers/:id/interests", async (request) => {
    const [customer] = await query<{ preferences: Preferences }>(pool, "select preferences from customers where id = $1", [
      request.params.id,
    ]);
    return customer === undefined ? [] : customer.preferences.interests;
  });
}

/** The orders service, ready to listen. */
export async function createOrders(): Promise<FastifyInstance> {
  const pool = await createPool();
  const app = Fastify({ logger: true, disableRequestLogging: true });
  app.addHook("onError", async (request, _reply, error) => request.log.error({ err: error }, `${request.method} ${request.url} failed`));
  app.addHook("onClose", () => pool.end());
  addRoutes(app, pool);
  await app.ready();
  return app;
}
