import { createGuard, type Guard } from "@faultline/guard";
import { guardErrors, guardRequests } from "@faultline/guard/express";
import express, { type Express } from "express";
import { fetch } from "undici";
import { readAddress, shopAgent } from "../hosts.ts";
import { formatPrice, readRates, toBookCents } from "./quote.ts";

type Charge = { readonly order: string; readonly amountCents: number; readonly currency: string; readonly method: string };

const PROVIDER_TIMEOUT_MS = 1_500;

/** The payment company failed; the caller may try again later. */
class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly status = 502;
}

async function sendCharge(charge: Charge, bookCents: number): Promise<unknown> {
  const response = await fetch(`${readAddress("PROVIDER_URL")}/v1/charges`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reference: charge.order, amount: bookCents }),
    dispatcher: shopAgent,
    signal: AbortSignal.timeout(PROVIDER_TIMEOUT_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new ProviderError(`the payment provider answered ${response.status}`);
  }
  return response.json();
}

/** The guard of this service; who it is comes from the environment, as its deployment says it. */
export function createPaymentsGuard(): Guard {
  return createGuard({
    service: "payments",
    version: readAddress("SERVICE_VERSION"),
    region: readAddress("SERVICE_REGION"),
    instance: readAddress("SERVICE_INSTANCE"),
    environment: "demo",
    // A demo that has ended has nothing to send later.
    spool: false,
    // The shop is small: its good requests are drawn too.
    successSpans: 1,
  });
}

/** Payments as a handler for a server. */
export function createPayments(guard: Guard): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(guardRequests(guard));
  app.use(express.json());
  app.post("/charges", async (request, response) => {
    const charge = request.body as Charge;
    const bookCents = toBookCents(charge.amountCents, charge.currency, readRates(readAddress("RATES_FILE")));
    response.status(201).json(await sendCharge(charge, bookCents));
  });
  app.post("/api/quotes", (request, response) => {
    const { amountCents, currency } = request.body as { amountCents: number; currency: string };
    response.json({ price: formatPrice(amountCents, currency) });
  });
  app.use(guardErrors(guard));
  return app;
}
