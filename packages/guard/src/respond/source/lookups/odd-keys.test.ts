import { describe, expect, it } from "vitest";
import { isOdd } from "./odd-keys.ts";

describe("isOdd", () => {
  it.each([
    ["nothing", undefined, ["EUR", "USD"]],
    ["a list", [1], ["EUR", "USD"]],
    ["an empty text", "", ["EUR", "USD"]],
    ["a blank", " ", ["EUR", "USD"]],
    ["a word of the language", "__proto__", ["EUR", "USD"]],
    ["a number among words", 5, ["EUR", "USD"]],
    ["a large number among words", "9007199254740993", ["EUR", "USD"]],
    ["markup", "<b>", ["EUR", "USD"]],
    ["a sign that nobody writes", "EU\0R", ["EUR", "USD"]],
    ["what is far longer", "x".repeat(30), ["EUR", "USD"]],
  ])("takes %s for none that a table has", (...[, key, keys]) => {
    expect(isOdd(key, keys)).toBe(true);
  });

  it.each([
    ["a currency", "JPY", ["EUR", "USD"]],
    ["an operator", "*", ["+", "-"]],
    ["a comparison", "<=", ["<", ">"]],
    ["a town with an umlaut", "köln", ["berlin", "hamburg"]],
    ["a language in its own letters", "日本語", ["english", "deutsch"]],
    ["the sign of a currency", "£", ["€", "$"]],
    ["a language with a sign", "c#", ["java", "python"]],
    ["a reaction", "🎉", ["👍", "👎"]],
    ["a role with a colon", "team:owner", ["admin", "editor"]],
    ["the other truth value", "true", ["false"]],
    ["a size by number", "42", ["S", "M"]],
    ["a postcode", "10115", ["north", "south"]],
    ["a telephone number", "+4930123456", ["de", "fr"]],
    ["a barcode", "4006381333931", ["lamp", "desk"]],
    ["a path", "/products/garden/furniture/chairs", ["/", "/a"]],
    ["a zone with its continent", "America/Argentina/Buenos_Aires", ["UTC", "CET"]],
    ["a plan of several words", "enterprise_unlimited_annual", ["free", "pro"]],
    ["an event of several words", "customer.subscription.trial_will_end", ["ping"]],
    ["a media type with its letters", "text/csv; charset=utf-8", ["text/csv", "text/plain"]],
  ])("leaves open whether %s was forgotten", (...[, key, keys]) => {
    expect(isOdd(key, keys)).toBe(false);
  });
});
