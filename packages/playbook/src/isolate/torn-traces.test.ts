import type { Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

const BUG = { type: "TypeError", message: "Cannot read properties of undefined (reading 'sku')" };
/** What a caller throws because of its callee's answer. */
const ANSWERED = { type: "BackendError", message: "cart answered 500" };

const cart = (isBad: boolean): SpanSketch => ({
  service: "cart",
  name: "GET /cart",
  at: 2,
  takes: 20,
  code: isBad ? 500 : 200,
  calls: [{ service: "cart", kind: "internal", name: "handler", at: 1, takes: 18, ...(isBad ? { exception: BUG } : {}) }],
});

/** shop > its handler > its call > cart > cart's handler; `answers` is what shop makes of it. */
function request(isBad: boolean, answers: number): SpanSketch {
  const call: SpanSketch = {
    service: "shop",
    kind: "client",
    name: "call",
    at: 3,
    takes: 26,
    status: isBad ? "error" : "unset",
    attributes: { "server.address": "cart", "http.response.status_code": isBad ? 500 : 200 },
    calls: [cart(isBad)],
  };
  const handler: SpanSketch = { service: "shop", kind: "internal", name: "handler", at: 1, takes: 32, calls: [call] };
  return {
    service: "shop",
    name: "GET /checkout",
    takes: 40,
    code: isBad ? answers : 200,
    attributes: { "http.route": "/checkout" },
    ...(isBad && answers >= 500 ? { exception: ANSWERED } : {}),
    calls: [handler],
  };
}

/** What is said of thirty good and twelve bad requests of which the spans that are picked never came. */
function diagnoseWithout(isLost: IsLost, answers = 500) {
  const { spans } = new TraceBuilder()
    .traces(30, () => request(false, answers))
    .traces(12, () => request(true, answers))
    .observations();
  const left = spans.filter((span, index) => !isLost(span, index));
  const { path, verdict, causes, scope } = diagnose({ spans: left, logs: [], metrics: [], changes: [], exchanges: [] });
  return { verdict, cause: causes[0]?.cause, fates: path.map(({ service, fate }) => `${service} ${fate}`), scope };
}

type IsLost = (span: Span, index: number) => boolean;

const of =
  (service: string, name: string): IsLost =>
  (span) =>
    span.resource.service === service && span.name === name;
const shopsBesidesEntry: IsLost = ({ resource, kind }) => resource.service === "shop" && kind !== "server";
const callsAndCart: IsLost = ({ resource, kind }) => resource.service === "cart" || kind === "client";
const shopsOfTheLastFew: IsLost = ({ resource }, index) => resource.service === "shop" && index > 190;
const twoOfThreeHomes: IsLost = ({ name }, index) => name === "GET /home" && index % 3 > 0;

describe("a failure of which spans were lost", () => {
  it.each<[string, IsLost]>([
    ["the call", of("shop", "call")],
    ["what did the call", of("shop", "handler")],
    ["both", shopsBesidesEntry],
  ])("is followed to where it was made without %s", (_, isLost) => {
    expect(diagnoseWithout(isLost)).toMatchObject({
      verdict: "diagnosed",
      cause: "unhandled-exception",
      fates: ["shop propagated", "cart created"],
    });
  });

  it("is followed to whom its error names, who is not blamed for an exception of its caller", () => {
    const { cause, fates } = diagnoseWithout(callsAndCart);
    expect(fates).toEqual(["shop propagated", "cart created"]);
    expect(cause).not.toBe("unhandled-exception");
  });

  it("is the client's, however often a part whose caller other traces show failed where that caller is not to be seen", () => {
    const banners: SpanSketch = { service: "banners", name: "GET /top", at: 2, code: 500, exception: BUG };
    const home: SpanSketch = { service: "shop", name: "GET /home", code: 200, takes: 30, calls: [banners] };
    const { spans } = new TraceBuilder()
      .traces(30, () => home)
      .traces(12, (index) => request(index % 2 === 0, 500))
      .observations();
    const left = spans.filter((span, index) => !twoOfThreeHomes(span, index));
    const { scope } = diagnose({ spans: left, logs: [], metrics: [], changes: [], exchanges: [] });
    expect([scope.service, scope.route]).toEqual(["shop", "/checkout"]);
  });

  it("stays hidden where the answer was good in every request that is whole", () => {
    const { cause } = diagnoseWithout(shopsOfTheLastFew, 200);
    expect(cause).toBe("masked-by-middleware");
  });

  it("is that of a database whose span ended without a status, where the error is of its driver", () => {
    const query = { kind: "client", name: "SELECT", at: 4, takes: 6 } as const;
    const asked: SpanSketch = { ...query, service: "shop", attributes: { "db.system.name": "postgresql", "server.address": "orders-db" } };
    const good: SpanSketch = { service: "shop", name: "GET /orders", code: 200, takes: 20, calls: [asked] };
    const deadlock = { type: "PG::TRDeadlockDetected", message: "ERROR:  deadlock detected" };
    const { spans } = new TraceBuilder()
      .traces(30, () => good)
      .traces(12, () => ({ ...good, code: 500, exception: deadlock }))
      .observations();
    const { path, causes } = diagnose({ spans, logs: [], metrics: [], changes: [], exchanges: [] });
    expect(path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["shop propagated", "orders-db created"]);
    expect(causes[0]?.cause).toBe("database-failure");
  });
});
