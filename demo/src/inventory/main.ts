/** Stock levels. An old service without any telemetry: what happens here can only be told from its callers. */
import { createServer } from "node:http";
import { serveUntilStopped } from "../lifecycle.ts";

const PRODUCTS = Array.from({ length: 40 }, (_, index) => ({
  id: `p${index + 1}`,
  title: `Product ${index + 1}`,
  priceCents: 500 + index * 135,
  inStock: (index * 7) % 90,
}));

const server = createServer((request, response) => {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const id = /^\/stock\/([^/]+)$/.exec(path)?.[1];
  const found = path === "/stock" ? PRODUCTS : PRODUCTS.find((product) => product.id === id);
  // A little work, so that the picture of a good request shows this hop.
  setTimeout(
    () => {
      response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(found ?? { error: "no such product" }));
    },
    2 + Math.random() * 6,
  );
});

serveUntilStopped(server);
