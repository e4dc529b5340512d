import type { Change, Diagnosis } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../trace/trace-builder.ts";

/** A front that calls a second service, where the release under test runs. */
function request(release: Partial<SpanSketch>, code = 200): SpanSketch {
  const behind: SpanSketch = { service: "billing", code, takes: 20, attributes: { "http.route": "/bills" }, ...release };
  const call: SpanSketch = {
    service: "front",
    kind: "client",
    code,
    takes: 30,
    attributes: { "server.address": "billing" },
    calls: [behind],
  };
  return { service: "front", version: "9", code, takes: 40, attributes: { "http.route": "/pay" }, calls: [call] };
}

/** Every n-th request is the one, all others are the other. */
function everyNth(n: number, one: (index: number) => SpanSketch, other: (index: number) => SpanSketch) {
  return (index: number): SpanSketch => (index % n === 0 ? one(index) : other(index));
}

const boom = { exception: { type: "Error", message: "boom" } };
const STARTS_MS = 1_700_000_000_000;

function evidenceFor(diagnosis: Diagnosis, cause: string): string {
  return (diagnosis.causes.find((each) => each.cause === cause)?.evidence ?? []).map(({ statement }) => statement).join("; ");
}

describe("a bad deploy", () => {
  it("is known by the version that a service behind the entry runs, with no change on record", () => {
    const observations = new TraceBuilder()
      .traces(10, (index) => request({ version: `2.4.${index % 2}` }))
      .traces(
        16,
        everyNth(
          2,
          () => request({ version: "2.4.1" }),
          () => request({ version: "2.5.0", ...boom }, 500),
        ),
      )
      .observations();
    const diagnosis = diagnose(observations);
    expect(diagnosis.causes[0]?.cause).toBe("bad-deploy");
    expect(evidenceFor(diagnosis, "bad-deploy")).toContain("version 2.5.0 of billing");
  });

  it("is known by instances that came later than the others where nobody sets a version", () => {
    const observations = new TraceBuilder()
      .traces(20, (index) => request({ instance: `a${index % 2}` }))
      .traces(
        20,
        everyNth(
          2,
          (index) => request({ instance: `a${index % 4}` }),
          (index) => request({ instance: `b${index % 4}`, ...boom }, 500),
        ),
      )
      .observations();
    expect(evidenceFor(diagnose(observations), "bad-deploy")).toContain("instances of billing that came later");
  });

  it("is not seen in one old instance that fails", () => {
    const observations = new TraceBuilder()
      .traces(
        40,
        everyNth(
          4,
          () => request({ instance: "a0", ...boom }, 500),
          (index) => request({ instance: `a${index % 4}` }),
        ),
      )
      .observations();
    expect(diagnose(observations).causes.map(({ cause }) => cause)).not.toContain("bad-deploy");
  });

  it("is not seen where every version fails alike", () => {
    const observations = new TraceBuilder()
      .traces(
        40,
        everyNth(
          5,
          (index) => request({ version: `2.${index % 2}`, ...boom }, 500),
          (index) => request({ version: `2.${index % 2}` }),
        ),
      )
      .observations();
    expect(diagnose(observations).causes.map(({ cause }) => cause)).not.toContain("bad-deploy");
  });

  it("is known by its record although a failure came before it", () => {
    const change: Change = { kind: "deploy", service: "billing", timeMs: STARTS_MS + 30_500, version: "2.5.0", source: "declared" };
    const observations = new TraceBuilder()
      .traces(
        30,
        everyNth(
          30,
          () => request(boom, 500),
          () => request({}),
        ),
      )
      .traces(12, () => request(boom, 500))
      .observations({ changes: [change] });
    expect(evidenceFor(diagnose(observations), "bad-deploy")).toContain("billing was deployed (2.5.0)");
  });

  it("is no explanation of failures that were as common before it", () => {
    const change: Change = { kind: "deploy", service: "billing", timeMs: STARTS_MS + 30_500, version: "2.5.0", source: "declared" };
    const observations = new TraceBuilder()
      .traces(
        60,
        everyNth(
          3,
          () => request(boom, 500),
          () => request({}),
        ),
      )
      .observations({ changes: [change] });
    expect(diagnose(observations).causes.map(({ cause }) => cause)).not.toContain("bad-deploy");
  });

  it("supports a bad setting that only the new version complains of", () => {
    const unset = { exception: { type: "Error", message: "environment variable SIGNING_KEY is not set" } };
    const observations = new TraceBuilder()
      .traces(20, () => request({ version: "2.4.9" }))
      .traces(10, () => request({ version: "2.5.0", ...unset }, 500))
      .observations();
    const diagnosis = diagnose(observations);
    expect(diagnosis.causes[0]?.cause).toBe("bad-configuration");
    expect(evidenceFor(diagnosis, "bad-configuration")).toContain("version 2.5.0 of billing");
  });

  it("is not blamed for failures of processes that it did not touch", () => {
    const tooLarge = { exception: { type: "PayloadTooLargeError", message: "request entity too large" } };
    const deploy: Change = {
      kind: "deploy",
      service: "billing",
      version: "2.4.1",
      instances: ["a1"],
      region: "us-east-1",
      timeMs: STARTS_MS + 10_500,
      source: "declared",
    };
    const build = (instance: (index: number) => string) =>
      new TraceBuilder()
        .traces(10, (index) => request({ version: "2.4.1", instance: instance(index) }))
        .traces(10, (index) => request({ version: `2.4.${index % 2}`, instance: instance(index), ...tooLarge }, 500))
        .observations({ changes: [deploy] });
    const diagnosis = diagnose(build((index) => `a${index % 2}`));
    expect(diagnosis.causes[0]?.cause).toBe("body-too-large");
    expect(evidenceFor(diagnosis, "bad-deploy")).not.toContain("was deployed");
  });
});
