import { DatabaseSync } from "node:sqlite";
import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { PartBundles } from "./part-bundles.ts";
import { createTables } from "./schema.ts";
import type { Part } from "./trace-parts.ts";

let db: DatabaseSync;
let bundles: PartBundles;

beforeEach(() => {
  db = new DatabaseSync(":memory:");
  createTables(db);
  bundles = new PartBundles(db);
});

const UNPACK = { true: zstdDecompressSync, false: (bytes: Uint8Array) => bytes };

function createPart(text: string, copies = 40): Part {
  return { kind: "traces", packed: false, position: 7, bytes: Buffer.from(text.repeat(copies)) };
}

/** What is read of a trace, as texts. */
function readTexts(from: PartBundles, trace: number): (string | undefined)[] {
  const rows = db.prepare("SELECT * FROM part WHERE trace = ? ORDER BY id").all(trace);
  return rows.map((row) => from.read(trace, row)).map((part) => part && Buffer.from(UNPACK[`${part.packed}`](part.bytes)).toString());
}

function countBundles(): unknown {
  return db.prepare("SELECT count(*) AS count FROM bundle").get()?.["count"];
}

describe("parts of traces that are written together", () => {
  it("read back each as it was, however many and however large", () => {
    const size = fc.oneof(fc.nat(3_000), fc.integer({ min: 20_000, max: 50_000 }));
    fc.assert(
      fc.property(fc.array(size, { minLength: 2, maxLength: 30 }), (sizes) => {
        db.exec("DELETE FROM part");
        const texts = sizes.map((length, trace) => `${trace} `.repeat(length).slice(0, length));
        for (const [trace, text] of texts.entries()) bundles.add(trace, { ...createPart(text, 1), packed: false });
        bundles.flush();
        const reader = new PartBundles(db);
        expect(texts.map((_, trace) => readTexts(reader, trace))).toEqual(texts.map((text) => [text]));
      }),
      { numRuns: 30 },
    );
  });

  it("take a fraction of the room that they take one by one", () => {
    for (let trace = 0; trace < 30; trace++) bundles.add(trace, createPart(`trace ${trace * 7919} failed at ${trace * 104_729};`, 20));
    bundles.flush();
    const { together } = db.prepare("SELECT sum(length(bytes)) AS together FROM bundle").get() as { together: number };
    for (let trace = 0; trace < 30; trace++) {
      bundles.add(trace, createPart(`trace ${trace * 7919} failed at ${trace * 104_729};`, 20));
      bundles.flush();
    }
    const { alone } = db.prepare("SELECT sum(length(bytes)) AS alone FROM part").get() as { alone: number };
    expect(together * 3).toBeLessThan(alone);
  });

  it("let their bundle go with the last of them, and read the next one under its number", () => {
    for (const trace of [1, 2]) bundles.add(trace, createPart(`first ${trace}`));
    bundles.flush();
    expect(readTexts(bundles, 2)).toEqual(["first 2".repeat(40)]);
    db.exec("DELETE FROM part WHERE trace = 1");
    expect(countBundles()).toBe(1);
    expect(readTexts(bundles, 2)).toEqual(["first 2".repeat(40)]);
    db.exec("DELETE FROM part WHERE trace = 2");
    expect(countBundles()).toBe(0);
    for (const trace of [3, 4]) bundles.add(trace, createPart(`second ${trace}`));
    bundles.flush();
    expect(readTexts(bundles, 4)).toEqual(["second 4".repeat(40)]);
  });

  it("are never something else than what was written, whichever bit of their bundle is flipped", () => {
    for (const trace of [1, 2, 3]) bundles.add(trace, createPart(`trace ${trace} failed;`));
    bundles.flush();
    const bytes = Buffer.from(db.prepare("SELECT bytes FROM bundle").get()?.["bytes"] as Uint8Array); // the one bundle
    const update = db.prepare("UPDATE bundle SET bytes = ?");
    const read = new Set<string | undefined>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      update.run(damaged);
      for (const text of readTexts(new PartBundles(db), 2)) read.add(text);
    }
    // Some bits of zstd's own header do not matter.
    expect(read).toEqual(new Set([undefined, "trace 2 failed;".repeat(40)]));
  });

  it("are not written when the transaction is given up", () => {
    for (const trace of [1, 2]) bundles.add(trace, createPart(`given up ${trace}`));
    bundles.discard();
    bundles.flush();
    expect(countBundles()).toBe(0);
    expect(readTexts(bundles, 1)).toEqual([]);
  });
});
