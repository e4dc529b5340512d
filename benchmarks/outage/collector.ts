/**
 * A collector that can go away and come back on the same port; it counts requests, and each failure by the id of its server span. While it is
 * away every connection to its port is cut off at once, and counted: a closed port would hide how often it is tried.
 */
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createConnections, type Server as Connections } from "node:net";
import { gunzipSync } from "node:zlib";

type Span = { readonly spanId: string; readonly kind: number; readonly status?: { readonly code: number } };
type Traces = { readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[] };

/** The collector. `attempts` counts the connections cut off while it was away. */
export type ToyCollector = {
  readonly endpoint: string;
  readonly stored: ReadonlySet<string>;
  readonly requests: number;
  readonly duplicates: number;
  readonly attempts: number;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
};

function listFailures(text: string): string[] {
  const { resourceSpans } = JSON.parse(text) as Traces;
  const spans = resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));
  return spans.filter((span) => span.kind === 2 && span.status?.code === 2).map((span) => span.spanId);
}

/** Starts it on a port of its own. */
export async function startCollector(): Promise<ToyCollector> {
  const stored = new Set<string>();
  const counts = { requests: 0, duplicates: 0, attempts: 0 };
  const open = (): Server =>
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        counts.requests += 1;
        if (request.url === "/v1/traces") {
          for (const id of listFailures(gunzipSync(Buffer.concat(chunks)).toString())) {
            if (stored.has(id)) counts.duplicates += 1;
            stored.add(id);
          }
        }
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
  const cutOff = (): Connections =>
    createConnections((socket) => {
      counts.attempts += 1;
      socket.on("error", () => undefined).destroy();
    });
  const listen = (server: Server | Connections, port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = (closing: Server | Connections): Promise<unknown> => new Promise((resolve) => closing.close(resolve));
  let server = open();
  let closed: Connections | undefined;
  const end = async (): Promise<void> => {
    const ended = close(server);
    server.closeAllConnections();
    await ended;
  };
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stored,
    get requests() {
      return counts.requests;
    },
    get duplicates() {
      return counts.duplicates;
    },
    get attempts() {
      return counts.attempts;
    },
    async goAway() {
      await end();
      await listen((closed = cutOff()), port);
    },
    async comeBack() {
      if (closed !== undefined) await close(closed);
      server = open();
      await listen(server, port);
    },
    close: end,
  };
}
