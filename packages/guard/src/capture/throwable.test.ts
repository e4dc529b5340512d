import { describe, expect, it } from "vitest";
import { describeThrowable } from "./throwable.ts";

function messagesOf(thrown: unknown): readonly string[] {
  return describeThrowable(thrown).map(({ message }) => message);
}

function chainOf(links: number): Error {
  return Array.from({ length: links }, (_, link) => link).reduceRight<Error>(
    (cause, link) => new Error(String(link), { cause }),
    new Error("root"),
  );
}

describe("the account of a thrown thing", () => {
  it("tells it first, then depth first what caused it, and the errors that it gathers", () => {
    const cause = new TypeError("cause", { cause: new RangeError("its cause") });
    const gathered = [new Error("first", { cause: "a text" }), null, new Error("second")];
    const accounts = describeThrowable(new AggregateError(gathered, "all failed", { cause }));
    expect(accounts.map(({ type, message }) => `${type}: ${message}`)).toEqual([
      "AggregateError: all failed",
      "TypeError: cause",
      "RangeError: its cause",
      "Error: first",
      "string: a text",
      "null: null",
      "Error: second",
    ]);
  });

  it("tells nothing twice, and of a long chain its beginning", () => {
    const first = new Error("first");
    first.cause = new Error("second", { cause: first });
    expect(messagesOf(first)).toEqual(["first", "second"]);
    expect(messagesOf(new AggregateError([first, first], "gathers"))).toEqual(["gathers", "first", "second"]);
    expect(messagesOf(chainOf(20))).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  });

  it("passes over members that cannot be read", () => {
    const hostile = Object.defineProperty(new Error("told"), "cause", {
      get: () => {
        throw new Error("must not be seen");
      },
    });
    expect(messagesOf(hostile)).toEqual(["told"]);
    expect(messagesOf(undefined)).toEqual(["undefined"]);
    const unlisted = new AggregateError([new Error("gathered")], "gathers");
    Object.defineProperty(unlisted.errors, "slice", { value: () => 1 });
    expect(messagesOf(unlisted)).toEqual(["gathers"]);
  });
});
