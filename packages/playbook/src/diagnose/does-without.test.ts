import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

/** A page that is served over a call to a partner that never answers, with what the page's service logs of it. */
function serve(...logs: NonNullable<SpanSketch["logs"]>) {
  const advice: SpanSketch = {
    service: "page",
    kind: "client",
    takes: 5,
    status: "error",
    message: "Read timed out",
    attributes: { "server.address": "recs.partner.example" },
  };
  const { verdict, causes, missing } = diagnose(
    new TraceBuilder().traces(20, () => ({ service: "page", code: 200, takes: 20, logs, calls: [advice] })).observations(),
  );
  return { verdict, cause: causes[0]?.cause, missing: missing.map(({ what }) => what).join() };
}

describe("a hop that answers well although a call failed", () => {
  it("may do without the call if it logs a warning and no error", () => {
    const { verdict, missing } = serve({ severity: 13, body: "page served without advice" });
    expect(verdict).toBe("inconclusive");
    expect(missing).toContain("whether the answer is whole without recs.partner.example");
  });

  it.each([
    [[]],
    [[{ severity: 17, body: "no advice" }]],
    [
      [
        { severity: 13, body: "late" },
        { severity: 17, body: "no advice" },
      ],
    ],
  ])("hides the failure if it logs nothing, or an error: %j", (logs) =>
    expect(serve(...logs)).toMatchObject({ verdict: "diagnosed", cause: "masked-by-middleware" }),
  );
});
