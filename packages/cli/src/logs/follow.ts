/** New lines of growing files, as `tail -F` finds them: a file that shrinks or is replaced is read again from its start. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** What to follow and how often to look. `signal` ends it. */
export type FollowOptions = {
  readonly files: readonly string[];
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string, file: string) => void;
};

const CHUNK_BYTES = 1 << 20;
const MAX_LINE_BYTES = 2 << 20;

type Followed = { readonly name: string; inode: number; offset: number; rest: Buffer };

/** Follows the files from their present ends on until it is told to stop. */
export async function followFiles({ files, everyMs, signal, onLine }: FollowOptions): Promise<void> {
  const followed = files.map((name): Followed => ({ name, inode: -1, offset: -1, rest: Buffer.alloc(0) }));
  for (const file of followed) look(file, onLine);
  while (!signal.aborted) {
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
    for (const file of followed) look(file, onLine);
  }
}

function look(file: Followed, onLine: FollowOptions["onLine"]): void {
  let fd: number;
  try {
    fd = openSync(file.name, "r");
  } catch {
    // Between the two halves of a rotation there may be no file.
    return;
  }
  try {
    const { ino, size } = fstatSync(fd);
    if (file.offset === -1) file.offset = size;
    else if (ino !== file.inode || size < file.offset) {
      file.offset = 0;
      file.rest = Buffer.alloc(0);
    }
    file.inode = ino;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let read = readSync(fd, chunk, 0, CHUNK_BYTES, file.offset); read > 0; read = readSync(fd, chunk, 0, CHUNK_BYTES, file.offset)) {
      file.offset += read;
      takeLines(file, chunk.subarray(0, read), onLine);
    }
  } finally {
    closeSync(fd);
  }
}

function takeLines(file: Followed, chunk: Buffer, onLine: FollowOptions["onLine"]): void {
  const bytes = Buffer.concat([file.rest, chunk]);
  let start = 0;
  for (let newline = bytes.indexOf(10); newline !== -1; newline = bytes.indexOf(10, start)) {
    onLine(bytes.toString("utf8", start, newline), file.name);
    start = newline + 1;
  }
  file.rest = bytes.length - start > MAX_LINE_BYTES ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
}
