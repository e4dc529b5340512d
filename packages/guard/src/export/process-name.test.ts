import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createOwnName, isOrphan } from "./process-name.ts";
import { openSpool } from "./spool.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-names-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("names of what a process keeps on disk", () => {
  it("belong to the living, to this process, or to nobody", () => {
    const own = createOwnName();
    expect([own, `${own}-0.journal`, `${process.ppid}-x`, "notes"].map(isOrphan)).toEqual([false, false, false, false]);
    // No process has a number this high; and one that had ours before us, as every process of a container has.
    expect(["4194999-x", `${process.pid}-before`].map(isOrphan)).toEqual([true, true]);
  });

  it("keep the spools of two guards of one process apart", () => {
    const [first, second] = [1, 2].map(() => openSpool(folder, 1_000_000, () => undefined));
    const batch = { count: 1, parts: [{ path: "/v1/logs", body: Buffer.from("x") }] };
    expect([first?.write(batch), second?.write(batch)]).toEqual([true, true]);
    expect(readdirSync(folder)).toHaveLength(2);
    expect([first?.findOldest()?.batch, second?.findOldest()?.batch]).toEqual([batch, batch]);
  });
});
