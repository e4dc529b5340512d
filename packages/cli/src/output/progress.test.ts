import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";

function draw({ term, columns, totalBytes }: { readonly term: string; readonly columns: number; readonly totalBytes: number }): string {
  let text = "";
  let nowMs = 0;
  const stderr = { write: (written: string) => (text += written), isTTY: true, columns };
  const progress = new Progress({ stderr, env: { TERM: term } }, totalBytes, () => (nowMs += 500));
  progress.add(50e6);
  progress.add(40e6);
  progress.clear();
  return text;
}

describe("the progress of reading", () => {
  it("is drawn over itself and taken away", () => {
    expect(draw({ term: "xterm", columns: 80, totalBytes: 100e6 }).split("\r\u001B[K")).toEqual([
      "",
      "████████████░░░░░░░░░░░░ 50 %  100 MB/s  1 s left",
      "██████████████████████░░ 90 %  90 MB/s  1 s left",
      "",
    ]);
  });

  it.each([100e6, 0])("is never wider than the screen, of %d bytes", (totalBytes) => {
    const lines = draw({ term: "xterm", columns: 20, totalBytes }).split("\r\u001B[K");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(20);
  });

  it("is as wide as usual on a terminal that does not know how wide it is", () => {
    expect(draw({ term: "xterm", columns: 0, totalBytes: 100e6 })).toBe(draw({ term: "xterm", columns: 80, totalBytes: 100e6 }));
  });

  it("is left out where a line cannot be drawn over", () => {
    expect(draw({ term: "dumb", columns: 80, totalBytes: 100e6 })).toBe("");
  });
});
