import { createMemoryIdempotencyStore } from "@faultline/guard/resilience";
import { idempotent } from "@faultline/guard/idempotency";
import { validateRequest } from "@faultline/guard/validate";
import express from "express";
import { z } from "zod";

const order = z.object({ item: z.string(), count: z.int().positive() });
const once = idempotent({ store: createMemoryIdempotencyStore(), caller: (request) => request.headers.authorization ?? "" });

/** Takes an order, once. */
export const orders = express.Router();
orders.post("/orders", once, (request, response, next) => {
  validateRequest({ body: order, refuseUnknown: true }, request).then(
    ({ body }) => response.status(201).json({ reserved: body.count }),
    next,
  );
});
