/** Lines are cut by the core on WebAssembly as they are in JavaScript. */
import { describe, expect, it } from "vitest";
import { WasmScanner } from "../core/wasm-scanner.ts";
import { Tally } from "../tally/tally.ts";
import { LineTokens } from "./line-tokens.ts";
import { createChoices } from "../../../../../tests/rig/seeded-random.ts";

const LINES = [
  `10.0.0.1 - - [20/Nov/2026:00:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 17 "-" "Mozilla/5.0 (X11)" rt=0.001 us="200" ua="10.0.0.1:80"`,
  `2026-11-20T00:00:00.123Z stdout F 10.0.0.1 - - [20/Nov/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 17 "" "-"`,
  `{"level":30,"time":1795132805400,"req":{"method":"GET","url":"/a,b:c","n":[1,2,{}]},"é":null,"a=b":"c\\"d"}`,
  `{"log":"10.0.0.1 - - [20/Nov/2026:00:00:00 +0000] \\"GET /\\\\x HTTP/1.1\\" 200 17 \\"-\\"\\n","stream":"stdout","time":"2026-11-20T00:00:00Z"}`,
  `2026-11-20T00:00:00.123Z stdout F {"level":30,"a":{"b":"GET /a","n":[1,2]},"c":"d=e"} x={"f":1}`,
  `api-1  | {"level":30,"a":"GET /a"}`,
  `<190>Nov 20 10:00:00 edge-1 app[7]: {"level":30,"a":"GET /a"}`,
  `{"log":"{\\"level\\":30,\\"a\\":{\\"b\\":\\"GET /a,b\\",\\"n\\":[1,2]}}\\n","stream":"stdout","time":"2026-11-20T00:00:00Z"}`,
  `time=2026-11-20T00:00:00Z level=info msg="a b" =x a==b --=1 path=/a=b _x.y-z="q=r" closed="a b"`,
  `status=200 unclosed="a b`,
  `a\tb\u0001c [d]e" "f"g "" -\u007f`,
  Array.from({ length: 170 }, (_, index) => index).join(" "),
  "",
];

/** A line with a few characters taken out, doubled or set in. */
function mutate(line: string, below: (limit: number) => number): string {
  let text = line;
  for (let count = below(4); count > 0; count -= 1) {
    const at = below(text.length + 1);
    const inserted = ' "\\=:{}[],\t\u0001é-'.charAt(below(15));
    text = text.slice(0, at) + inserted + text.slice(at + below(3));
  }
  return text;
}

function describeTokens(tokens: LineTokens, start: number) {
  const list = (values: Int32Array) => [...values.subarray(0, tokens.count)];
  return {
    starts: list(tokens.starts).map((at) => at - start),
    ends: list(tokens.ends).map((at) => at - start),
    classes: list(tokens.classes),
  };
}

/** Remembers of which number of ours the other cutter made which of its own; false when it was another before. */
function isSteady(known: Map<number, number>, ours: number, theirs: number): boolean {
  if (!known.has(ours)) known.set(ours, theirs);
  return known.get(ours) === theirs;
}

/** Cuts many lines both ways. */
function compareCutters(seed: number) {
  const below = createChoices(seed).below;
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  const { buffer, cutter } = new WasmScanner(tally, { prepare: () => undefined, onOther: () => undefined, onFailure: () => undefined });
  const [ours, theirs] = [new LineTokens(), new LineTokens(cutter)];
  const signatures = new Map<number, number>();
  const hashes = new Map<number, number>();
  const different: unknown[] = [];
  let cut = 0;
  for (let index = 0; index < 20_000; index += 1) {
    const line = mutate(LINES[below(LINES.length)] as string, below);
    const start = below(64);
    const end = start + buffer.write(`${line}\n`, start) - 1;
    const isCut = ours.cut(buffer, start, end);
    if (isCut !== theirs.cut(buffer, start, end)) different.push({ line, isCut });
    if (!isCut) continue;
    cut += 1;
    const [own, other] = [JSON.stringify(describeTokens(ours, start)), JSON.stringify(describeTokens(theirs, start))];
    if (own !== other) different.push({ line, own, other });
    if (!isSteady(signatures, ours.signature, theirs.signature)) different.push({ line, signature: theirs.signature });
    for (let token = 0; token < ours.count; token += 1) {
      if (!isSteady(hashes, ours.hashes[token] as number, theirs.hashes[token] as number)) different.push({ line, text: ours.text(token) });
    }
  }
  return { different, cut, signatures, hashes };
}

describe("a line's tokens", () => {
  it.each([1, 2, 3])("are the same from either cutter, and have the same signature for the same separators and names, seed %i", (seed) => {
    const { different, cut, signatures, hashes } = compareCutters(seed);
    expect(different.slice(0, 5)).toEqual([]);
    expect(cut).toBeGreaterThan(5000);
    expect(new Set(signatures.values()).size).toBe(signatures.size);
    expect(new Set(hashes.values()).size).toBe(hashes.size);
  });

  it("are missing if a text that Docker put into JSON has a quote of JSON's own", () => {
    const tokens = new LineTokens();
    const cut = (line: string) => tokens.cut(Buffer.from(`${line}\n`), 0, Buffer.byteLength(line));
    expect(cut(String.raw`{"log":"a \"GET /b\" 200\n","stream":"stdout"}`)).toBe(true);
    expect(cut(String.raw`{"log":"a \"GET /"b\" 200\n","stream":"stdout"}`)).toBe(false);
  });

  it("are missing if the line ends within quotes, because the quoted text may continue", () => {
    const tokens = new LineTokens();
    const cut = (line: string) => tokens.cut(Buffer.from(`${line}\n`), 0, Buffer.byteLength(line));
    expect(cut('us="200" ua="10.0.0.1:80"')).toBe(true);
    expect(cut('us="200" ua="10.0.0.1:80')).toBe(false);
    expect(cut('us="200" ua="')).toBe(false);
  });
});
