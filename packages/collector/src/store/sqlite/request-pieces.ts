/** Cuts OTLP requests into items, and joins the items of one trace again, without decoding them. */

/** One log record of a request: its whole field (tag, length, body), and the body of its resource. */
export type LogField = { readonly start: number; readonly end: number; readonly resource: Uint8Array };

/** Walks bytes that a decoder has accepted, and skips fields that it does not know. */
class Walker {
  readonly bytes: Uint8Array;
  at: number;
  /** Where the body of the last field begins; it ends at the current position. */
  body = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Reads one field and returns its tag. */
  readField(): number {
    const tag = this.#readVarint();
    const wireType = tag & 7;
    const length = wireType === 2 ? this.#readVarint() : 0;
    this.body = this.at;
    if (wireType === 0) this.#readVarint();
    else this.at += wireType === 1 ? 8 : wireType === 5 ? 4 : length;
    return tag;
  }

  #readVarint(): number {
    let result = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      if (shift < 32) result |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return result >>> 0;
  }
}

type Field = { readonly start: number; readonly body: number; readonly end: number };

function listFields(bytes: Uint8Array, within: { readonly body: number; readonly end: number }, wanted: number): Field[] {
  const walker = new Walker(bytes, within.body);
  const found: Field[] = [];
  while (walker.at < within.end) {
    const start = walker.at;
    if (walker.readField() === wanted) found.push({ start, body: walker.body, end: walker.at });
  }
  return found;
}

/** The log records of an ExportLogsServiceRequest that was decoded before, in order. */
export function listLogFields(bytes: Uint8Array): LogField[] {
  return listFields(bytes, { body: 0, end: bytes.length }, 10).flatMap((group) => {
    // Protobuf merges repeated messages by appending them.
    const resource = Buffer.concat(listFields(bytes, group, 10).map((field) => bytes.subarray(field.body, field.end)));
    return listFields(bytes, group, 18).flatMap((scope) =>
      listFields(bytes, scope, 18).map(({ start, end }) => ({ start, end, resource })),
    );
  });
}

/** Items of a request that is to be written: their whole fields, one after the other, and the body of their resource. */
export type Piece = { readonly fields: Uint8Array; readonly resource: Uint8Array };

/** An OTLP request of these pieces; neighbours with the same resource share it. Scopes are not kept: the model has none. */
export function joinPieces(pieces: readonly Piece[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < pieces.length;) {
    const resource = pieces[at]?.resource ?? new Uint8Array();
    const fields: Uint8Array[] = [];
    let length = 0;
    for (; at < pieces.length; at++) {
      const piece = pieces[at];
      if (piece === undefined || !isSame(piece.resource, resource)) break;
      fields.push(piece.fields);
      length += piece.fields.length;
    }
    const resourceHead = toHead(10, resource.length);
    const scopeHead = toHead(18, length);
    chunks.push(toHead(10, resourceHead.length + resource.length + scopeHead.length + length));
    chunks.push(resourceHead, resource, scopeHead, ...fields);
  }
  return Buffer.concat(chunks);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && Buffer.compare(a, b) === 0);
}

/** Tag and length of a field. */
function toHead(tag: number, length: number): Uint8Array {
  const bytes = [tag];
  let rest = length >>> 0;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
