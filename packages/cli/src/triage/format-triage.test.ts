import type { Probe } from "@faultline/playbook/triage";
import { expect, it } from "vitest";
import { formatProbe } from "./format-triage.ts";

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
  response: { status: 404, statusLine: "HTTP/1.1 404 Not Found", headers: [], bodyBytes: 0 },
};

it("shows a probe on one line of at most 80 columns, with what each step took", () => {
  expect(formatProbe(probe)).toBe("  simple /healthz    404    1.23 s  dns 12, connect 18, tls 50, answer 120 ms");
  expect(formatProbe(probe, 60)).toBe("  simple /healthz    404    1.23 s\n      dns 12, connect 18, tls 50, answer 120 ms");
});

it("says where a request ended that got no answer", () => {
  const { response: _, tlsMs: __, firstByteMs: ___, ...rest } = probe;
  const failure = { phase: "tls", code: "TIMEOUT", message: "nothing within 10 s" } as const;
  expect(formatProbe({ ...rest, purpose: "first", failure })).toBe(
    "  first              TIMEOUT while in tls  1.23 s  dns 12, connect 18 ms",
  );
});
