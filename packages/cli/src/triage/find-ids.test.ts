import { expect, it } from "vitest";
import { findBodyIds, findIds, findOwnId } from "./find-ids.ts";

it("finds the ids that an error body names, also inside its error member", () => {
  const body = JSON.stringify({
    status: 500,
    request_id: "93c67eed8d0166e0-2w",
    trace_id: "c31d29adff60d38fd1de4bdbd98eb3ee",
    retryable: false,
  });
  expect(findBodyIds(body).map(({ header, value }) => [header, value])).toEqual([
    ["request_id in the body", "93c67eed8d0166e0-2w"],
    ["trace_id in the body", "c31d29adff60d38fd1de4bdbd98eb3ee"],
  ]);
  expect(findBodyIds('{"error":{"requestId":"req-0077"}}')).toHaveLength(1);
});

it.each(["", "<html></html>", "[1]", "null", '{"request_id":7}', '{"trace_id":"two words and more"}', '{"error":"boom"}'])(
  "takes nothing else for an id: %s",
  (body) => {
    expect(findBodyIds(body)).toEqual([]);
  },
);

it.each([
  ["req-77", "req-77"],
  ["0HN3V8/7+a==", "0HN3V8/7+a=="],
  ["-", undefined],
  ["[redacted:github-token:48b8e4]", undefined],
])("searches logs for an id that can stand in them: %s", (value, expected) =>
  expect(findOwnId(findIds([["x-request-id", value]]))).toBe(expected),
);
