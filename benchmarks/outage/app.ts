/** One app for the outage benchmark: `app.ts guarded|bare COLLECTOR SPOOL`. `/fail/N` fails, everything else answers; it reports when it is asked. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard } from "@faultline/guard";
import { guardHandler } from "@faultline/guard/http";

const [variant = "bare", endpoint = "", directory = ""] = process.argv.slice(2);
const guard = variant === "guarded" ? createGuard({ service: "outage", endpoint, spool: { directory }, announce: false }) : undefined;

const listener: RequestListener = (request, response) => {
  if (!request.url?.startsWith("/fail/")) return void response.end("well");
  const error = new Error(`boom-${request.url.slice(6)}`, {
    cause: new TypeError("Cannot read properties of undefined (reading 'items')"),
  });
  if (guard !== undefined) throw error;
  response.writeHead(500, { "content-type": "application/problem+json" }).end('{"title":"Internal Server Error","status":500}');
};

const server = createServer(guard === undefined ? listener : guardHandler(guard, listener));
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", (asked) => {
  if (asked === "report") process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage(), counts: guard?.counts() });
});
process.on("disconnect", () => process.exit(0));
