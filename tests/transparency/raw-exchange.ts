/** A client that is nothing but a socket: what it received is what the server wrote, byte for byte. */
import { connect } from "node:net";

/** What came back, and whether the server ended the connection or the client had to. */
export type RawAnswer = { readonly received: Buffer; readonly ending: "closed" | "reset" | "left open" };

/** What is sent, and how: `isTorn` ends the client's side after the last byte; a server that is silent for `patienceMs` is left. */
export type RawRequest = { readonly sent: Buffer; readonly isTorn?: boolean; readonly patienceMs: number };

/** Writes a request to a port of this machine and reads until the connection ends. */
export function exchangeRaw(port: number, { sent, isTorn = false, patienceMs }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const settle = (ending: RawAnswer["ending"]): void => {
      socket.destroy();
      resolve({ received: Buffer.concat(pieces), ending });
    };
    socket.setTimeout(patienceMs, () => settle("left open"));
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("end", () => settle("closed"));
    socket.on("error", () => settle("reset"));
    if (isTorn) socket.end(sent);
    else socket.write(sent);
  });
}

/** The bytes with the clock's part of them taken out: the values of Date, each 29 characters long. */
export function withoutClock(received: Buffer): string {
  return received.toString("latin1").replaceAll(/\r\nDate: [^\r]{29}\r\n/gi, "\r\nDate: (now)\r\n");
}
