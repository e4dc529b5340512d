import { describe, expect, it } from "vitest";
import type { Probe, ProbePurpose, ProbeResponse } from "../../isolate/responses/probe.ts";
import { SIGNATURES } from "../../isolate/signatures/index.ts";
import type { ProbeFindings } from "./probe-evidence.ts";
import { weighProbes } from "./weigh-probes.ts";

const APP: ProbeFindings["maker"] = {
  maker: "app",
  name: "api.example",
  kind: "app",
  confidence: 0.9,
  evidence: [],
  against: [],
  passed: [],
  matches: [],
};
const GATEWAY: ProbeFindings["maker"] = { ...APP, maker: "intermediary", name: "nginx", kind: "gateway" };

type Part = Partial<Omit<Probe, "response">> & { readonly response?: Partial<ProbeResponse> };

function probe(purpose: ProbePurpose, status: number, rest: Part = {}): Probe {
  return {
    purpose,
    method: "GET",
    url: "http://api.example/cart",
    totalMs: 20,
    firstByteMs: 20,
    requestBodyBytes: 0,
    wantsJson: false,
    ...rest,
    response: { status, statusLine: `HTTP/1.1 ${status}`, headers: [["Content-Type", "text/plain"]], bodyBytes: 0, ...rest.response },
  };
}

const timed = (purpose: ProbePurpose, status: number, ms: number) => probe(purpose, status, { totalMs: ms, firstByteMs: ms });

/** `cause: what was measured` of each piece of evidence. */
function weigh(probes: readonly Probe[], rest: Partial<ProbeFindings> = {}): readonly string[] {
  return weighProbes({ probes, maker: GATEWAY, proxyStatus: [], ...rest }).map(({ cause, evidence }) => `${cause}: ${evidence.measured}`);
}

describe("what several tries of one request show", () => {
  it("is a clock, only if each failing try took the same long time", () => {
    const clock = (...tries: readonly Probe[]) => weigh(tries).filter((each) => / ms, /.test(each));
    expect(clock(timed("first", 502, 3000), timed("again", 502, 3080))).toEqual(["gateway-timeout: 3000 ms, 3080 ms"]);
    expect(clock(timed("first", 502, 3000), timed("again", 502, 3200))).toEqual([]);
    expect(clock(timed("first", 502, 800), timed("again", 502, 810))).toEqual([]);
    expect(clock(timed("first", 502, 3000), timed("again", 200, 3010))).toEqual([]);
    expect(clock(timed("first", 502, 3000), timed("simple", 502, 3010))).toEqual([]);
  });

  it("is a time-out of what is behind the app if the app itself wrote the answer", () => {
    const found = weigh([timed("first", 500, 3000), timed("again", 500, 3010)], { maker: APP });
    expect(found).toContain("dependency-timeout: 3000 ms, 3010 ms");
  });

  it("is one bad backend of several, from four tries on if some of them passed", () => {
    const tries = [probe("first", 502), probe("again", 200), probe("again", 502), probe("again", 200)];
    expect(weigh(tries)).toContain("no-healthy-upstream: 2 of 4 failed");
    expect(weigh(tries.slice(0, 3))).toEqual([]);
    expect(weigh([probe("first", 502), probe("again", 502), probe("again", 502), probe("again", 502)])).toEqual([]);
  });

  it("is a race about idle connections, only if no other request failed", () => {
    const idle = probe("idle", 502);
    expect(weigh([probe("first", 200), idle, probe("idle", 200)])).toEqual(["keepalive-race: 1 of 2 idle ones, 0 of 1 others"]);
    expect(weigh([probe("first", 502), idle])).toEqual([]);
  });

  it("is not a race that a proxy mentions if the result is the same each time", () => {
    const proxyStatus = [{ proxy: "edge", error: "connection_terminated" }];
    expect(weigh([probe("first", 502), probe("again", 200)], { proxyStatus })).toContain("keepalive-race: error=connection_terminated");
    expect(weigh([probe("first", 502), probe("again", 502)], { proxyStatus })).toEqual([]);
  });
});

describe("what bodies of other sizes show", () => {
  const sized = (purpose: ProbePurpose, status: number, requestBodyBytes: number) => probe(purpose, status, { requestBodyBytes });

  it("is a limit between the largest that passes and the smallest that fails", () => {
    expect(weigh([sized("first", 502, 9000), sized("body-size", 200, 10), sized("body-size", 200, 4000)])).toEqual([
      "body-too-large: passes at 4000 bytes, fails at 9000 bytes",
    ]);
  });

  it("is nothing if a larger one passes, or if a 413 already says it", () => {
    expect(weigh([sized("first", 502, 4000), sized("body-size", 200, 10), sized("body-size", 200, 9000)])).toEqual([]);
    expect(weigh([sized("first", 502, 9000), sized("body-size", 413, 10), sized("body-size", 413, 4000)])).toEqual([]);
  });
});

