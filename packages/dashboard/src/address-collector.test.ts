import { expect, it } from "vitest";
import { addressCollector } from "./address-collector.ts";

it.each([
  ["npx faultline prove ab12 --as node:test", "http://127.0.0.1:4318", "npx faultline prove ab12 --as node:test"],
  [
    "npx faultline prove ab12 --as node:test",
    "http://faults.corp:80",
    "npx faultline prove ab12 --as node:test --collector http://faults.corp:80",
  ],
  ["npx faultline prove latest --file a.jsonl", "http://faults.corp", "npx faultline prove latest --file a.jsonl"],
  ["git blame -L 1,2 -- a.js", "http://faults.corp", "git blame -L 1,2 -- a.js"],
])("a pasted command finds this page's collector: %s at %s", (command, origin, expected) => {
  expect(addressCollector(command, origin)).toBe(expected);
});
