import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CountSum } from "../../rules/count-rows.ts";
import { BLOCK_MS, countExchange, createBlock } from "../../rules/rollup.ts";
import { SeriesTable } from "../../rules/series-table.ts";
import { addBlock, decodeBlock, encodeBlock, toMinute } from "./block-codec.ts";
import { addMinute } from "../minute-cache.ts";

const FROM_MS = 1_200_000;
const exchange = fc.record({
  series: fc.integer({ min: 0, max: 2 }),
  atMs: fc.integer({ min: 0, max: BLOCK_MS - 1 }),
  durationMs: fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(0, -1, Number.NaN, 1e300)),
  failing: fc.boolean(),
});

function createSeries(): SeriesTable {
  const table = new SeriesTable(10);
  for (const route of ["/a", "/b", "/c"]) table.intern({ service: "shop", route, method: "GET", status: 200, version: "", region: "" }, 0);
  return table;
}

describe("a block of counts as bytes", () => {
  it("reads back as it was, and adds up as if it had never been written", () => {
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 60 }), (exchanges) => {
        const block = createBlock(FROM_MS);
        for (const { series, atMs, durationMs, failing } of exchanges) {
          countExchange(block, series, { timeMs: FROM_MS + atMs, durationMs, failing });
        }
        const bytes = encodeBlock(block);
        expect(encodeBlock(decodeBlock(bytes, FROM_MS))).toEqual(bytes);
        const question = { window: { fromMs: 0, toMs: 2e6 }, stepMs: 10_000, groupBy: ["route"] } as const;
        const [straight, written] = [new CountSum(question, createSeries()), new CountSum(question, createSeries())];
        straight.add(block);
        addBlock(bytes, FROM_MS, written);
        expect(written.rows().sort(byTimeAndRoute)).toEqual(straight.rows().sort(byTimeAndRoute));
        const inMinutes = { ...question, stepMs: BLOCK_MS };
        const [minutes, merged] = [new CountSum(inMinutes, createSeries()), new CountSum(inMinutes, createSeries())];
        minutes.add(block);
        addMinute(toMinute(bytes), FROM_MS, merged);
        expect(merged.rows().sort(byTimeAndRoute)).toEqual(minutes.rows().sort(byTimeAndRoute));
        expect(straight.rows().reduce((sum, row) => sum + row.total, 0)).toBe(exchanges.length);
      }),
    );
  });
});

type Row = { readonly fromMs: number; readonly group: { readonly route?: string } };

function byTimeAndRoute(a: Row, b: Row): number {
  return a.fromMs - b.fromMs || String(a.group.route).localeCompare(String(b.group.route));
}
