import { expect, it } from "vitest";
import { formatDaysLeft } from "./format-tls.ts";

const DAY_MS = 86_400_000;

it("counts the days of a certificate as a person does", () => {
  expect([1.5 * DAY_MS, 2 * DAY_MS, -1.2 * DAY_MS, -3 * DAY_MS].map(formatDaysLeft)).toEqual([
    "1 day left",
    "2 days left",
    "over for 1 day",
    "over for 3 days",
  ]);
});
