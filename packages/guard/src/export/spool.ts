/**
 * The spool: export requests that could not be sent, as files that survive the process. Each process writes into its own folder; the
 * folders of processes that are gone are adopted by the next one that starts. Bounded by size; a file is whole or it is not there.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createOwnName, isOrphan } from "./process-name.ts";

/** A request and where it goes; `body` is gzipped. */
type SpooledPart = { readonly path: string; readonly body: Uint8Array };

/** Requests that belong together, with the number of failures they tell of. */
export type Batch = { readonly count: number; readonly parts: readonly SpooledPart[] };

/** Files on disk, oldest first. Every method throws, or rejects with, what the file system throws. */
export type Spool = {
  /** Writes a batch and waits for the disk, for the end of the process. False when the batch does not fit; then the caller counts it. */
  write(batch: Batch): boolean;
  /** Writes a batch while the host goes on, because syncing a busy disk takes long and no request must wait for that. Resolves to its name, or undefined when it does not fit. */
  writeBeside(batch: Batch): Promise<string | undefined>;
  readonly size: number;
  /** The oldest batch and a name to remove it by; a damaged file is removed, counted by `onDamaged`, and passed over. */
  findOldest(): { readonly name: string; readonly batch: Batch; readonly isAdopted: boolean } | undefined;
  remove(name: string): void;
};

type Header = { readonly v: 1; readonly count: number; readonly parts: readonly (readonly [string, number])[] };

function encodeBatch(batch: Batch): Uint8Array {
  const header: Header = { v: 1, count: batch.count, parts: batch.parts.map((part) => [part.path, part.body.byteLength]) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...batch.parts.map((part) => part.body)]);
}

function decodeBatch(bytes: Buffer): Batch | undefined {
  const end = bytes.indexOf(10);
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(bytes.toString("utf8", 0, end)) as Header;
    let offset = end + 1;
    const parts = header.parts.map(([path, length]) => ({ path, body: bytes.subarray(offset, (offset += length)) }));
    return header.v === 1 && offset === bytes.byteLength && Number.isInteger(header.count) ? { count: header.count, parts } : undefined;
  } catch {
    return undefined;
  }
}

/** Takes over the folders of processes that are gone: a rename is atomic, so of two adopters one finds nothing. */
function adoptOrphans(root: string, own: string): void {
  for (const name of readdirSync(root)) {
    if (!isOrphan(name)) continue;
    try {
      const adopted = join(root, own, `adopted-${name}`);
      renameSync(join(root, name), adopted);
      for (const file of readdirSync(adopted)) {
        if (file.endsWith(".otlp")) renameSync(join(adopted, file), join(root, own, `0-${name}-${file}`));
      }
      rmSync(adopted, { recursive: true, force: true });
    } catch {
      // Another process was faster.
    }
  }
}

/** Writes a file completely or not at all: an unfinished file is removed, since on a full disk it would take room and nobody counts it. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const part = `${path}.part`;
  try {
    const file = openSync(part, "wx", 0o600);
    try {
      for (let written = 0; written < bytes.byteLength;) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

async function writeWholeBeside(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    const file = await open(part, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Opens a spool under `root` (made when missing, for its owner only) that holds at most `limitBytes`. */
export function openSpool(root: string, limitBytes: number, onDamaged: () => void): Spool {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const own = createOwnName();
  const folder = join(root, own);
  mkdirSync(folder, { mode: 0o700 });
  adoptOrphans(root, own);
  const sizes = new Map<string, number>();
  let total = 0;
  for (const name of readdirSync(folder).sort()) {
    const { size } = statSync(join(folder, name));
    sizes.set(name, size);
    total += size;
  }
  let sequence = 0;
  const nextName = (): string => `1-${String((sequence += 1)).padStart(10, "0")}.otlp`;

  function remove(name: string): void {
    rmSync(join(folder, name), { force: true });
    total -= sizes.get(name) ?? 0;
    sizes.delete(name);
  }

  return {
    get size() {
      return sizes.size;
    },
    remove,
    write(batch) {
      const bytes = encodeBatch(batch);
      if (total + bytes.byteLength > limitBytes) return false;
      const name = nextName();
      writeWhole(join(folder, name), bytes);
      sizes.set(name, bytes.byteLength);
      total += bytes.byteLength;
      return true;
    },
    async writeBeside(batch) {
      const bytes = encodeBatch(batch);
      if (total + bytes.byteLength > limitBytes) return undefined;
      total += bytes.byteLength;
      const name = nextName();
      try {
        await writeWholeBeside(join(folder, name), bytes);
      } catch (error) {
        total -= bytes.byteLength;
        throw error;
      }
      sizes.set(name, bytes.byteLength);
      return name;
    },
    findOldest() {
      for (const name of sizes.keys()) {
        const batch = name.endsWith(".otlp") ? decodeBatch(readFileSync(join(folder, name))) : undefined;
        if (batch !== undefined) return { name, batch, isAdopted: name.startsWith("0-") };
        remove(name);
        onDamaged();
      }
      return undefined;
    },
  };
}
