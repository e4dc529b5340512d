import { describe, expect, it } from "vitest";
import { createRedactor } from "./redact/index.ts";
import { type Redactor, rememberClean } from "./redaction.ts";
import { measureHeap, MIB } from "./testing/measure-heap.ts";

/** A redactor that notes what it was asked. */
function watchRedactor(): { readonly redactor: Redactor; readonly asked: string[] } {
  const inner = createRedactor();
  const asked: string[] = [];
  const note =
    (redact: (text: string) => string) =>
    (text: string): string => {
      asked.push(text);
      return redact(text);
    };
  return {
    redactor: { ...inner, redactText: note((text) => inner.redactText(text)), redactUrl: note((target) => inner.redactUrl(target)) },
    asked,
  };
}

const CLEAN = "Cannot read properties of undefined (reading 'total')";
const SECRET = "connection refused for postgres://shop:Tr0ub4dor3x@db/orders";

describe("a redactor that remembers", () => {
  it("reads a text in which it found nothing once, as a text and as a target apart", () => {
    const { redactor, asked } = watchRedactor();
    const remembering = rememberClean(redactor);
    const read = [1, 2, 3].flatMap(() => [remembering.redactText(CLEAN), remembering.redactUrl(CLEAN)]);
    expect(read).toEqual(Array.from({ length: 6 }, () => CLEAN));
    expect(asked).toEqual([CLEAN, CLEAN]);
  });

  it("keeps nothing of a text that held a secret", () => {
    const { redactor, asked } = watchRedactor();
    const remembering = rememberClean(redactor);
    const read = [1, 2].map(() => remembering.redactText(SECRET));
    expect(read[0]).not.toContain("Tr0ub4dor3x");
    expect(read[1]).toBe(read[0]);
    expect(asked).toEqual([SECRET, SECRET]);
  });

  it("keeps few texts, and none that is long", () => {
    const { redactor, asked } = watchRedactor();
    const remembering = rememberClean(redactor);
    const long = `${CLEAN} `.repeat(20);
    remembering.redactText(long);
    remembering.redactText(long);
    expect(asked).toEqual([long, long]);
    const texts = Array.from({ length: 300 }, (_, number) => `${CLEAN} of order ${number}`);
    for (const text of texts) remembering.redactText(text);
    asked.length = 0;
    for (const text of texts) remembering.redactText(text);
    expect(asked.length).toBeGreaterThan(200);
  });

  it("keeps no body alive that a text was cut out of", () => {
    const remembering = rememberClean(createRedactor());
    const filler = "all is well with the order of this customer. ".repeat(5_000);
    remembering.redactText(`0 ${filler}`.slice(0, 40));
    const before = measureHeap();
    for (let number = 1; number <= 200; number++) {
      const body = JSON.stringify({ number, filler });
      remembering.redactText(body.slice(1, 60));
      remembering.redactUrl(body.slice(1, 60));
    }
    // Kept alive, they would be 200 bodies of 225 kB.
    expect(measureHeap() - before).toBeLessThan(8 * MIB);
  });

  it("gives a text with half a pair of code units back as it was, each time", () => {
    const remembering = rememberClean(createRedactor());
    const half = `${CLEAN} \ud83d`;
    expect([remembering.redactText(half), remembering.redactText(half)]).toEqual([half, half]);
  });
});
