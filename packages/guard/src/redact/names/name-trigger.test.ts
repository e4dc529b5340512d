/** What is passed over without being looked up must be plain: every name that says something of a value has a trigger. */
import { describe, expect, it } from "vitest";
import { createNameTriggers, foldTrigger, type NameTriggers } from "./name-trigger.ts";
import { createKeyClassifier, NAME_PARTS } from "./sensitive-key.ts";

const triggers = createNameTriggers([]);
const classify = createKeyClassifier([], [], { left: 0 });
const means = (name: string): boolean => classify(name).kind !== undefined;

/** True when a row of three letters or digits of a name is a trigger, as the scan sees it; signs are passed over. */
function mayLeadToSecret(name: string, from: NameTriggers): boolean {
  const rows: number[] = [];
  for (const letter of name.replace(/[^A-Za-z0-9]/g, "")) rows.push(foldTrigger(rows.at(-1) ?? 0, letter.charCodeAt(0)));
  return /[^\w.-]/.test(name) || rows.some((row) => from[row] === 1);
}

describe("a name's trigger", () => {
  it("stands in every name with a verdict, wherever its part stands and whatever separates its letters", () => {
    const names = NAME_PARTS.flatMap((part) => [
      part,
      `x_${part}`,
      `db.${part}2`,
      part.toUpperCase(),
      `my${part.charAt(0).toUpperCase()}${part.slice(1)}`,
      Array.from(part).join("_"),
      `${part.slice(0, 1)}-${part.slice(1)}`,
      `${part.slice(0, 2)}_${part.slice(2)}`,
    ]);
    expect(names.filter(means).filter((name) => !mayLeadToSecret(name, triggers))).toEqual([]);
    expect(names.filter(means).length).toBeGreaterThan(1_000);
  });

  it("is asked of a policy's own names, too, and absent from most words", () => {
    expect(mayLeadToSecret("zzyqz", triggers)).toBe(false);
    expect(mayLeadToSecret("zzyqz", createNameTriggers(["zzyqz"]))).toBe(true);
    expect(["GET", "orders", "INFO", "level", "k1c4"].filter((word) => mayLeadToSecret(word, triggers))).toEqual([]);
  });
});
