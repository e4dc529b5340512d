import { expect, it } from "vitest";
import { findNearestWord } from "./nearest-word.ts";

const COMMANDS = ["triage", "logs", "diagnose", "gate", "prove"];

it.each([
  ["diagnoze", "diagnose"],
  ["TRIAGE", "triage"],
  ["tirage", "triage"],
  ["diag", "diagnose"],
  ["log", "logs"],
])("takes %s for %s", (typed, meant) => {
  expect(findNearestWord(typed, COMMANDS)).toBe(meant);
});

it.each(["frobnicate", "x", "", "constructor"])("takes %j for none of them", (typed) => {
  expect(findNearestWord(typed, COMMANDS)).toBeUndefined();
});
