/**
 * One small app of the overhead benchmark: `app.ts FRAMEWORK VARIANT COLLECTOR`. Asked by its parent it tells what it has used; asked to
 * `settle`, it first sends all that it has collected, so that a figure holds the cost of sending as well.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openListener } from "./listeners.ts";

const [framework = "express", variant = "bare", endpoint = ""] = process.argv.slice(2);
const { listener, settle } = await openListener(framework, variant, { endpoint });
const server = createServer(listener);
// Connections stay open from one burst to the next.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
async function answer(question: unknown): Promise<void> {
  if (question === "settle") await settle();
  const { rss, heapUsed } = question === "report" ? process.memoryUsage() : { rss: 0, heapUsed: 0 };
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rss, heapUsed });
}

process.on("message", (question) => void answer(question));
process.on("disconnect", () => process.exit());
