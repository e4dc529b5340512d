import { expect, it } from "vitest";
import { guardFetch } from "../adapters/fetch.ts";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { poolsOf } from "./pool-watch.ts";

type Metric = { readonly name: string; readonly gauge?: { readonly dataPoints: readonly { readonly asDouble: number }[] } };

it("tells a failing request of the pool that most wait for, and sends all pools as metrics", async () => {
  const collected = createCollected();
  const guard = createGuard({ service: "shop", transport: collected, spool: false, announce: false });
  const stop = guard.watch(
    poolsOf({
      sessions: () => ({ used: 9, idle: 1, waiting: 0, limit: undefined }),
      orders: () => ({ used: 2, idle: 0, waiting: 3, limit: 2 }),
    }),
  );
  const handler = guardFetch(guard, () => Promise.reject(new Error("no connection")), { route: "/" });
  await handler(new Request("http://shop.example/"));
  await guard.flush();
  expect(collected.spans[0]?.attributes).toMatchObject({
    "db.client.connection.pool.name": "orders",
    "db.client.connection.used": 2,
    "db.client.connection.idle": 0,
    "db.client.connection.pending_requests": 3,
    "db.client.connection.max": 2,
  });
  const metrics = collected.metrics as unknown as readonly Metric[];
  const readValues = (name: string): unknown[] =>
    metrics.filter((metric) => metric.name === name).flatMap((metric) => metric.gauge?.dataPoints.map((point) => point.asDouble));
  expect(readValues("db.client.connection.count")).toEqual([9, 1, 2, 0]);
  expect(readValues("db.client.connection.pending_requests")).toEqual([0, 3]);
  expect(readValues("db.client.connection.max")).toEqual([2]);
  stop();
  await handler(new Request("http://shop.example/"));
  await guard.flush();
  expect(collected.spans[1]?.attributes).not.toHaveProperty("db.client.connection.pool.name");
  await guard.close();
});
