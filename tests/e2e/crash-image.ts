/** What a disk may hold after the power was lost at one moment: all that was durable, and of the rest whatever chance leaves. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DirectoryHistory, FileHistory, NameChange } from "./read-file-calls.ts";

/** A disk writes one of these as a whole or not at all. */
const SECTOR_BYTES = 512;

/** When the power is lost, and the chance that something that was not synced is on the disk. */
export type PowerLoss = { readonly at: number; readonly keeps: number; readonly random: () => number };

/** Writes what is left into an empty folder. */
export function writeCrashImage(root: DirectoryHistory, folder: string, loss: PowerLoss): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, node] of listNames(root, loss)) {
    const path = join(folder, name);
    if (node.kind === "directory") writeCrashImage(node, path, loss);
    else writeFileSync(path, toContent(node, loss));
  }
}

/** A directory changes in order: some of what was not synced, from the oldest on. */
function listNames({ changes }: DirectoryHistory, { at, keeps, random }: PowerLoss): ReadonlyMap<string, FileHistory | DirectoryHistory> {
  const begun = changes.filter(({ begunAt }) => begunAt < at);
  const synced = begun.findLastIndex(({ durableAt }) => durableAt < at) + 1;
  let count = synced;
  while (count < begun.length && random() < keeps) count += 1;
  const names = new Map<string, FileHistory | DirectoryHistory>();
  for (const change of begun.slice(0, count)) applyNameChange(names, change);
  return names;
}

function applyNameChange(names: Map<string, FileHistory | DirectoryHistory>, change: NameChange): void {
  if (change.kind === "link") names.set(change.name, change.node);
  else if (change.kind === "unlink") names.delete(change.name);
  else {
    const node = names.get(change.from);
    names.delete(change.from);
    if (node !== undefined) names.set(change.to, node);
  }
}

/** Each sector of what was not synced is there or not, each for itself: writes may be torn and come in any order. */
function toContent({ changes }: FileHistory, { at, keeps, random }: PowerLoss): Buffer {
  let content = Buffer.alloc(0);
  for (const change of changes) {
    if (change.begunAt >= at) continue;
    const isDurable = change.durableAt < at;
    if (change.kind === "size") {
      if (isDurable || random() < keeps) content = resize(content, change.size);
      continue;
    }
    const end = change.at + change.bytes.length;
    for (let from = change.at; from < end;) {
      const to = isDurable ? end : Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
      if (isDurable || random() < keeps) {
        if (content.length < to) content = resize(content, to);
        change.bytes.copy(content, from, from - change.at, to - change.at);
      }
      from = to;
    }
  }
  return content;
}

/** A view of a larger piece of memory, so that a file that grows is not copied each time. */
function resize(content: Buffer<ArrayBuffer>, size: number): Buffer<ArrayBuffer> {
  const room = content.buffer.byteLength - content.byteOffset;
  if (size <= content.length) return content.subarray(0, size);
  if (size <= room) {
    const longer = Buffer.from(content.buffer, content.byteOffset, size);
    longer.fill(0, content.length);
    return longer;
  }
  const larger = Buffer.from(new ArrayBuffer(size * 2), 0, size);
  content.copy(larger);
  return larger;
}
