import type { LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { readLogError, readLogWords } from "./log-words.ts";

const log = (body: string, attributes: LogRecord["attributes"] = {}): LogRecord => ({
  timeMs: 0,
  severity: 17,
  body,
  attributes,
  resource: { service: "shop", attributes: {} },
});

describe("the words of a log record", () => {
  it("are its text and the exception in its attributes", () =>
    expect(readLogWords(log("GET /7 failed", { "exception.type": "KeyError", "exception.message": "'tier'" }))).toEqual({
      text: "GET /7 failed: KeyError: 'tier'",
      isException: true,
    }));

  it.each([
    ["slog and zap", { error: "dial tcp: connection refused" }, "dial tcp: connection refused"],
    [
      "the Elastic Common Schema",
      { "error.type": "PSQLException", "error.message": "deadlock detected" },
      "PSQLException: deadlock detected",
    ],
    [
      "Monolog",
      { "context.exception": "[object] (PDOException(code: 1040): Too many connections)" },
      "[object] (PDOException(code: 1040): Too many connections)",
    ],
    [
      "structlog",
      { exception: 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g()\nValueError: bad' },
      "Traceback (most recent call last):\nValueError: bad",
    ],
    ["Log4j 2", { "thrown.name": "java.io.IOException", "thrown.message": "Broken pipe" }, "java.io.IOException: Broken pipe"],
    ["Logback", { stack_trace: "a.PoolError: full\n\tat a.B.c(B.java:3)" }, "a.PoolError: full"],
    ["Serilog", { "@x": "System.TimeoutException: late\n   at A.B.C()" }, "System.TimeoutException: late"],
    ["Semantic Logger", { "exception.name": "Errno::ENOSPC", "exception.message": "No space left" }, "Errno::ENOSPC: No space left"],
    ["Powertools", { exception_name: "KeyError", exception: "KeyError: 'x'\n  File \"a.py\", line 3, in f" }, "KeyError: KeyError: 'x'"],
    ["a flat Monolog", { "context.exception.class": "PDOException", "context.exception.message": "gone" }, "PDOException: gone"],
  ])("hold what %s keeps in an attribute", (_, attributes, words) =>
    expect(readLogWords(log("request failed", attributes)).text).toBe(`request failed: ${words}`),
  );

  it("leave out frames, which name functions and not what went wrong", () => {
    const body =
      "panic recovered:\nruntime error: invalid memory address\n/usr/local/go/src/runtime/panic.go:262 (0x43d0b8)\n\tpanicmem: panic(memoryError)\n/app/total.go:57 (0x8b1a2c)\n\tTotal: sum += cents";
    expect(readLogWords(log(body))).toEqual({ text: "panic recovered:\nruntime error: invalid memory address", isException: true });
  });

  it("keep each exception of a chain", () => {
    const body = "a.Wrapper: no luck\n\tat a.B.c(B.java:3)\nCaused by: a.Inner: pool is empty\n\tat a.D.e(D.java:9)\n\t... 12 more";
    expect(readLogWords(log(body)).text).toBe("a.Wrapper: no luck\nCaused by: a.Inner: pool is empty");
  });

  it("contain no exception if a line only says that something failed", () =>
    expect(readLogWords(log("cache read failed, going on without"))).toEqual({
      text: "cache read failed, going on without",
      isException: false,
    }));

  it("contain a panic of Rust, recognised by its words", () =>
    expect(readLogWords(log("thread 'main' panicked at src/a.rs:3:9:\ncalled `Option::unwrap()` on a `None` value")).isException).toBe(
      true,
    ));
});

describe("the error of a log record", () => {
  it.each([
    ["attributes of OpenTelemetry", log("failed", { "exception.type": "PoolError", "exception.message": "full" })],
    ["attributes of pino", log("failed", { "err.type": "PoolError", "err.message": "full" })],
    ["its text", log("PoolError: full\n    at take (/app/pool.js:3:1)")],
    ["its stack alone", log("full", { stack: "PoolError: full\n    at take (/app/pool.js:3:1)" })],
    ["an attribute's text", log("failed", { error: "PoolError: full" })],
    ["Elixir's text", log("** (PoolError) full\n    (shop 1.0.0) lib/shop/pool.ex:3: Shop.Pool.take/1")],
  ])("is read from %s", (_, record) => expect(readLogError(record)).toMatchObject({ type: "PoolError", message: "full" }));

  it("has no type if a sentence or a file says it", () =>
    expect([log("pool is full"), log("balancer.lua: pool is full")].map((each) => readLogError(each).type)).toEqual(["", ""]));
});
