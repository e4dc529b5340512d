import type { TraceAnswer, WaterfallRow } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { createDisplayRedactor } from "./display-redactor.ts";

const SECRET = "4111111111111111";
const MAIL = "alice@example.com";
const ROW: WaterfallRow = {
  spanId: "00f067aa0ba902b7",
  depth: 0,
  service: "orders",
  name: "POST /quotes",
  kind: "server",
  offsetMs: 0,
  durationMs: 5,
  skewMs: 0,
  status: "error",
  statusMessage: `no card ${SECRET}`,
  failed: true,
  attributes: { "shop.note": MAIL, "http.response.status_code": 500 },
  events: [{ name: "exception", timeMs: 0, attributes: { "exception.message": `mail ${MAIL}` } }],
};
const TRACE: TraceAnswer = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  startMs: 0,
  durationMs: 5,
  rows: [ROW],
  leftOut: 0,
  missingParents: [],
  exceptions: [
    { service: "orders", source: "span", type: "Error", message: MAIL, stack: `Error: ${MAIL}\n    at a (b.js:1:1)`, timeMs: 0 },
  ],
  request: {
    spanId: ROW.spanId,
    service: "orders",
    method: "POST",
    target: `/quotes?mail=${MAIL}`,
    headers: { authorization: "Bearer abcdefghijklmnopqrstuvwxyz0123456789", "content-type": "application/json" },
    body: JSON.stringify({ card: SECRET, password: "hunter2hunter2" }),
    bodyTruncated: false,
  },
  logs: [{ timeMs: 0, severity: 17, service: "orders", body: `refused ${MAIL}` }],
  exchanges: [],
};

describe("what a page shows", () => {
  it("holds no secret that a sender forgot to take out", () => {
    const shown = JSON.stringify(createDisplayRedactor().redactTrace(TRACE));
    for (const secret of [SECRET, MAIL, "hunter2", "abcdefghijklmnopqrstuvwxyz0123456789"]) expect(shown).not.toContain(secret);
  });

  it("keeps ids, names, counts and times as they are", () => {
    const shown = createDisplayRedactor().redactTrace(TRACE);
    expect(shown).toMatchObject({ traceId: TRACE.traceId, durationMs: 5 });
    expect(shown.rows[0]).toMatchObject({ spanId: ROW.spanId, service: "orders", name: "POST /quotes" });
    expect(shown.rows[0]?.attributes["http.response.status_code"]).toBe(500);
    expect(shown.exceptions[0]?.stack).toContain("at a (b.js:1:1)");
  });

  it("takes secrets out of a fault's sentence and title", () => {
    const listing = {
      fingerprint: "f",
      title: `Error: no customer ${MAIL}`,
      sentence: `orders fails on ${MAIL}`,
      service: "orders",
      route: "/quotes",
      firstSeenMs: 0,
      lastSeenMs: 0,
      count: 1,
      state: "open" as const,
    };
    const shown = createDisplayRedactor().redactListing(listing);
    expect(JSON.stringify(shown)).not.toContain(MAIL);
    expect(shown.title).toContain("Error: no customer");
  });
});
