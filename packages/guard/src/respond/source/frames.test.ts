import { mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFrames, Scripts } from "./frames.ts";

const file = join(mkdtempSync(join(tmpdir(), "faultline-frames-")), "app.cjs");

/** What is read of the script for a failure of its own, in a line of it. */
function find(line: number): ReturnType<Scripts["find"]> {
  return new Scripts(readFrames(`TypeError: no\n    at read (${file}:${line}:1)`)).find(0);
}

describe("a script in which several places fail", () => {
  it("is cut up once, for as long as it stands there as it was", () => {
    writeFileSync(file, "first()\nsecond()\n");
    const first = find(1);
    const second = find(2);
    expect(second?.tokens[second.at]?.text).toBe("second");
    expect(second?.tokens).toBe(first?.tokens);
    writeFileSync(file, "first()\nthird!()\n");
    utimesSync(file, 1, 1);
    const third = find(2);
    expect(third?.tokens[third.at]?.text).toBe("third");
    writeFileSync(file, "first()\nat the end()\n");
    utimesSync(file, 1, 1);
    const last = find(2);
    expect(last?.tokens[last.at]?.text).toBe("at");
  });

  it("is read anew where many others were read since", () => {
    writeFileSync(file, "first()\n");
    const before = find(1);
    const others = Array.from({ length: 64 }, (_, index) => `${file}-${index}.cjs`);
    const read = others.map((other) => {
      writeFileSync(other, "other()\n");
      return new Scripts(readFrames(`TypeError: no\n    at read (${other}:1:1)`)).find(0)?.at;
    });
    expect(read).toEqual(others.map(() => 0));
    expect(find(1)?.tokens).not.toBe(before?.tokens);
  });
});
