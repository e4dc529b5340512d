/** A relay in front of a server: passes every byte on in both directions, and records each request. */
import { connect, createServer, type Socket } from "node:net";

/** A running relay. */
export type CountingRelay = {
  readonly url: string;
  /** Request lines in the order in which they came. */
  readonly requests: readonly string[];
  close(): Promise<void>;
};

const REQUEST_LINE = /(?:^|\n)([A-Z]+ \/\S* HTTP\/1\.1)\r\n/g;

/** Starts a relay in front of `targetUrl` on a free loopback port. It changes nothing that passes through. */
export async function startCountingRelay(targetUrl: string): Promise<CountingRelay> {
  const { hostname, port } = new URL(targetUrl);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const backend = connect(Number(port), hostname);
    let text = "";
    client.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const lines = [...text.matchAll(REQUEST_LINE)];
      for (const [, line = ""] of lines) requests.push(line);
      // The end of a chunk may cut a request line, so the unfinished last line is kept.
      text = text.slice(text.lastIndexOf("\n") + 1);
    });
    for (const [from, to] of [
      [client, backend],
      [backend, client],
    ] as const) {
      sockets.add(from);
      from.on("close", () => sockets.delete(from)).on("error", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number }; // a TCP server's address has a port
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
