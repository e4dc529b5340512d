import { describe, expect, it } from "vitest";
import { judgeHead } from "./column-order.ts";

const HEAD = '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /cart HTTP/1.1"';
const columns = Array.from(
  { length: 40 },
  (_, index) => [`${1000 + index} ${200 + (index % 3)}`, `200 512 ${3 + ((index * 37) % 200)}`] as const,
);

describe("the head of a file", () => {
  it.each(["\n", "\r\n"])("gives the same result whatever ends its lines: %j", (end) => {
    const judge = (toColumns: (line: (typeof columns)[number]) => string) =>
      judgeHead(Buffer.from(columns.map((line) => `${HEAD} ${toColumns(line)}${end}`).join("")), true);
    expect(judge(([sizeFirst]) => sizeFirst).order).toBe("size-first");
    expect(judge(([, milliseconds]) => milliseconds).wholeDurations).toBe("ms");
  });
});
