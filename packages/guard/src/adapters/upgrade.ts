/** The guard for upgrades on node:http: `server.on("upgrade", guardUpgrade(guard, (request, socket, head) => wss.handleUpgrade(...)))`. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Exchange } from "../exchange.ts";
import type { Guard } from "../guard.ts";
import { answerThrown } from "../respond/answer.ts";
import type { Answer } from "../respond/problem.ts";
import { nodeView, type NodeRequest } from "./node-view.ts";

/** A listener for node:http's `upgrade` or `connect`; it may be asynchronous. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

const SWITCHING_PROTOCOLS = 101;

/** A response for a socket that node:http has handed over. */
function writeResponse({ status, headers, body }: Answer): string {
  const fields = { ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}\r\n${lines.join("")}\r\n${body}`;
}

/** How much has been written to the socket so far, including what is still buffered. */
function countWritten(socket: Duplex): number {
  return (socket as { readonly bytesWritten?: number }).bytesWritten ?? socket.writableLength;
}

/** Answers what was thrown if nothing was written yet; otherwise it can only close the connection. Returns the status that was sent. */
function answerOnSocket(
  guard: Guard,
  at: { exchange: Exchange<NodeRequest>; socket: Duplex; thrown: unknown; before: number },
): number | undefined {
  const { exchange, socket, thrown, before } = at;
  if (socket.destroyed || !socket.writable || countWritten(socket) !== before) {
    socket.destroy();
    return undefined;
  }
  const answer = answerThrown(guard, exchange, { thrown });
  socket.end(writeResponse(answer));
  return answer.status;
}

/**
 * Guards the handshake: what the handler throws or rejects with is reported once and answered, where it would otherwise have ended the process. The exchange
 * ends with the handshake; report later errors of the connection with `guard.capture(error)`.
 */
export function guardUpgrade(guard: Guard, handler: UpgradeHandler): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    const exchange = guard.shield(() => guard.begin(nodeView, request as NodeRequest));
    if (exchange === undefined) return void handler(request, socket, head);
    const before = countWritten(socket);
    // A socket that breaks emits an error; until the handler has taken it, nobody listens.
    const onSocketError = (): void => undefined;
    socket.on("error", onSocketError);
    const onDone = (): void => {
      socket.off("error", onSocketError);
      // A handler that refuses a handshake ends the socket, with a status that only the client sees.
      guard.finish(exchange, socket.writableEnded || socket.destroyed ? undefined : SWITCHING_PROTOCOLS, false);
    };
    const onThrown = (thrown: unknown): void => {
      exchange.fail(thrown);
      const status = guard.shield(() => answerOnSocket(guard, { exchange, socket, thrown, before }));
      guard.finish(exchange, status, status === undefined);
    };
    try {
      const result = guard.run(exchange, () => handler(request, socket, head));
      if (result instanceof Promise) result.then(onDone, onThrown);
      else onDone();
    } catch (thrown) {
      onThrown(thrown);
    }
  };
}
