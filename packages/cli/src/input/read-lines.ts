import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { UsageError } from "../command.ts";
import { createDecoder, nameEncoding } from "./encoding.ts";
import { describeFileError } from "./file-error.ts";

const NEWLINE = 0x0a;
/** A longer line cannot be an export request: the largest that an exporter writes is a few MiB. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

/** A line without its newline. The last line of a file that does not end in a newline may be half-written. */
export type Line = { readonly bytes: Uint8Array; readonly number: number; readonly isUnfinished: boolean };

/** Where lines come from: a file, or `-` with the bytes of standard input. */
export type LineSource = { readonly name: string; readonly stdin: AsyncIterable<Uint8Array> };

/** Reads a file line by line, plain, gzip, zstd or UTF-16 by its first bytes; memory stays at one line. */
export async function* readLines(source: LineSource, onBytes: (count: number) => void = () => {}): AsyncGenerator<Line> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  let number = 0;
  for await (const chunk of decode(source, onBytes)) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const tail = chunk.subarray(from, at);
      number += 1;
      yield { bytes: restLength === 0 ? tail : Buffer.concat([...rest, tail]), number, isUnfinished: false };
      rest = [];
      restLength = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from));
      restLength += chunk.length - from;
    }
    if (restLength > MAX_LINE_BYTES)
      throw new UsageError(`${source.name}: line ${number + 1} is longer than 256 MiB; this is no OTLP/JSON lines file`);
  }
  if (restLength > 0) yield { bytes: Buffer.concat(rest), number: number + 1, isUnfinished: true };
}

/** The source's bytes as UTF-8, decoded when their beginning shows another encoding. */
async function* decode(source: LineSource, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  const raw = countBytes(source.name === "-" ? source.stdin : openFile(source.name), onBytes)[Symbol.asyncIterator]();
  try {
    const first = await raw.next();
    if (first.done === true) return;
    const all = prepend(first.value, raw);
    const encoding = nameEncoding(first.value);
    if (encoding === "none") yield* all;
    else yield* pipeline(all, createDecoder(encoding), () => {});
  } catch (error) {
    throw describeFileError(source.name, error);
  }
}

function openFile(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 1024 * 1024 });
}

async function* countBytes(chunks: AsyncIterable<Uint8Array>, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
