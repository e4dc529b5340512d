import { expect, it } from "vitest";
import { guardFetch } from "./adapters/fetch.ts";
import { createGuard, type Guard } from "./guard.ts";
import { createCollected } from "./testing/collected.ts";

type Point = { readonly count: string; readonly attributes: readonly { readonly key: string; readonly value: object }[] };

function readPoints(metrics: readonly Readonly<Record<string, unknown>>[]): readonly Point[] {
  const durations = metrics.filter((each) => each["name"] === "http.server.request.duration");
  return durations.flatMap((each) => (each["exponentialHistogram"] as { dataPoints: Point[] }).dataPoints);
}

function countBy(points: readonly Point[], isOfSpans: boolean): number {
  const marked = (point: Point): boolean =>
    JSON.stringify(point.attributes).includes('"faultline.counted_by","value":{"stringValue":"spans"}');
  return points.filter((point) => marked(point) === isOfSpans).reduce((sum, point) => sum + Number(point.count), 0);
}

async function ask(guard: Guard, times: number, handler: () => Response): Promise<void> {
  const guarded = guardFetch(guard, handler);
  for (let at = 0; at < times; at++) await guarded(new Request("http://localhost/"));
}

it("marks in the histogram what is also sent as a span, so that no exchange is counted twice", async () => {
  const collected = createCollected();
  const guard = createGuard({ service: "counts", transport: collected, spool: false, announce: false, successSpans: 0.5 });
  await ask(guard, 200, () => new Response("fine"));
  await ask(guard, 3, () => {
    guard.capture(new Error("hidden"));
    return new Response("fine all the same");
  });
  await guard.close();
  const points = readPoints(collected.metrics);
  expect(countBy(points, true)).toBe(collected.spans.length);
  expect(countBy(points, true) + countBy(points, false)).toBe(203);
  expect(countBy(points, true)).toBeGreaterThan(50);
  expect(countBy(points, false)).toBeGreaterThan(50);
});
