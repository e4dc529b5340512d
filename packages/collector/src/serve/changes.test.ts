import type { Change } from "@faultline/model";
import { expect, it } from "vitest";
import { dropEchoes } from "./changes.ts";

it("a deploy that was declared and also seen in telemetry is one change", () => {
  const declared: Change = { kind: "deploy", service: "orders", version: "2", timeMs: 1_000_000, source: "declared" };
  const seen: Change = { ...declared, timeMs: 1_005_000, source: "inferred", region: "eu" };
  const other: Change = { ...seen, version: "3" };
  const later: Change = { ...seen, timeMs: 1_000_000 + 3_600_000 };
  expect(dropEchoes([declared, seen, other, later])).toEqual([declared, other, later]);
});
