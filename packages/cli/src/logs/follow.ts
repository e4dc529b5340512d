/**
 * Reads the new lines of growing files, as `tail -F` does. A followed file stays open, so that what is written after it was renamed is read
 * as well; then its successor is read from the start. A file that shrank is read again from the start. A last line without a line break, as
 * a crash leaves it, is read when following ends or when another file takes the file's place.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { HEAD_BYTES, nameEncoding } from "../input/encoding.ts";

/** What to follow and how often to look. `signal` ends it. */
export type FollowOptions = {
  readonly files: readonly FollowedFile[];
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string, file: string) => void;
};

/**
 * A file, and how many of its bytes were read before; the last of them may be the start of a line. Without `fromBytes`, reading starts at
 * the file's present end.
 */
type FollowedFile = { readonly name: string; readonly fromBytes?: number };

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;
const MAX_LINE_BYTES = 2 << 20;

type Followed = { readonly name: string; fd: number | undefined; inode: number; offset: number; rest: Buffer };

/** Follows the files until `signal` ends it. */
export async function followFiles({ files, everyMs, signal, onLine }: FollowOptions): Promise<void> {
  const followed = files.map((file) => start(file));
  try {
    while (!signal.aborted) {
      for (const file of followed) look(file, onLine);
      await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
    }
    for (const file of followed) {
      look(file, onLine);
      takeRest(file, onLine);
    }
  } finally {
    for (const file of followed) close(file);
  }
}

function start({ name, fromBytes }: FollowedFile): Followed {
  const file: Followed = { name, fd: undefined, inode: -1, offset: 0, rest: Buffer.alloc(0) };
  open(file);
  if (file.fd !== undefined) file.offset = fromBytes === undefined ? fstatSync(file.fd).size : findLine(file.fd, fromBytes);
  return file;
}

/** The start of the line that continues at a position, so that a line which a slow writer began is read as a whole. */
function findLine(fd: number, place: number): number {
  const start = Math.max(0, place - MAX_LINE_BYTES);
  const bytes = Buffer.allocUnsafe(place - start);
  const read = readSync(fd, bytes, 0, bytes.length, start);
  const newline = bytes.subarray(0, read).lastIndexOf(NEWLINE);
  return newline === -1 && start > 0 ? place : start + newline + 1;
}

/** In the middle of a rotation there may be no file. The next look tries again. */
function open(file: Followed): void {
  try {
    file.fd = openSync(file.name, "r");
  } catch {
    return;
  }
  file.inode = fstatSync(file.fd).ino;
  file.offset = 0;
  file.rest = Buffer.alloc(0);
}

function close(file: Followed): void {
  if (file.fd !== undefined) closeSync(file.fd);
  file.fd = undefined;
}

function look(file: Followed, onLine: FollowOptions["onLine"]): void {
  if (file.fd === undefined) open(file);
  // This is checked before the old file is read for the last time, so that nothing written to it in the meantime is lost.
  const isReplaced = findInode(file.name) !== file.inode;
  readNew(file, onLine);
  if (!isReplaced || file.fd === undefined) return;
  takeRest(file, onLine);
  close(file);
  open(file);
  readNew(file, onLine);
}

function findInode(name: string): number | undefined {
  return statSync(name, { throwIfNoEntry: false })?.ino;
}

function readNew(file: Followed, onLine: FollowOptions["onLine"]): void {
  const { fd } = file;
  if (fd === undefined) return;
  if (fstatSync(fd).size < file.offset) {
    takeRest(file, onLine);
    file.offset = 0;
  }
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let read = readSync(fd, chunk, 0, CHUNK_BYTES, file.offset); read > 0; read = readSync(fd, chunk, 0, CHUNK_BYTES, file.offset)) {
    file.offset += read;
    takeLines(file, chunk.subarray(0, read), onLine);
  }
}

function takeLines(file: Followed, chunk: Buffer, onLine: FollowOptions["onLine"]): void {
  const bytes = Buffer.concat([file.rest, chunk]);
  let start = 0;
  for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, start)) {
    onLine(bytes.toString("utf8", start, newline), file.name);
    start = newline + 1;
  }
  file.rest = bytes.length - start > MAX_LINE_BYTES ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
}

/** Reads the last line although no line break ends it. A compressed file has no lines here and was read to its end before. */
function takeRest(file: Followed, onLine: FollowOptions["onLine"]): void {
  const { fd, rest } = file;
  file.rest = Buffer.alloc(0);
  if (rest.length === 0 || fd === undefined) return;
  const head = Buffer.alloc(HEAD_BYTES);
  if (nameEncoding(head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0))) === "none") onLine(rest.toString("utf8"), file.name);
}
