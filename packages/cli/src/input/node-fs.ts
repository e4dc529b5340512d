/**
 * Node's functions for files, for what starts quickly: `import` of `node:fs` asks for all that it exports, and so loads streams, directories
 * and promises, some 4 ms of a start.
 */
export const { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync } = process.getBuiltinModule("node:fs");
