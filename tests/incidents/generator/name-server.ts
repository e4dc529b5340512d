import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A name server that answers every question alike, or none. */
export type NameServer = { readonly port: number; close(): void };

const CODES = { "no-such-name": 3, "server-failure": 2 } as const;

/** Listens on a free port of loopback. The header's flags are those of RFC 1035, section 4.1.1: a response, with its code. */
export async function startNameServer(answer: keyof typeof CODES | "silence"): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    if (answer === "silence") return;
    const response = Buffer.from(query);
    response.writeUInt16BE(0x8180 | CODES[answer], 2);
    // No records follow the question, whatever the query carried behind it.
    for (const offset of [6, 8, 10]) response.writeUInt16BE(0, offset);
    const end = response.indexOf(0, 12) + 5;
    socket.send(response.subarray(0, end), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, close: () => socket.close() };
}
