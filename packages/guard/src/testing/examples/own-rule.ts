import { createGuard } from "@faultline/guard";

/** Nothing left to sell: nobody's fault, and no 500. */
export class OutOfStockError extends Error {}

/** A guard that knows it. */
export const guard = createGuard({
  service: "orders",
  rules: [
    ({ chain }) =>
      chain[0] instanceof OutOfStockError
        ? { status: 409, type: "https://shop.example/problems/out-of-stock", title: "Out of stock" }
        : undefined,
  ],
});
