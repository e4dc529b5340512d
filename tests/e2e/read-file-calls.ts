/**
 * Reads a log of `strace -f -xx` as a history of files: what was written where and when, and from when on it would survive the loss of
 * power. Strict: a write is durable when an `fdatasync` or `fsync` of its file that was begun behind it has returned, or when it returned itself
 * where the file was opened with `O_DSYNC`; a name in a directory only when the directory was synced. Time is the number of the line.
 */
import { basename, dirname } from "node:path";
import { listEvents } from "./read-strace.ts";

/** From when on something is under way, is done, and is durable; `Infinity` for never. */
type Times = { readonly begunAt: number; endedAt: number; durableAt: number };

/** A change of a file's content: bytes at a place, or another size. */
export type FileChange = Times &
  ({ readonly kind: "write"; readonly at: number; bytes: Buffer } | { readonly kind: "size"; readonly size: number });

/** A change of a directory's names. */
export type NameChange = Times &
  (
    | { readonly kind: "link"; readonly name: string; readonly node: FileHistory | DirectoryHistory }
    | { readonly kind: "rename"; readonly from: string; readonly to: string }
    | { readonly kind: "unlink"; readonly name: string }
  );

/** All changes of a file, in order. */
export type FileHistory = { readonly kind: "file"; readonly changes: FileChange[] };
/** All changes of a directory, in order. */
export type DirectoryHistory = {
  readonly kind: "directory";
  readonly changes: NameChange[];
  readonly names: Map<string, FileHistory | DirectoryHistory>;
};

/** What a log holds. */
export type History = {
  readonly root: DirectoryHistory;
  /** The last line of the log. */
  readonly end: number;
  /** The `x-request` headers of answers of 200, and when each answer was begun. */
  readonly answers: readonly { readonly name: string; readonly at: number }[];
};

type Open = { readonly node: FileHistory | DirectoryHistory; readonly isSynced: boolean };
type Call = { readonly name: string; readonly text: string; readonly begunAt: number };

