import { NO_OBSERVATIONS } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

const START_MS = 1_700_000_000_000;
const BEFORE = 100;
const AFTER = 150;

type Load = { readonly shopMs?: number; readonly cartMs?: number };

/** A request through two services that both answer well, and how long each takes by itself. */
function request({ shopMs = 10, cartMs = 5 }: Load = {}): SpanSketch {
  const cart: SpanSketch = { service: "cart", name: "/cart/{id}", code: 200, takes: cartMs };
  return {
    service: "shop",
    name: "/checkout",
    code: 200,
    takes: shopMs + cartMs + 2,
    calls: [{ service: "shop", kind: "client", takes: cartMs + 2, calls: [cart] }],
  };
}

const many = (count: number, load: Load): readonly Load[] => Array<Load>(count).fill(load);

/** What is said of requests of which none failed, when those of the window are loaded like this, one after the other. */
function causes(loads: readonly Load[]) {
  const usual = many(BEFORE, {});
  const { spans } = [...usual, ...loads].reduce((builder, load) => builder.trace(request(load)), new TraceBuilder()).observations();
  const window = { fromMs: START_MS + BEFORE * 1000 + 500, toMs: Infinity };
  const diagnosis = diagnose({ ...NO_OBSERVATIONS, spans }, { window });
  expect(diagnosis).toMatchObject({ verdict: "inconclusive", scope: { failing: 0 } });
  return diagnosis.causes.map(({ cause, confidence }) => `${cause} ${confidence}`);
}

describe("a cause if nothing failed", () => {
  it("is suggested for a service that is slow in every request while others are as before", () => {
    expect(causes(many(AFTER, { cartMs: 300 }))).toEqual(["resource-exhausted 0.4"]);
  });

  // As recorded on a machine that was busy with something else for a while: 16 of 154, 34 of 188, 64 of 285 requests.
  it.each([16, 34, 60])("does not exist if a machine was busy for a moment, and %i requests took longer", (held) => {
    expect(causes([...many(40, {}), ...many(held, { shopMs: 80 }), ...many(AFTER - 40 - held, {})])).toEqual([]);
  });

  it("does not exist if requests here and there take longer", () => {
    expect(causes(many(AFTER / 3, {}).flatMap(() => [{ cartMs: 80 }, {}, {}]))).toEqual([]);
  });

  it("does not exist if several services take longer from the same moment on, as on a shared machine", () => {
    expect(causes(many(AFTER, { shopMs: 80, cartMs: 60 }))).toEqual([]);
  });
});
