/** A small OTLP/HTTP client that sends exactly the bytes it is told to. */
import { Agent, request } from "node:http";

/** What came back. `status` is 0 when the connection ended without an answer. */
export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

/** What to send. */
export type Sending = {
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** Sends requests until it is closed. */
export type OtlpClient = { readonly send: (sending: Sending) => Promise<Answer>; readonly close: () => void };

/** A client of the server at a port of this machine, over at most `connections` connections that stay open. */
export function createOtlpClient(port: number, connections = 4): OtlpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = ({ method = "POST", path, headers, body }: Sending): Promise<Answer> =>
    new Promise((resolve) => {
      const lost = (): void => resolve({ status: 0, headers: {}, body: Buffer.alloc(0) });
      const outgoing = request(
        { host: "127.0.0.1", port, method, path, headers: { ...headers, "content-length": body.length }, agent },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", lost);
          incoming.on("end", () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers as Record<string, string>, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.on("error", lost).end(body);
    });
  return { send, close: () => agent.destroy() };
}
