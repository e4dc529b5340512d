/** A backend whose paths fail in ways that only a raw socket can. Counts the requests that it gets. */
import { createServer, type Socket } from "node:net";

/** A running backend. */
export type FaultyBackend = { readonly port: number; readonly requests: readonly string[]; close(): Promise<void> };

const JSON_HEADERS = "X-Powered-By: Express\r\nX-Request-Id: r-1\r\nContent-Type: application/json\r\nConnection: close\r\n";
const respond = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\n${JSON_HEADERS}Content-Length: ${body.length}\r\n\r\n${body}`;

/** What the backend does for each first path segment. */
const BEHAVIOURS: Readonly<Record<string, (socket: Socket) => void>> = {
  ok: (socket) => socket.end(respond("200 OK", '{"ok":true}')),
  health: (socket) => socket.end(respond("200 OK", '{"ok":true}')),
  boom: (socket) => socket.end(respond("500 Internal Server Error", '{"statusCode":500,"error":"Internal Server Error","message":"boom"}')),
  "boom-503": (socket) => socket.end(respond("503 Service Unavailable", '{"title":"busy","status":503}')),
  hang: () => {},
  reset: (socket) => void socket.resetAndDestroy(),
  close: (socket) => void socket.end(),
  garbage: (socket) => socket.end("this is no HTTP\r\n\r\n"),
  "huge-header": (socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Huge: ${"x".repeat(200_000)}\r\nContent-Length: 2\r\n\r\n{}`),
};

/** Starts a backend on a free port of loopback. */
export async function startFaultyBackend(): Promise<FaultyBackend> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      const line = text.split("\r\n", 1)[0] ?? "";
      text = "";
      requests.push(line);
      const segment = line.split(" ")[1]?.split(/[/?]/)[1] ?? "";
      (BEHAVIOURS[segment] ?? ((each: Socket) => void each.end(respond("404 Not Found", "{}"))))(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number }; // a TCP server's address has a port
  return {
    port,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
