/** What is remembered of names holds no text that it was read from. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";
import { measureHeap, MIB } from "../../testing/measure-heap.ts";

const TEXTS = 200;
const filler = "all is well with the order of this customer. ".repeat(5_000);

describe("names that were met", () => {
  it.each([
    ["texts", (name: string) => `${name}=9f3a ${filler}`, "text/plain"],
    ["JSON", (name: string) => JSON.stringify({ [name]: "9f3a", note: filler }), "application/json"],
  ])("keep no request alive that they were read from: %s", (_what, write, type) => {
    const redactor = createRedactor();
    redactor.redactBody(write("customer_access_token"), type);
    const before = measureHeap();
    for (let index = 0; index < TEXTS; index += 1) redactor.redactBody(write(`customer_access_token_of_shop_${index}`), type);
    // Kept alive, they would be 200 texts of 225 kB.
    expect(measureHeap() - before).toBeLessThan(8 * MIB);
    expect(redactor.redactText("customer_access_token_of_shop_0=9f3a")).not.toContain("9f3a");
  });
});