const CALL = /^(\w+)\((.*)$/s;
const TEXT = /"((?:\\x[0-9a-f]{2})*)"/g;

function createDirectory(): DirectoryHistory {
  return { kind: "directory", changes: [], names: new Map() };
}

function readTexts(text: string): Buffer[] {
  return Array.from(text.matchAll(TEXT), ([, hex = ""]) => Buffer.from(hex.replaceAll("\\x", ""), "hex"));
}

/** Follows the calls of one process; only what lies below `directory`, which is there before, is looked at. */
class FileCalls {
  readonly root = createDirectory();
  readonly answers: { readonly name: string; readonly at: number }[] = [];
  readonly #directory: string;
  readonly #open = new Map<string, Open>();
  /** Writes and syncs under way, by thread. */
  readonly #changing = new Map<string, FileChange>();
  readonly #syncing = new Map<string, readonly Times[]>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  begin({ name, text, begunAt }: Call, thread: string): void {
    const open = this.#open.get(/^\d+/.exec(text)?.[0] ?? "");
    if (name === "fdatasync" || name === "fsync")
      this.#syncing.set(
        thread,
        (open?.node.changes ?? []).filter(({ endedAt }) => endedAt < begunAt),
      );
    else if (open === undefined) this.#noteAnswer(name, text, begunAt);
    else if (open.node.kind === "file" && (name === "pwrite64" || name === "pwritev")) {
      const at = Number(/(\d+)\)?(?: += .*)?$/.exec(text.replaceAll(TEXT, ""))?.[1]);
      const change = { kind: "write", at, bytes: Buffer.concat(readTexts(text)), begunAt, endedAt: Infinity, durableAt: Infinity } as const;
      open.node.changes.push(change);
      this.#changing.set(thread, change);
    } else if (open.node.kind === "file" && name === "ftruncate") {
      const size = Number(/, (\d+)/.exec(text)?.[1]);
      const change = { kind: "size", size, begunAt, endedAt: Infinity, durableAt: Infinity } as const;
      open.node.changes.push(change);
      this.#changing.set(thread, change);
    } else if (name === "write" || name === "writev") throw new Error(`a write without a place: ${name}(${text.slice(0, 80)}`);
  }

  end(call: Call, thread: string, at: number): void {
    const result = Number(/\) += (-?\d+)/.exec(call.text.replaceAll(TEXT, ""))?.[1]);
    const fd = /^\d+/.exec(call.text)?.[0] ?? "";
    const change = this.#changing.get(thread);
    this.#changing.delete(thread);
    if (change !== undefined) {
      change.endedAt = at;
      if (change.kind === "write") change.bytes = change.bytes.subarray(0, Math.max(0, result));
      if (this.#open.get(fd)?.isSynced === true) change.durableAt = at;
    } else if (call.name === "fdatasync" || call.name === "fsync") {
      if (result === 0) for (const each of this.#syncing.get(thread) ?? []) each.durableAt = Math.min(each.durableAt, at);
    } else if (call.name === "close") this.#open.delete(fd);
    else if (result >= 0) this.#changeNames(call, { result, at });
  }

  #changeNames({ name, text, begunAt }: Call, { result, at }: { readonly result: number; readonly at: number }): void {
    const [path = "", to = ""] = readTexts(text).map(String);
    const times = { begunAt, endedAt: at, durableAt: Infinity };
    if (name === "openat") this.#open.delete(String(result));
    const directory = this.#findDirectory(dirname(path));
    if (name === "openat") this.#noteOpen(path, { text, result, times });
    else if (directory === undefined) return;
    else if (name === "mkdir") link(directory, basename(path), { node: createDirectory(), times });
    else if (name === "unlink") {
      directory.names.delete(basename(path));
      directory.changes.push({ kind: "unlink", name: basename(path), ...times });
    } else if (name === "rename" && dirname(to) === dirname(path)) {
      const node = directory.names.get(basename(path));
      directory.names.delete(basename(path));
      if (node !== undefined) directory.names.set(basename(to), node);
      directory.changes.push({ kind: "rename", from: basename(path), to: basename(to), ...times });
    } else throw new Error(`an unknown change of names: ${name} ${path} ${to}`);
  }

  #noteOpen(path: string, { text, result, times }: { readonly text: string; readonly result: number; readonly times: Times }): void {
    const directory = this.#findDirectory(dirname(path));
    let node = this.#findDirectory(path) ?? directory?.names.get(basename(path));
    if (node === undefined && directory !== undefined && text.includes("O_CREAT")) {
      node = { kind: "file", changes: [] };
      link(directory, basename(path), { node, times });
    } else if (node?.kind === "file" && text.includes("O_TRUNC")) node.changes.push({ kind: "size", size: 0, ...times });
    if (node !== undefined) this.#open.set(String(result), { node, isSynced: text.includes("O_DSYNC") });
  }

  #findDirectory(path: string): DirectoryHistory | undefined {
    if (path === this.#directory) return this.root;
    if (!path.startsWith(`${this.#directory}/`)) return undefined;
    const node = this.#findDirectory(dirname(path))?.names.get(basename(path));
    return node?.kind === "directory" ? node : undefined;
  }

  #noteAnswer(name: string, text: string, at: number): void {
    if (!["write", "writev", "sendto", "sendmsg"].includes(name)) return;
    const answered = /^HTTP\/1\.1 200 [^]*?x-request: (\S+)/.exec(String(Buffer.concat(readTexts(text))))?.[1];
    if (answered !== undefined) this.answers.push({ name: answered, at });
  }
}

function link(
  directory: DirectoryHistory,
  name: string,
  { node, times }: { readonly node: FileHistory | DirectoryHistory; readonly times: Times },
): void {
  directory.names.set(name, node);
  directory.changes.push({ kind: "link", name, node, ...times });
}

/** Reads a log; `directory` is an absolute path that was there, empty, before the process began. */
export function readFileCalls(log: string, directory: string): History {
  const calls = new FileCalls(directory);
  const begun = new Map<string, number>();
  const events = listEvents(log);
  for (const [at, { at: moment, call, thread }] of events.entries()) {
    const [, name = "", text = ""] = CALL.exec(call) ?? [];
    if (moment === "begin") {
      begun.set(thread, at);
      calls.begin({ name, text, begunAt: at }, thread);
    } else calls.end({ name, text, begunAt: begun.get(thread) ?? at }, thread, at);
  }
  return { root: calls.root, end: events.length, answers: calls.answers };
}
