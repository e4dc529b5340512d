import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Batch, openSpool } from "./spool.ts";

const root = mkdtempSync(join(tmpdir(), "faultline-spool-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const batch: Batch = { count: 1, parts: [{ path: "/v1/traces", body: Buffer.from("body") }] };

/** A spool whose first file cannot get its name, because a folder has it. */
function openObstructed(name: string): { spool: ReturnType<typeof openSpool>; list: () => readonly string[] } {
  const spool = openSpool(join(root, name), 1 << 20, () => undefined);
  const [own = ""] = readdirSync(join(root, name));
  const folder = join(root, name, own);
  mkdirSync(join(folder, "1-0000000001.otlp"));
  return { spool, list: () => readdirSync(folder).sort() };
}

describe("a file of the spool that cannot be finished", () => {
  it("leaves nothing behind at the end of the process, and the next one is written", () => {
    const { spool, list } = openObstructed("now");
    expect(() => spool.write(batch)).toThrow("rename");
    expect(list()).toEqual(["1-0000000001.otlp"]);
    expect(spool.write(batch)).toBe(true);
    expect(list()).toEqual(["1-0000000001.otlp", "1-0000000002.otlp"]);
    expect(spool.findOldest()?.batch).toEqual(batch);
  });

  it("leaves nothing behind while the host goes on, and the next one is written", async () => {
    const { spool, list } = openObstructed("beside");
    await expect(spool.writeBeside(batch)).rejects.toThrow("rename");
    expect(list()).toEqual(["1-0000000001.otlp"]);
    expect(await spool.writeBeside(batch)).toBe("1-0000000002.otlp");
    expect(list()).toEqual(["1-0000000001.otlp", "1-0000000002.otlp"]);
  });
});
