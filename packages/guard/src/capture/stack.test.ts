import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { StackRead } from "../testing/stacks-read.ts";
import { readStack, type Stack } from "./stack.ts";

const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");

afterEach(() => {
  Object.defineProperty(Error, "prepareStackTrace", before ?? { value: undefined, configurable: true, writable: true });
});

function fail(message: string): Error {
  return new TypeError(message);
}

/** Errors that were made at one place. */
function makeTwins(count: number): Error[] {
  return Array.from({ length: count }, (_, index) => fail(`twin ${index}`));
}

function toText({ head, frames }: Stack = { head: "", frames: "" }): string {
  return head + frames;
}

describe("the stack of an error", () => {
  it("is told as V8 writes it, from whatever place", () => {
    const told = makeTwins(5).map((twin) => toText(readStack(twin, `TypeError: ${twin.message}`)));
    const written = makeTwins(5).map((twin) => String(twin.stack));
    // The twins stand in other lines of this test; below it nothing differs.
    const below = (text: string): string => text.replace(/\n {4}at .*stack\.test\.ts.*/g, "");
    expect(told.map(below)).toEqual(written.map(below));
    expect(told[4]).toContain("at fail (");
  });

  it("is the same frames, not frames like them, for errors of one place", () => {
    const [first, second, third] = makeTwins(3).map((twin) => readStack(twin, `TypeError: ${twin.message}`));
    expect(second?.frames).toBe(first?.frames);
    expect(third?.head).toBe("TypeError: twin 2");
    expect(readStack(fail("elsewhere"), "TypeError: elsewhere")?.frames).not.toBe(first?.frames);
  });

  it("stays as it was for whoever reads it later", () => {
    const twins = makeTwins(4);
    for (const twin of twins) readStack(twin, `TypeError: ${twin.message}`);
    const [first = "", ...others] = twins.map((twin) => String(twin.stack));
    expect(others).toEqual([1, 2, 3].map((index) => first.replace("twin 0", `twin ${index}`)));
    expect(Object.getOwnPropertyDescriptor(Error, "prepareStackTrace")).toEqual(before);
  });

  it("is to the letter what Node writes, for the guard and for whoever reads it after the guard", async () => {
    const worker = new Worker(new URL("../testing/stacks-read.ts", import.meta.url), { execArgv: ["--conditions=source"] });
    const [reads] = (await once(worker, "message")) as [readonly StackRead[]];
    expect(reads.length).toBeGreaterThan(30);
    const untouched = reads.map((read) => ({ name: read.name, stack: read.untouched }));
    expect(reads.map((read) => ({ name: read.name, stack: read.told }))).toEqual(untouched);
    expect(reads.map((read) => ({ name: read.name, stack: read.after }))).toEqual(untouched);
  });

  it("is written by the app's own formatter where there is one", () => {
    makeTwins(2).map((twin) => readStack(twin, `TypeError: ${twin.message}`));
    Error.prepareStackTrace = (error) => `mine: ${error.message}`;
    const [twin = new Error("none")] = makeTwins(1);
    expect(readStack(twin, "TypeError: twin 0")).toEqual({ head: "mine: twin 0", frames: "" });
  });

  it("keeps the head that a class of errors writes itself", () => {
    const fromNode = [1, 2, 3].map(() => {
      try {
        return new URL("no url");
      } catch (error) {
        return error as Error;
      }
    }) as Error[];
    for (const error of fromNode) {
      expect(readStack(error, "TypeError: Invalid URL")?.head).toMatch(/^TypeError(?: \[ERR_INVALID_URL\])?: Invalid URL$/);
      expect(readStack(error, "TypeError: Invalid URL")?.head).toBe(String(error.stack).split("\n", 1)[0]);
    }
  });

  it("is absent where there is none, or it cannot be read", () => {
    expect(readStack({}, "")).toBeUndefined();
    const hostile = Object.defineProperty(new Error("no"), "stack", {
      get: () => {
        throw new Error("must not be read");
      },
    });
    expect(readStack(hostile, "Error: no")).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(Error, "prepareStackTrace")).toEqual(before);
  });

  it("read inside of a getter for the stack is that other error's own", () => {
    const other = new RangeError("inner");
    const outer = Object.defineProperty(new Error("outer"), "stack", { get: () => `outer and ${String(other.stack)}` });
    expect(toText(readStack(outer, "Error: outer"))).toContain("outer and RangeError: inner\n    at ");
  });
});
