import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** An OTLP/HTTP receiver that keeps what it gets as lines, as an OpenTelemetry Collector's file exporter writes them. */
export type TelemetrySink = {
  readonly endpoint: string;
  /** The lines since the last call. */
  take(): string[];
  close(): Promise<void>;
};

/** Listens on a free loopback port for OTLP/JSON. */
export async function createTelemetrySink(): Promise<TelemetrySink> {
  let lines: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      lines.push((request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8"));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = lines;
      lines = [];
      return taken;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
