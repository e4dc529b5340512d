/**
 * A worker that reads stacks where nobody has put a formatter of their own in Node's place, as test runners do. It posts, for each error, what
 * the guard tells, what the error says of itself afterwards, and what its twin says, which the guard never saw.
 */
import { parentPort } from "node:worker_threads";
import { readStack } from "../capture/stack.ts";

/** The stack of one error, told in three ways. */
export type StackRead = {
  readonly name: string;
  readonly told: string | undefined;
  readonly after: string | undefined;
  readonly untouched: string | undefined;
};

class CodedError extends Error {
  readonly code = "E_OWN";
}

function fail(message: string): Error {
  return new TypeError(message);
}

class Base {
  run(): Error {
    return fail("deep");
  }
}
class One extends Base {}
class Other extends Base {}

function onInstance(Class: new () => Base): () => Error {
  const instance = new Class();
  return () => instance.run();
}

function named(name: string): () => Error {
  return Object.defineProperty(() => fail("named"), "name", { value: name });
}

type Builtin = (make: () => Error) => readonly Error[];

function inBuiltin(builtin: "map" | "flatMap"): () => Error {
  const list: Readonly<Record<typeof builtin, Builtin>> = [0];
  return () => list[builtin](() => fail("inside"))[0] ?? fail("nothing");
}

function fromNode(): Error {
  try {
    return fail(new URL("no url").href);
  } catch (error) {
    return error as Error;
  }
}

function withMessage(message: string): () => Error {
  return () => fail(message);
}

function renamed(): Error {
  const error = fail("before");
  error.message = "after";
  error.name = "Renamed";
  return error;
}

const MAKERS: Readonly<Record<string, () => Error>> = {
  "a method of one class": onInstance(One),
  "the same method of another class": onInstance(Other),
  "a function of one name": named("first"),
  "the same function of another name": named("second"),
  "inside of map": inBuiltin("map"),
  "inside of flatMap, at the same position": inBuiltin("flatMap"),
  "an error of Node": fromNode,
  "an error with a code": () => new CodedError("coded"),
  "one message": withMessage("one"),
  "another message, of two lines": withMessage("another\n    at first sight"),
  "no message": withMessage(""),
  "renamed after it was made": renamed,
  "without a name of its own": () => Object.assign(fail("nameless"), { name: "" }),
  "with a name that is no text": () => Object.assign(fail("numbered"), { name: 7 }),
};

function readAll(round: number): readonly StackRead[] {
  return Object.entries(MAKERS).map(([name, make]) => {
    // Both are made at one position.
    const [read = make(), untouched = make()] = [0, 1].map(() => make());
    const stack = readStack(read, String(read));
    return {
      name: `${name}, round ${round}`,
      told: stack === undefined ? undefined : stack.head + stack.frames,
      after: read.stack,
      untouched: untouched.stack,
    };
  });
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of worker_threads has no origin
parentPort?.postMessage([1, 2, 3].flatMap(readAll));
