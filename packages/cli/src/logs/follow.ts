/**
 * New lines of growing files, as `tail -F` finds them. A file is kept open while it is followed, so that what is written to it after it
 * was renamed is read as well; then its successor is read from its start. A file that shrank is read again from its start. A line that
 * nobody finished, as a crash leaves it, is read as it is where following ends or another file takes the place of its own.
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

/** A file and how many of its bytes are known, of which the last may be the start of a line; from its present end on when absent. */
type FollowedFile = { readonly name: string; readonly fromBytes?: number };

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;
const MAX_LINE_BYTES = 2 << 20;

type Followed = { readonly name: string; fd: number | undefined; inode: number; offset: number; rest: Buffer };

/** Follows the files until it is told to stop. */
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

/** Where the line starts that goes on at a place: what a slow writer began is read as a whole. */
function findLine(fd: number, place: number): number {
  const start = Math.max(0, place - MAX_LINE_BYTES);
  const bytes = Buffer.allocUnsafe(place - start);
  const read = readSync(fd, bytes, 0, bytes.length, start);
  const newline = bytes.subarray(0, read).lastIndexOf(NEWLINE);
  return newline === -1 && start > 0 ? place : start + newline + 1;
}

/** Between the two halves of a rotation there may be no file: it is tried again at the next look. */
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
  // Seen before the old file is read for the last time: what was written to it until then is not lost.
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

/** Reads as a line what nothing ended. What is compressed has no lines, and was read to its end before. */
function takeRest(file: Followed, onLine: FollowOptions["onLine"]): void {
  const { fd, rest } = file;
  file.rest = Buffer.alloc(0);
  if (rest.length === 0 || fd === undefined) return;
  const head = Buffer.alloc(HEAD_BYTES);
  if (nameEncoding(head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0))) === "none") onLine(rest.toString("utf8"), file.name);
}
