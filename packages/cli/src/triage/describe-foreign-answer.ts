/** How the answers of protocols other than HTTP/1.1 begin. */
const BEGINNINGS: readonly (readonly [begins: (bytes: Buffer) => boolean, sentence: string])[] = [
  // A SETTINGS frame: 24 bits of length, then type 4 (RFC 9113, section 3.4).
  [
    (bytes) => bytes[0] === 0 && bytes[3] === 4,
    "what answers speaks HTTP/2 without TLS, and this request HTTP/1.1: does curl --http2-prior-knowledge work?",
  ],
  // An alert or a handshake record of TLS (RFC 8446, section 5.1).
  [(bytes) => (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 3, "what answers speaks TLS at this port: ask with https://"],
  [(bytes) => bytes.toString("latin1", 0, 4) === "SSH-", "what answers is SSH, not HTTP: is the port right?"],
  [(bytes) => /^-(?:ERR|NOAUTH|DENIED) /.test(bytes.toString("latin1", 0, 16)), "what answers is Redis, not HTTP: is the port right?"],
  [(bytes) => /^220[ -]/.test(bytes.toString("latin1", 0, 8)), "what answers is a mail or file server, not HTTP: is the port right?"],
  [(bytes) => bytes[3] === 0 && bytes[4] === 10, "what answers is MySQL, not HTTP: is the port right?"],
];
const SHOWN_BYTES = 40;

/** Describes what arrived instead of an HTTP/1.1 response, judged by its first bytes, which Node keeps on the parser's error. */
export function describeForeignAnswer(error: Error): string | undefined {
  if (!("code" in error) || error.code !== "HPE_INVALID_CONSTANT" || !("rawPacket" in error) || !Buffer.isBuffer(error.rawPacket)) {
    return undefined;
  }
  const { rawPacket } = error;
  const known = BEGINNINGS.find(([begins]) => begins(rawPacket));
  const shown = rawPacket.toString("latin1", 0, SHOWN_BYTES).replaceAll(/[^ -~]/g, ".");
  return known?.[1] ?? `what came is no HTTP/1.1 response; it begins with "${shown}"`;
}
