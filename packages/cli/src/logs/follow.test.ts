import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followFiles } from "./follow.ts";

let folder: string;
let controller: AbortController;
let lines: string[];
let ended: Promise<void>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "faultline-follow-"));
  controller = new AbortController();
  lines = [];
});
afterEach(async () => {
  controller.abort();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

function follow(name: string, fromBytes?: number): void {
  ended = followFiles({
    files: [{ name, ...(fromBytes === undefined ? {} : { fromBytes }) }],
    everyMs: 5,
    signal: controller.signal,
    onLine: (line) => lines.push(line),
  });
}

/** Waits until as many lines were heard, at most ten seconds. */
async function hear(count: number): Promise<readonly string[]> {
  for (let round = 0; round < 1000 && lines.length < count; round += 1) await setTimeout(10);
  return lines;
}

describe("following a file", () => {
  it("passes on new lines only, including a line that arrives in two pieces", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "old\n");
    follow(file);
    appendFileSync(file, "one\ntw");
    await hear(1);
    appendFileSync(file, "o\n");
    expect(await hear(2)).toEqual(["one", "two"]);
  });

  it("continues where a report ended, not at the present end of the file", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "read\nwritten meanwhile\n");
    follow(file, 5);
    expect(await hear(1)).toEqual(["written meanwhile"]);
  });

  it("reads a line as a whole if the report ended in the middle of it", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "read\nsta");
    follow(file, 8);
    appendFileSync(file, "rt\n");
    expect(await hear(1)).toEqual(["start"]);
  });

  it("reads a renamed file to its end before its successor", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "");
    follow(file);
    appendFileSync(file, "before\n");
    await hear(1);
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, "late\n");
    await setTimeout(30);
    writeFileSync(file, "after\n");
    expect(await hear(3)).toEqual(["before", "late", "after"]);
  });

  it("starts over with a file that was emptied", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "a long line that was there before\n");
    follow(file);
    truncateSync(file);
    await setTimeout(50);
    appendFileSync(file, "new\n");
    expect(await hear(1)).toEqual(["new"]);
  });

  it("reads a last line without a line break when following ends", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "read\nsta");
    follow(file, 8);
    appendFileSync(file, "rt\ncut o");
    await hear(1);
    appendFileSync(file, "ff");
    controller.abort();
    await ended;
    expect(lines).toEqual(["start", "cut off"]);
  });

  it("does not read compressed bytes as a line", async () => {
    const file = join(folder, "a.log.gz");
    const bytes = gzipSync("one\n");
    writeFileSync(file, bytes);
    follow(file, bytes.length);
    await setTimeout(20);
    controller.abort();
    await ended;
    expect(lines).toEqual([]);
  });

  it("reads a last line without a line break before the file was renamed or emptied", async () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "");
    follow(file);
    appendFileSync(file, "one\ncut");
    await hear(1);
    renameSync(file, `${file}.1`);
    writeFileSync(file, "two\ncut again");
    await hear(3);
    truncateSync(file);
    expect(await hear(4)).toEqual(["one", "cut", "two", "cut again"]);
  });

  it("waits for a file that does not exist yet", async () => {
    const file = join(folder, "later.log");
    follow(file);
    await setTimeout(20);
    writeFileSync(file, "first\n");
    expect(await hear(1)).toEqual(["first"]);
  });
});
