/** Every format's reviewed samples, mutated (ten thousand times a format in tests/e2e/hostile-logs.test.ts): no crash, no stall, and never a status that the line does not hold. */
import { describe, expect, it } from "vitest";
import { findInvented, SAMPLED_FORMATS } from "../../../../tests/oracle/mutated-log-lines.ts";
import { createLineReader } from "./index.ts";

/** A client sends such a line more than once: what takes a fifth of a second stalls too. */
const TIMES = 24;

describe("hostile lines", () => {
  it.each(SAMPLED_FORMATS)("reads mutated lines of %s", (format) => {
    expect(findInvented(format, 400)).toEqual([]);
  });

  it.each([
    ["spaces", " ".repeat(65_000)],
    ["quotes", '"'.repeat(65_000)],
    ["slashes", "/a".repeat(32_000)],
    ["pairs", "a=b ".repeat(16_000)],
    ["brackets", "[".repeat(65_000)],
    ["a combined line that never ends", `1.1.1.1 - - [21/Nov/2026:10:00:00 +0000] "GET /${'x" 2'.repeat(15_000)}`],
    ["a HAProxy line of slashes", `1.1.1.1:1 [21/Nov/2026:10:00:00.000] ${"a/".repeat(32_000)} `],
    [
      "a HAProxy request of slashes",
      `1.1.1.1:1 [21/Nov/2026:10:00:00.000] fe be/s 0/0/1/4/5 200 512 - - ---- 3/3/1/1/0 0/0 {a}${"/".repeat(60_000)} "x`,
    ],
    [
      "slashes behind a HAProxy request",
      `1.1.1.1:1 [21/Nov/2026:10:00:00.000] fe be/s 0/0/1/4/5 200 5 - - ---- 3/3/1/1/0 0/0 "GET / HTTP/1.1" ${"/".repeat(60_000)}x a`,
    ],
    ["deep JSON", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["JSON of escaped quotes in a text that never ends", `{"a":"${'\\"'.repeat(30_000)}}`],
    ["JSON of quotes as nginx escapes them outside of a text", `{${"\\x22".repeat(15_000)}}`],
    ["an nginx error of commas", `2021/08/26 16:52:45 [error] 1#1: x, client: ${', client: "'.repeat(6000)}`],
    ["a Rails line of tags", "[a] ".repeat(16_000)],
    [
      "tries in an agent that end in no list",
      `1.1.1.1 [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 5 "-" "${"200, ".repeat(12_000)}200x"`,
    ],
    [
      "tries behind an agent that end in no list",
      `1.1.1.1 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 5 "-" "x" "${"200, ".repeat(12_000)}200x"`,
    ],
    [
      "addresses of tries that end in no list",
      `1.1.1.1 [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 502, 200 ${"a:1, ".repeat(12_000)}a:1x`,
    ],
    [
      "letters beside a named duration",
      `1.1.1.1 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x" rt=0.1 "${"a".repeat(60_000)}"`,
    ],
    [
      "a duration of digits",
      `{"logger":"http.log.access","request":{"method":"GET","uri":"/"},"status":200,"duration":"${"0".repeat(60_000)}x"}`,
    ],
    ["an upstream of spaces", `{"status":200,"request_uri":"/","upstream_status":"200","upstream_addr":"a${" ".repeat(60_000)}b"}`],
    ["Spring's words of letters", `2026-11-22T10:00:00.000Z  INFO 1 --- [main] a.B : ${"a".repeat(60_000)}!`],
    ["a Spring logger of spaces", `2026-11-22T10:00:00.000Z  INFO 1 --- [main] a${" ".repeat(60_000)}x`],
    ["a time before dashes", `2026-11-22 10:00:00 ${"-".repeat(300)} x`],
    ["a time before letters", `2026-11-22 10:00:00 ${"a".repeat(300)} ${"b".repeat(300)} x`],
    ["an error's name of dots", `2026-11-22 10:00:00 ERROR ${"a.".repeat(30_000)}!`],
    ["a path behind a time", `2026-11-22T10:00:00.000Z ${"a/".repeat(30_000)} x`],
    ["a Ruby error's name", "Error".repeat(12_000)],
    ["a Ruby error's words of spaces", `Error (${" ".repeat(60_000)}x`],
    ["Fiber's error of spaces", `10:00:00 | 500 | 1ms | 1.1.1.1 | GET | / | a${" ".repeat(60_000)}b`],
    ["a sentence of digits", `2026-11-22 10:00:00 INFO Request finished HTTP/1.1 GET / - - - 200 0 ${"1".repeat(60_000)}x`],
    ["a sentence of users", `2026-11-22 10:00:00 INFO 200 GET / (${"a@".repeat(30_000)}`],
    ["uWSGI's usage", `{${"usage: ".repeat(8000)}`],
    ["a Go frame in a Go frame", `a${"(0x1".repeat(15_000)}`],
    ["lograge's errors", `method=GET path=/ format=html controller=a status=200 duration=1${" error='x".repeat(7000)}`],
    ["URLs behind a request", `"GET / HTTP/1.1" 200 5 ${"http://".repeat(8000)} x 1.1.1.1 [21/Nov/2026:10:00:00 +0000] `],
    [
      "quotes that nothing closes behind a request",
      `"GET / HTTP/1.1" 200 5 1.1.1.1 [21/Nov/2026:10:00:00 +0000] "${String.raw`\"`.repeat(30_000)}`,
    ],
    ["quoted words behind a whole request", `1.1.1.1 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1"${' "x"'.repeat(15_000)}`],
    ["digits", "1".repeat(65_000)],
    ["words", "a.b-c/d ".repeat(8000)],
  ])(
    "does not stall on %s",
    (_, line) => {
      const reader = createLineReader({ context: { nowMs: 0, zoneOffsetMinutes: 0 } });
      const kinds = Array.from({ length: TIMES }, () => reader.read(line).kind);
      expect(["unparsed", "blank", "exchange", "message", "continuation"]).toEqual(expect.arrayContaining(kinds));
    },
    4000,
  );

  it.each([
    String.raw`10.0.0.1 [21/Nov/2026:10:00:00 +0000] "-" "\"GET /b HTTP/1.1\" 500 1" "GET /a HTTP/1.1" 200 5`,
    String.raw`10.0.0.1 [21/Nov/2026:10:00:00 +0000] "\"GET /b HTTP/1.1\" 500 1" ref="\"GET /b\" 500 " "GET /a?b=\"c HTTP/1.1" 200 5`,
  ])("takes no status from a request that a client's agent quotes: %s", (line) => {
    const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
    expect(reader.read(line)).toMatchObject({ kind: "exchange", exchange: { path: "/a", status: 200 } });
  });
});
