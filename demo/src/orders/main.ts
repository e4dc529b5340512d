/** Orders on Fastify 5 and PostgreSQL, traced by the OpenTelemetry SDK and @fastify/otel. */
import { reportReady } from "../lifecycle.ts";
import { createOrders } from "./app.ts";

const app = await createOrders();
const address = await app.listen({ port: 0, host: "127.0.0.1" });
reportReady(Number(new URL(address).port), () => app.close());
