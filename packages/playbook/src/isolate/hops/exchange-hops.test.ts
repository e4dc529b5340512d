import { describeDiagnosis, type Exchange, type LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const START = 1_700_000_001_000;
const traceId = (index: number): string => (index + 1).toString(16).padStart(32, "0");

/** What a proxy logged of the request of trace `index`; traces start a second after one another. */
function logged(index: number, more: Partial<Exchange> = {}): Exchange {
  return {
    timeMs: START + index * 1000,
    durationMs: 40,
    method: "GET",
    path: `/cart/${index}`,
    status: 500,
    observer: { kind: "proxy", name: "nginx" },
    ...more,
  };
}

const request = (index: number, more: Partial<SpanSketch> = {}): SpanSketch => ({
  service: "shop",
  code: 500,
  takes: 20,
  attributes: { "http.route": "/cart/:id", "http.request.method": "GET", "url.path": `/cart/${index}` },
  ...more,
});
const thrown: Partial<SpanSketch> = { exception: { type: "TypeError", message: "x is not a function" } };
const indices = [...Array(6).keys()];
const fates = (diagnosis: ReturnType<typeof diagnose>) => diagnosis.path.map(({ service, fate }) => `${service} ${fate}`);

describe("a hop that sent no spans but wrote an access log", () => {
  it.each([
    ["trace id", (index: number) => ({ traceId: traceId(index) })],
    ["method, path, status and time", () => ({})],
  ])("is on the path, joined by %s", (_, toId) => {
    const exchanges = indices.map((index) => logged(index, toId(index)));
    const diagnosis = diagnose(new TraceBuilder().traces(6, (index) => request(index, thrown)).observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["nginx propagated", "shop created"]);
    expect(diagnosis.scope).toMatchObject({ service: "shop", route: "/cart/:id", failing: 6 });
  });

  it("is joined to a request that ended otherwise if it can be no other", () => {
    const exchanges = indices.map((index) => logged(index, { status: 502 }));
    const diagnosis = diagnose(new TraceBuilder().traces(6, (index) => request(index, thrown)).observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["nginx remapped", "shop created"]);
  });

  it("is not blamed for a server error over a refusal, which proxies pass on unchanged: somebody unseen is in between", () => {
    const exchanges = indices.map((index) => logged(index, { traceId: traceId(index) }));
    const diagnosis = diagnose(new TraceBuilder().traces(6, (index) => request(index, { code: 403 })).observations({ exchanges }));
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.missing.map(({ what }) => what)).toContain("any telemetry of what stands between nginx and shop");
  });

  it.each([
    { cause: "gateway-mismatch", code: 401, status: 502, body: "upstream sent too big header while reading response header from upstream" },
    { cause: "dependency-error", code: 404, status: 500, body: "auth request unexpected status: 404 while sending to client" },
  ])("is blamed if its error log says what it did with the refusal: $cause", ({ cause, code, status, body }) => {
    const exchanges = indices.map((index) => logged(index, { traceId: traceId(index), status }));
    const logs = indices.map((index) => ({
      timeMs: START + index * 1000,
      severity: 17,
      body,
      attributes: { "url.path": `/cart/${index}` },
      resource: { service: "nginx", attributes: {} },
    }));
    const traces = new TraceBuilder().traces(6, (index) => request(index, { code }));
    const told = diagnose({ ...traces.observations({ exchanges }), logs });
    expect([told.verdict, told.causes[0]?.cause]).toEqual(["diagnosed", cause]);
    expect(fates(told)).toEqual(["nginx remapped", "shop clean"]);
    const aside = diagnose({ ...traces.observations({ exchanges }), logs: logs.map((log) => ({ ...log, severity: 13, body: "a note" })) });
    expect(aside.verdict).toBe("inconclusive");
  });

  it.each<[string, Partial<Exchange>]>([
    ["a message", { errorMessage: "upstream sent too big header while reading response header from upstream" }],
    ["flags", { flags: "PH--" }],
    [
      "a sign of who made it",
      { madeBy: { hop: "observer", because: "the target answered 401 and the load balancer 502", confidence: 0.9 } },
    ],
  ])("is blamed for it if the exchange has %s of its own", (_, more) => {
    const judge = (rest: Partial<Exchange>) => {
      const exchanges = indices.map((index) => logged(index, { traceId: traceId(index), status: 502, ...rest }));
      return diagnose(new TraceBuilder().traces(6, (index) => request(index, { code: 401 })).observations({ exchanges }));
    };
    const unseen = "any telemetry of what stands between nginx and shop";
    expect(judge(more).missing.map(({ what }) => what)).not.toContain(unseen);
    expect(judge({ flags: "----" }).missing.map(({ what }) => what)).toContain(unseen);
  });

  it("shows what it did with the answer behind it", () => {
    const exchanges = indices.map((index) => logged(index, { traceId: traceId(index), status: 502 }));
    const diagnosis = diagnose(new TraceBuilder().traces(6, (index) => request(index, thrown)).observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["nginx remapped", "shop created"]);
  });

  it("created the failure when the work behind it outlasted it and ended well, although its log names no server", () => {
    const exchanges = indices.map((index) => logged(index, { traceId: traceId(index), status: 503, durationMs: 1_001 }));
    const traces = new TraceBuilder().traces(6, (index) => request(index, { code: 200, takes: 1_600 }));
    const diagnosis = diagnose(traces.observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["nginx created", "shop clean"]);
    expect(diagnosis.causes[0]?.cause).toBe("gateway-timeout");
  });

  it("only suggests causes if its answer is bare and came at once", () => {
    const exchanges = indices.map((index) => logged(index, { status: 503, durationMs: 0.3 }));
    const diagnosis = diagnose(new TraceBuilder().observations({ exchanges }));
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.causes.map(({ cause }) => cause)).toEqual(["no-healthy-upstream", "connection-refused"]);
  });

  it("alone does not tell who answered if its lines say nothing about what is behind, as in the report of the log", () => {
    const exchanges = indices.map((index) => logged(index));
    const diagnosis = diagnose(new TraceBuilder().observations({ exchanges }));
    expect(diagnosis.path).toEqual([]);
    expect(diagnosis.suspects).toEqual([{ service: "nginx", operation: "GET /cart/{id}", score: 0.3 }]);
    expect(describeDiagnosis(diagnosis)).toMatch(
      /^Inconclusive: which hop makes the failures on \/cart\/\{id\} does not show; missing: the upstream's own status and header time/,
    );
  });

  it.each<[string, Partial<Exchange>]>([
    ["of the server itself", { observer: { kind: "app", name: "nginx" } }],
    ["of an intermediary that made the answer", { madeBy: { hop: "observer", because: "it says so", confidence: 0.9 } }],
  ])("created the failure if it is one that %s", (_, more) => {
    const exchanges = indices.map((index) => logged(index, more));
    const diagnosis = diagnose(new TraceBuilder().observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["nginx created"]);
    expect(diagnosis.suspects[0]?.score).toBe(0.75);
  });

  it("leaves open what an answer means that several causes produce", () => {
    const madeBy = {
      hop: "observer",
      because: "termination SC--: the server, or a device before it, refused it",
      confidence: 0.95,
    } as const;
    const upstream = [{ address: "10.0.0.9:80", answered: false }];
    const exchanges = indices.map((index) => logged(index, { status: 503, flags: "SC--", madeBy, upstream }));
    const diagnosis = diagnose(new TraceBuilder().observations({ exchanges }));
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.causes.map(({ cause }) => cause)).toEqual(["connection-refused", "tls-failure"]);
  });

  it("created the failure if it gave up on a server that finished its work well", () => {
    const late = { traceId: "", status: 504, durationMs: 2_000, upstream: [{ status: 504, answered: false, durationMs: 2_000 }] };
    const exchanges = indices.map((index) => logged(index, { ...late, traceId: traceId(index) }));
    const traces = new TraceBuilder().traces(6, (index) => request(index, { code: 200, takes: 5_000 }));
    const diagnosis = diagnose(traces.observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["nginx created", "shop clean"]);
    expect(diagnosis.causes[0]?.cause).toBe("gateway-timeout");
  });

  it("is between two services if it logged the caller's request", () => {
    const call: SpanSketch = {
      service: "shop",
      kind: "client",
      code: 503,
      takes: 30,
      attributes: { "http.request.method": "GET", "url.path": "/stock/7", "server.address": "stock" },
      calls: [{ service: "stock", code: 503, takes: 10, ...thrown }],
    };
    const exchanges = indices.map((index) => logged(index, { traceId: traceId(index), path: "/stock/7", status: 503, durationMs: 25 }));
    const diagnosis = diagnose(
      new TraceBuilder().traces(6, (index) => request(index, { takes: 40, calls: [call] })).observations({ exchanges }),
    );
    expect(fates(diagnosis)).toEqual(["shop remapped", "nginx propagated", "stock created"]);
  });

  it("is one hop if it sent spans as well", () => {
    const exchanges = indices.map((index) => logged(index, { traceId: traceId(index), observer: { kind: "proxy", name: "shop" } }));
    const diagnosis = diagnose(new TraceBuilder().traces(6, (index) => request(index, thrown)).observations({ exchanges }));
    expect(fates(diagnosis)).toEqual(["shop created"]);
  });
});