describe("what the backend's own answer shows", () => {
  const direct = (status: number, headers: ProbeResponse["headers"], rest: Part = {}) =>
    probe("direct", status, { ...rest, response: { headers, body: "{}", bodyBytes: 2 } });
  const TEXT = ["Content-Type", "text/plain"] as const;

  it.each<[string, ProbeResponse["headers"], string]>([
    ["a header given twice that may be given once", [TEXT, TEXT], "content-type is given 2 times"],
    ["an invalid name", [TEXT, ["bad name", "x"]], 'the header "bad name" has invalid characters'],
    ["an invalid value", [TEXT, ["X-A", "a\u0000b"]], 'the header "X-A" has invalid characters'],
    ["two ways to tell the length", [TEXT, ["Content-Length", "2"], ["Transfer-Encoding", "chunked"]], "both content-length"],
    ["headers beyond a common limit", [TEXT, ["X-A", "x".repeat(5000)]], "its header section has 50"],
    ["a body of no type", [], "it has a body and no content-type"],
  ])("is the flaw that a gateway may refuse: %s", (_, headers, flaw) => {
    expect(weigh([probe("first", 502), direct(200, headers)]).join()).toContain(`gateway-mismatch: ${flaw}`);
  });

  it("is a gateway that waits for a shorter time than the backend needs", () => {
    const slow = direct(200, [TEXT], { totalMs: 4000 });
    expect(weigh([timed("first", 502, 2000), slow])).toEqual([
      "gateway-timeout: 200 in 4000 ms directly, 502 in 2000 ms through the gateway",
    ]);
    expect(weigh([timed("first", 502, 3900), slow]).join()).toContain("gateway-mismatch: 200 in 4000 ms");
  });

  it("is nothing against the gateway if the backend fails too", () => {
    expect(weigh([probe("first", 502), direct(500, [TEXT])])).toEqual([]);
  });
});

describe("what the status and the headers show", () => {
  it("is a used-up quota behind a server error, in either header", () => {
    const limited = (status: number, header: readonly [string, string]) =>
      weigh([probe("first", status, { response: { headers: [header] } })]);
    expect(limited(500, ["X-RateLimit-Remaining", "0"])).toContain("rate-limited-as-5xx: remaining 0, status 500");
    expect(limited(500, ["RateLimit", '"default";r=0;t=9'])).toContain("rate-limited-as-5xx: remaining 0, status 500");
    expect(limited(500, ["X-RateLimit-Remaining", "10"])).toEqual([]);
    expect(limited(429, ["X-RateLimit-Remaining", "0"])).toEqual([]);
  });

  it("is a temporary refusal if a 503 says when to come back, unless that is on every page of the proxy", () => {
    const refuse = (status: number) => probe("first", status, { response: { headers: [["Retry-After", "7"]] } });
    const page = SIGNATURES.filter(({ made }) => made !== "behind").slice(0, 1);
    const matches = page.map((signature) => ({ signature, weight: 3 }));
    const guesses = ["circuit-open", "resource-exhausted", "rate-limited-as-5xx"];
    expect(weigh([refuse(503)])).toEqual(guesses.map((cause) => `${cause}: Retry-After: 7`));
    expect(weigh([refuse(502)])).toEqual([]);
    expect(weigh([refuse(503)], { maker: { ...GATEWAY, matches } }).join()).not.toContain("circuit-open");
  });
});

describe("what is not said explicitly", () => {
  const later = (body: string) => probe("first", 503, { response: { headers: [["Retry-After", "7"]], body } });

  it("names no cause for a bare 503 that says when to come back, unless its words are those of one", () => {
    const rank = (body: string) =>
      weighProbes({ probes: [later(body)], maker: GATEWAY, proxyStatus: [] })
        .toSorted((a, b) => b.evidence.weight - a.evidence.weight)
        .map(({ cause, evidence }) => [cause, evidence.weight > 1]);
    expect(rank("Service Unavailable").every(([, isTelling]) => isTelling === false)).toBe(true);
    expect(rank("upstream circuit breaker is OPEN")[0]).toEqual(["circuit-open", true]);
    expect(rank('{"error":"server is overloaded"}')[0]).toEqual(["resource-exhausted", true]);
    expect(rank("Too Many Requests: quota used up")[0]).toEqual(["rate-limited-as-5xx", true]);
  });

  const broken = (purpose: ProbePurpose, code: string): Probe => {
    const { response: _none, ...rest } = probe(purpose, 0);
    return { ...rest, failure: { phase: code === "ECONNREFUSED" ? "connect" : "response", code, message: "" } };
  };

  it("is not a crash because of a broken connection alone: proxies in front of a process break connections too", () => {
    const strongest = (...probes: Probe[]) =>
      weighProbes({ probes, maker: GATEWAY, proxyStatus: [] }).map(({ cause, evidence }) => [cause, evidence.weight >= 1]);
    expect(strongest(broken("first", "ECONNRESET"), broken("again", "ECONNRESET"), probe("simple", 200))).toEqual([
      ["unhandled-exception", false],
    ]);
    expect(strongest(broken("first", "ECONNRESET"), broken("again", "ECONNRESET"), broken("simple", "ECONNRESET"))).toEqual([
      ["unhandled-exception", false],
      ["no-healthy-upstream", false],
    ]);
    expect(strongest(broken("first", "ECONNRESET"), broken("again", "ECONNREFUSED"))).toEqual([["unhandled-exception", true]]);
  });
});
