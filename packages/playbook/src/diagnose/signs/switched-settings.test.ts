import type { Change } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const GOOD = { service: "archive", name: "GET /archives", code: 200, attributes: { "http.route": "/archives" } };
const BAD = { ...GOOD, code: 500, exception: { type: "Error", message: "unsupported compression method 93" } };
const built = new TraceBuilder()
  .traces(30, () => GOOD)
  .traces(20, () => BAD)
  .observations();
const onsetMs = built.spans.map(({ startMs }) => startMs).sort((a, b) => a - b)[30] ?? 0;

const flag = (more: Partial<Change> = {}): Change => ({
  kind: "flag",
  service: "archive",
  timeMs: onsetMs - 1,
  source: "declared",
  description: "zstd on",
  ...more,
});
const firstCause = (...changes: readonly Change[]) => diagnose({ ...built, changes }).causes[0]?.cause;

describe("a flag that was switched", () => {
  it("brought failures that began with it if nothing failed before", () => expect(firstCause(flag())).toBe("bad-configuration"));

  it("did not if it is another service's, was long before, or is beside a release", () => {
    const others = [[flag({ service: "billing" })], [flag({ timeMs: onsetMs - 600_000 })], []];
    expect(others.map((changes) => firstCause(...changes))).toEqual(others.map(() => "unhandled-exception"));
    expect(firstCause(flag(), flag({ kind: "deploy", version: "2" }))).toBe("bad-deploy");
  });
});

describe("a key that was rotated", () => {
  const rotated = flag({ kind: "config", description: "APP_KEY rotated" });
  const closedBy = (exception: NonNullable<SpanSketch["exception"]>) =>
    new TraceBuilder()
      .traces(30, () => GOOD)
      .traces(20, (index) => (index % 3 === 0 ? GOOD : { ...BAD, exception }))
      .observations();

  it.each([
    { type: "DecryptException", message: "The MAC is invalid." },
    { type: "ActiveSupport::MessageEncryptor::InvalidMessage", message: "ActiveSupport::MessageEncryptor::InvalidMessage" },
    { type: "*errors.errorString", message: "open session: cipher: message authentication failed" },
  ])("is why old data cannot be decrypted; without it, somebody may have changed the data: $type", (exception) => {
    const closed = closedBy(exception);
    const said = [[rotated], []].map((changes) => diagnose({ ...closed, changes }).causes[0]?.cause);
    expect(said).toEqual(["bad-configuration", "unhandled-exception"]);
  });
});

describe("a setting that was switched", () => {
  const asking = (code: number) => ({
    ...GOOD,
    code: code < 400 ? 200 : 502,
    calls: [{ service: "archive", kind: "client" as const, code, attributes: { "server.address": "scores" } }],
  });
  const refused = new TraceBuilder()
    .traces(30, () => asking(200))
    .traces(20, () => asking(404))
    .observations();

  it("is what the callee refuses if it refused nothing before", () => {
    const { verdict, causes } = diagnose({ ...refused, changes: [flag({ kind: "config", description: "PATH=/v3" })] });
    expect([verdict, causes[0]?.cause]).toEqual(["diagnosed", "bad-configuration"]);
  });

  it("names nothing without it", () => expect(diagnose(refused).verdict).toBe("inconclusive"));
});

describe("a service that was closed on purpose", () => {
  const closed = (more: Partial<SpanSketch>) =>
    new TraceBuilder()
      .traces(30, () => GOOD)
      .traces(20, () => ({ ...GOOD, code: 503, ...more }))
      .observations();
  const said = [{ severity: 9, body: "maintenance mode is on, answering 503 until 14:00" }];
  const asked = { attributes: { ...GOOD.attributes, "http.response.header.retry-after": "3600" } };

  it.each([
    ["says so", { logs: said }],
    ["asks to come again", asked],
  ])("fails for no cause if it %s, and the missing evidence is named", (_, more) => {
    const { verdict, missing } = diagnose({ ...closed(more), changes: [flag()] });
    expect(verdict).toBe("inconclusive");
    expect(missing.map(({ what }) => what).join()).toContain("meant");
  });

  it("is told from one whose flag broke it", () => expect(diagnose({ ...closed({}), changes: [flag()] }).verdict).toBe("diagnosed"));

  it("is distinguished from one that maintains something", () => {
    const logs = [{ severity: 9, body: "index maintenance finished" }];
    expect(diagnose({ ...closed({ logs }), changes: [flag()] }).verdict).toBe("diagnosed");
  });
});
