import { createGuard } from "@faultline/guard";
import { guardErrors, guardRequests } from "@faultline/guard/express";
import express from "express";

/** One guard for the service. */
export const guard = createGuard({ service: "orders", version: "1.4.2", region: "eu-central-1" });

/** The app. */
export const app = express();
app.use(guardRequests(guard)); // first
app.use(express.json());
app.post("/orders/:id", (request, response) => {
  response.json({ id: request.params.id, total: request.body.items.length });
});
app.use(guardErrors(guard)); // last
