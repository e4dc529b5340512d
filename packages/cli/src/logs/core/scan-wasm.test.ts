import { describe, expect, it } from "vitest";
import { compileCore, findCompiler, hashSource } from "./build-core.ts";
import { SCAN_COMPILER, SCAN_SOURCE_HASH, SCAN_WASM } from "./scan-wasm.ts";

describe("the compiled core of the scanner", () => {
  it("was compiled from the scan.c beside it", () => {
    expect(SCAN_SOURCE_HASH).toBe(hashSource());
  });

  // Other compilers make other bytes of the same source.
  describe.runIf(findCompiler() === SCAN_COMPILER)("with the compiler that made it", () => {
    it("is reproduced exactly", () => {
      expect(Buffer.from(compileCore()).toString("base64")).toBe(SCAN_WASM);
    });
  });
});
