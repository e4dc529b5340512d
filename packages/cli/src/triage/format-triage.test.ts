import { type Probe, triageProbes } from "@faultline/playbook/triage";
import { expect, it } from "vitest";
import { formatNoFailure } from "./format-no-failure.ts";
import { formatProbe } from "./format-triage.ts";

const response = { status: 404, statusLine: "HTTP/1.1 404 Not Found", headers: [], bodyBytes: 0 };
const probe: Probe = {
  purpose: "simple",
  method: "GET",
  url: "https://api.example.com/healthz",
  requestBodyBytes: 0,
  wantsJson: true,
  dnsMs: 12,
  connectMs: 30,
  tlsMs: 80,
  firstByteMs: 200,
  totalMs: 1_234,
  response,
};

it("shows a probe on one line of at most 80 columns, with what each step took", () => {
  expect(formatProbe(probe)).toBe("  simple /healthz    404    1.23 s  dns 12, connect 18, tls 50, answer 120 ms");
  expect(formatProbe(probe, 60)).toBe("  simple /healthz    404    1.23 s\n      dns 12, connect 18, tls 50, answer 120 ms");
});

it("keeps the columns below a label that is longer than its own", () => {
  const url = "http://10.20.30.40:18090/deep/path";
  expect(formatProbe({ ...probe, purpose: "direct", url })).toBe(
    "  direct http://10.20.30.40:18090\n                     404    1.23 s  dns 12, connect 18, tls 50, answer 120 ms",
  );
});

it("says where a request ended that got no answer", () => {
  const { response: _, tlsMs: __, firstByteMs: ___, ...rest } = probe;
  const failure = { phase: "tls", code: "TIMEOUT", message: "nothing within 10 s" } as const;
  expect(formatProbe({ ...rest, purpose: "first", failure })).toBe(
    "  first              TIMEOUT while in tls  1.23 s  dns 12, connect 18 ms",
  );
});

it("counts no try as answered that was cut short, where nothing failed", () => {
  const { response: _, ...rest } = probe;
  const first: Probe = { ...rest, purpose: "first", totalMs: 8_000, response: { ...response, status: 200 } };
  const cut: Probe = { ...rest, purpose: "again", totalMs: 6_000, failure: { phase: "response", code: "TIMEOUT", message: "" } };
  const say = (...probes: [Probe, ...Probe[]]): string =>
    formatNoFailure(probes, triageProbes({ probes, proxyStatus: [], signatures: [] }, { fromMs: 0, toMs: 1 }), 200);
  expect(say(first, first)).toContain("NO SERVER ERROR. It was answered with 200, twice.\n");
  expect(say(first, cut)).toContain("It was answered with 200, once. 1 more was not waited for as long (--timeout gives more).\n");
});
