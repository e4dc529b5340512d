import { createLineReader, type ReaderOptions } from "@faultline/formats/access-log";
import { WasmScanner } from "./core/wasm-scanner.ts";
import { type LineScanner, Scanner, type ScannerHooks } from "./scanner.ts";
import { readSource, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";

/** Failing lines of the fast path that are read in full, for who made them and for the join. */
const FULL_LOOKS = 4000;

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
  let looks = 0;
  const readOther = (start: number, end: number) => {
    const line = bytes.toString("utf8", start, end);
    tally.add(reader.read(line), line, source.name);
  };
  const scanner = createScanner(options.engine ?? "wasm", tally, {
    onOther: readOther,
    onFailure: (start, end, leaf) => {
      looks += 1;
      if (looks > FULL_LOOKS && leaf.lines > 3) return;
      const line = bytes.toString("utf8", start, end);
      const read = reader.read(line);
      if (read.kind !== "exchange" || read.exchange.status === undefined) return;
      leaf.getFailures(read.exchange.status).addDetail(read.exchange, line);
      tally.keep({ exchange: read.exchange, format: read.format, file: source.name });
    },
  });
  await readSource(source, (buffer, length) => {
    bytes = buffer;
    if (options.isFastAllowed) return scanner.scan(buffer, length);
    let start = 0;
    for (let newline = buffer.indexOf(10); newline !== -1 && newline < length; newline = buffer.indexOf(10, start)) {
      readOther(start, newline);
      start = newline + 1;
    }
    return start;
  });
  scanner.flush();
  tally.flush();
}
