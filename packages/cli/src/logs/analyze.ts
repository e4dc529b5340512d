import { createLineReader, type ReaderOptions } from "@faultline/formats/access-log";
import { WasmScanner } from "./core/wasm-scanner.ts";
import { type LineScanner, Scanner, type ScannerHooks } from "./scanner.ts";
import { eachLine, readSource, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";

/** Failing lines of the fast path that are at most read in full, for who made them and for the join. */
const FULL_LOOKS = 8000;

/** What runs the fast path. */
export type Engine = "wasm" | "javascript";

/** The scanner on WebAssembly, or in JavaScript where WebAssembly with SIMD cannot be had. */
function createScanner(engine: Engine, tally: Tally, hooks: ScannerHooks): LineScanner {
  if (engine === "javascript") return new Scanner(tally, hooks);
  try {
    return new WasmScanner(tally, hooks);
  } catch {
    return new Scanner(tally, hooks);
  }
}

/** Counts one source into the tally. `isFastAllowed` is false when every line must go through the parsers that the user named. */
export async function analyzeSource(
  source: Source,
  options: { readonly tally: Tally; readonly reader: ReaderOptions; readonly isFastAllowed: boolean; readonly engine?: Engine },
): Promise<void> {
  const { tally } = options;
  const reader = createLineReader(options.reader);
  let bytes: Buffer = Buffer.alloc(0);
  // What the scanner takes is of the combined format, so that its failing lines need no other parser.
  const combined = createLineReader({ context: options.reader.context, formats: ["clf"] });
  let looks = 0;
  const readOther = (start: number, end: number) => {
    const line = bytes.toString("utf8", start, end);
    tally.add(reader.read(line), line, source.name);
  };
  const scanner = createScanner(options.engine ?? "wasm", tally, {
    onOther: readOther,
    onFailure: (start, end, tallied) => {
      looks += 1;
      if (looks > FULL_LOOKS) return;
      const line = bytes.toString("utf8", start, end);
      const read = combined.read(line);
      if (read.kind !== "exchange" || read.exchange.status === undefined) return;
      tallied.addDetail(read.exchange, line);
      tally.keep({ exchange: read.exchange, format: read.format, file: source.name });
    },
  });
  await readSource(source, {
    ...(scanner.buffer === undefined ? {} : { buffer: scanner.buffer }),
    consume: (buffer, length) => {
      bytes = buffer;
      return options.isFastAllowed ? scanner.scan(buffer, length) : eachLine(buffer, length, readOther);
    },
  });
  scanner.flush();
  tally.flush();
}
