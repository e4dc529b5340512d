/** Everything awkward that JavaScript lets one throw, made anew for each use. */

/**
 * A kind of thrown thing. `falsy` ones some frameworks take for "no error". `unreadable` ones throw when their name,
 * message, code or stack is read, as Node does with whatever a stream is destroyed with: it cannot carry them, guard or no guard.
 */
export type HostileKind = { readonly name: string; readonly make: () => unknown; readonly falsy?: true; readonly unreadable?: true };

function throwing(name: string): () => never {
  return () => {
    throw new Error(`${name} must not be read`);
  };
}

function withGetter(target: object, name: string): object {
  return Object.defineProperty(target, name, { get: throwing(name), configurable: true, enumerable: true });
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function causeCycle(length: number): Error | undefined {
  const errors = Array.from({ length }, (_, index) => new Error(`link ${index}`));
  errors.forEach((error, index) => {
    error.cause = errors[(index + 1) % length];
  });
  return errors[0];
}

function deepCauses(depth: number): Error {
  let error = new Error("the root");
  for (let level = 0; level < depth; level++) error = new Error(`level ${level}`, { cause: error });
  return error;
}

class Unprintable extends Error {
  override toString(): string {
    throw new Error("toString must not be called");
  }
  toJSON(): unknown {
    throw new Error("toJSON must not be called");
  }
}

/** The 41 kinds. */
export const HOSTILE_KINDS: readonly HostileKind[] = [
  { name: "undefined", make: () => undefined, falsy: true },
  { name: "null", make: () => null, falsy: true },
  { name: "zero", make: () => 0, falsy: true },
  { name: "not a number", make: () => Number.NaN, falsy: true },
  { name: "an empty string", make: () => "", falsy: true },
  { name: "false", make: () => false, falsy: true },
  { name: "a zero bigint", make: () => 0n, falsy: true },
  { name: "true", make: () => true },
  { name: "a number", make: () => 404 },
  { name: "a string", make: () => "just text" },
  { name: "a long string", make: () => "x".repeat(1_000_000) },
  { name: "a symbol", make: () => Symbol("thrown") },
  { name: "a bigint", make: () => 12n },
  { name: "a function", make: () => function thrownFunction() {} },
  { name: "an arrow function", make: () => () => undefined },
  {
    name: "a class",
    make: () =>
      class Thrown {
        odd = true;
      },
  },
  { name: "an array", make: () => [1, 2, 3] },
  { name: "a plain object", make: () => ({ message: 42, stack: {} }) },
  { name: "a frozen object", make: () => Object.freeze({ frozen: true }) },
  { name: "an object without a prototype", make: () => Object.create(null) },
  { name: "a sealed error", make: () => Object.seal(new Error("sealed")) },
  { name: "a frozen error", make: () => Object.freeze(new Error("frozen")) },
  { name: "a promise", make: () => Promise.resolve("odd") },
  { name: "a thenable that throws", make: () => withGetter({ odd: true }, "then") },
  { name: "a revoked proxy", make: () => revoked({}), unreadable: true },
  { name: "a revoked proxy of an error", make: () => revoked(new Error("hidden")), unreadable: true },
  {
    name: "a proxy that throws on everything",
    unreadable: true,
    make: () =>
      new Proxy(
        {},
        { get: throwing("get"), has: throwing("has"), ownKeys: throwing("ownKeys"), getPrototypeOf: throwing("getPrototypeOf") },
      ),
  },
  { name: "an error whose message throws", make: () => withGetter(new Error("m"), "message"), unreadable: true },
  { name: "an error whose stack throws", make: () => withGetter(new Error("s"), "stack"), unreadable: true },
  { name: "an error whose name throws", make: () => withGetter(new Error("n"), "name"), unreadable: true },
  { name: "an error whose cause throws", make: () => withGetter(new Error("c"), "cause") },
  { name: "an error whose code throws", make: () => withGetter(new Error("k"), "code"), unreadable: true },
  { name: "an error whose status throws", make: () => withGetter(withGetter(new Error("k"), "status"), "statusCode") },
  { name: "an error that is its own cause", make: () => causeCycle(1) },
  { name: "a cycle of three causes", make: () => causeCycle(3) },
  { name: "a thousand causes", make: () => deepCauses(1000) },
  {
    name: "an aggregate of aggregates",
    make: () => new AggregateError([new AggregateError([new Error("inner"), null]), revoked({})], "outer"),
  },
  {
    name: "an aggregate of a thousand",
    make: () =>
      new AggregateError(
        Array.from({ length: 1000 }, (_, at) => new Error(`part ${at}`)),
        "many",
      ),
  },
  { name: "an error that cannot be printed", make: () => new Unprintable("unprintable") },
  { name: "an error with a status out of range", make: () => Object.assign(new Error("out"), { status: 99, statusCode: "five hundred" }) },
  { name: "an error of a megabyte", make: () => new Error("y".repeat(1_000_000)) },
];
