import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createLiveFeed, type LiveFeed } from "../../packages/collector/src/live-feed.ts";
import { type Api, createApi } from "../../packages/collector/src/serve/api.ts";
import { createMemoryStore, type Store } from "../../packages/collector/src/store/index.ts";

/** Where the built dashboard is. */
export const DIST = fileURLToPath(new URL("../../packages/dashboard/dist", import.meta.url));

/** A collector's API and dashboard on a port of its own, over a store in memory. */
export type Site = { readonly url: string; readonly store: Store; readonly live: LiveFeed; readonly api: Api; readonly server: Server };

/** Opens an empty one. */
export async function openSite(): Promise<Site> {
  const store = createMemoryStore();
  const live = createLiveFeed();
  const api = createApi({ store, live, dashboardDirectory: DIST });
  const server = createServer((request, response) => api.respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on a port, so the address is no pipe
  return { url: `http://127.0.0.1:${port}`, store, live, api, server };
}

/** Closes it, open pages' connections too. */
export async function closeSite({ api, server, store }: Site): Promise<void> {
  api.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
}
