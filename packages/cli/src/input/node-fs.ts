/**
 * Node's file functions for commands that must start quickly: an `import` of `node:fs` evaluates all of its exports and so loads streams, directories
 * and promises, which takes some 4 ms.
 */
export const { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync, statSync } = process.getBuiltinModule("node:fs");