describe("a server error that only an access log knows", () => {
  const refused: Partial<Exchange> = { status: 502, upstream: [{ address: "10.0.0.7:8080", status: 502, answered: false }] };
  const errorLog = (index: number): LogRecord => ({
    timeMs: START + index * 1000,
    severity: 17,
    body: "connect() failed (111: Connection refused) while connecting to upstream",
    attributes: { "url.path": `/cart/${index}` },
    resource: { service: "nginx", attributes: {} },
  });

  it("is a symptom, under the common route of its paths, explained by the error log", () => {
    const exchanges = indices.map((index) => logged(index, refused));
    const good = new TraceBuilder().traces(10, (index) => request(index, { code: 200, status: "unset" }));
    const diagnosis = diagnose({ ...good.observations({ exchanges }), logs: indices.map(errorLog) });
    expect(diagnosis.scope).toMatchObject({ route: "/cart/:id", failing: 6 });
    expect(fates(diagnosis)).toEqual(["nginx propagated", "10.0.0.7 created"]);
    expect(diagnosis.causes[0]?.cause).toBe("connection-refused");
  });

  it("needs no spans at all: values are taken out of paths", () => {
    const exchanges = indices.map((index) => logged(index, refused));
    expect(diagnose({ spans: [], logs: [], metrics: [], changes: [], exchanges }).scope).toMatchObject({ route: "/cart/{id}", failing: 6 });
  });

  it("is masked if another try repaired it, and then hides nothing", () => {
    const tries = [
      { status: 502, answered: false },
      { status: 200, answered: true },
    ];
    const exchanges = indices.map((index) => logged(index, { status: 200, upstream: tries, service: "shop" }));
    const diagnosis = diagnose({ spans: [], logs: [], metrics: [], changes: [], exchanges });
    expect(fates(diagnosis)).toEqual(["nginx masked", "shop created"]);
    expect(diagnosis.causes.map(({ cause }) => cause)).not.toContain("masked-by-middleware");
  });
});
