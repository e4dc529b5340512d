import { describe, expect, it } from "vitest";
import { createRedactor } from "../redact/index.ts";
import { rememberClean } from "../redaction.ts";
import { measureHeap, MIB } from "../testing/measure-heap.ts";
import { writeException } from "./exception.ts";
import { describeThrowable } from "./throwable.ts";

describe("an exception as it is told", () => {
  it("keeps no message alive by the frames that it quotes of another process", () => {
    const redactor = rememberClean(createRedactor());
    const filler = "all is well with the order of this customer. ".repeat(5_000);
    const tell = (number: number): string =>
      writeException(describeThrowable(new Error(`order ${number}\n    at load${number} (orders.py:7)\n${filler}`)), redactor).headline;
    tell(0);
    const before = measureHeap();
    for (let number = 1; number <= 200; number++) tell(number);
    // Kept alive, they would be 200 messages of 225 kB. The frames that are known, 16 kB each, are.
    expect(measureHeap() - before).toBeLessThan(16 * MIB);
  });
});
