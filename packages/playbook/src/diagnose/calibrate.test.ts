import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";
import { calibrate } from "./calibrate.ts";

const WELL_KNOWN = { isGeneral: false, sources: 2, isFamiliar: true };
const SUPPORTS = [true, false].flatMap((isGeneral) =>
  [true, false].flatMap((isFamiliar) => [1, 2].map((sources) => ({ isGeneral, isFamiliar, sources }))),
);

describe("the confidence of a cause", () => {
  it.each(SUPPORTS)("rises with its share of the weights, without a jump, and never reaches certainty: %j", (support) => {
    const shares = Array.from({ length: 1_001 }, (_, index) => index / 1_000);
    const confidences = shares.map((share) => calibrate(share, support));
    expect(confidences).toEqual(confidences.toSorted((a, b) => a - b));
    expect(Math.max(...confidences.slice(1).map((each, index) => each - Number(confidences[index])))).toBeLessThan(0.02);
    expect(Math.max(...confidences)).toBeLessThan(1);
  });

  it.each(SUPPORTS)("leaves alone what is not named: %j", (support) => {
    expect([0, 0.2, 0.43].map((share) => Number(calibrate(share, support).toFixed(9)))).toEqual([0, 0.2, 0.43]);
  });

  it("claims less after few incidents that were all right than after many, and never more than was right at first sight", () => {
    expect([0.47, 0.52, 0.57, 0.9].map((share) => Number(calibrate(share, WELL_KNOWN).toFixed(3)))).toEqual([0.857, 0.95, 0.97, 0.97]);
  });

  it("is lower if one kind of telemetry is alone, if the software is unfamiliar, and most of all if nothing specific was said", () => {
    const surest = (support: Partial<typeof WELL_KNOWN>) => calibrate(1, { ...WELL_KNOWN, ...support });
    const alone = { sources: 1 };
    const strange = { isFamiliar: false };
    expect([alone, strange, { ...alone, ...strange }, { ...strange, isGeneral: true }].map(surest)).toEqual([0.95, 0.95, 0.89, 0.5]);
  });
});

describe("a verdict", () => {
  const good: SpanSketch = {
    service: "shop",
    code: 200,
    calls: [{ service: "shop", kind: "client", attributes: { "server.address": "stock" } }],
  };
  const refused = { status: "error", message: "connect ECONNREFUSED 10.0.0.7:80", attributes: { "server.address": "stock" } } as const;
  const bad: SpanSketch = { ...good, code: 502, calls: [{ service: "shop", kind: "client", ...refused }] };
  const firstOf = (language: string) => {
    const { spans, ...rest } = new TraceBuilder()
      .traces(20, () => good)
      .traces(8, () => bad)
      .observations();
    const told = spans.map((span) => ({
      ...span,
      resource: { ...span.resource, attributes: { ...span.resource.attributes, "telemetry.sdk.language": language } },
    }));
    return diagnose({ ...rest, spans: told }).causes[0];
  };

  it("is more certain in the words of software that was recorded, and otherwise the same", () => {
    expect(firstOf("nodejs")).toMatchObject({ cause: "connection-refused", confidence: 0.95 });
    expect(firstOf("java")).toMatchObject({ cause: "connection-refused", confidence: 0.89 });
  });
});
