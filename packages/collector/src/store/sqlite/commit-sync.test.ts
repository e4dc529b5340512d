import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { CommitSync, CommitSyncError } from "./commit-sync.ts";

const directory = mkdtempSync(join(tmpdir(), "faultline-commit-sync-"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("syncs of commits", () => {
  it("that fail once fail for good, and say that only another start helps: the next would not know what was dropped", async () => {
    const path = join(directory, "faultline.db");
    const commits = new CommitSync(path);
    const first = [commits.sync(), commits.sync()];
    for (const sync of first) await expect(sync).rejects.toThrow(CommitSyncError);
    writeFileSync(`${path}-wal`, "");
    await expect(commits.sync()).rejects.toThrow(/ENOENT.*start the collector again/);
    await commits.close();
    const again = new CommitSync(path);
    await expect(Promise.all([again.sync(), again.sync(), again.sync()])).resolves.toHaveLength(3);
    await again.close();
  });
});
