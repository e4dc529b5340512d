import { once } from "node:events";
import { type AddressInfo, type Socket, createConnection, createServer } from "node:net";

/** A stretch of network between a caller and a server. */
export type Relay = { readonly port: number; close(): Promise<void> };

/** Passes bytes to `port` after `delayMs`, in both directions, the end of a connection included: distance, without a network. */
export async function startRelay(port: number, delayMs: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    from.on("data", (chunk: Buffer) => void setTimeout(() => to.writable && to.write(chunk), delayMs));
    from.on("end", () => void setTimeout(() => to.end(), delayMs));
    from.on("error", () => void setTimeout(() => to.resetAndDestroy(), delayMs));
    from.on("close", () => void setTimeout(() => to.destroy(), delayMs + 5));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
