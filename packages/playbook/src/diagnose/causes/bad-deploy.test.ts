import type { Change, Diagnosis } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

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
  it("is recognised by the version of a service behind the entry, without a recorded change", () => {
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

  it("explains a queue that is declared differently if one release does that, and a setting does if none does", () => {
    const words = {
      exception: { type: "ShutdownSignalException", message: "inequivalent arg 'x-message-ttl' for queue 'bills' in vhost '/'" },
    };
    const build = (version: string) =>
      new TraceBuilder()
        .traces(10, () => request({ version: "2.4.1" }))
        .traces(
          16,
          everyNth(
            2,
            () => request({ version: "2.4.1" }),
            () => request({ version, ...words }, 500),
          ),
        )
        .observations();
    expect(["2.5.0", "2.4.1"].map((version) => diagnose(build(version)).causes[0]?.cause)).toEqual(["bad-deploy", "bad-configuration"]);
  });

  it("is recognised by the version of a callee that answered well but whose answer its caller could not use", () => {
    const answered = (version: string) => request({ version });
    const broken = { exception: { type: "ValidationError", message: "currency: Field required" } };
    const observations = new TraceBuilder()
      .traces(20, () => answered("2.9.4"))
      .traces(20, () => ({ ...answered("3.0.0"), code: 500, ...broken }))
      .observations();
    const diagnosis = diagnose(observations);
    expect(diagnosis.causes[0]?.cause).toBe("bad-deploy");
    expect(evidenceFor(diagnosis, "bad-deploy")).toContain("version 3.0.0 of billing");
    expect(diagnosis.suspects[0]?.service).toBe("front");
  });

  it("is not that of a callee whose new version answers others as well, if the code itself broke", () => {
    const answered = (version: string) => request({ version });
    const broken = { exception: { type: "TypeError", message: "Cannot read properties of undefined (reading 'vat')" } };
    const observations = new TraceBuilder()
      .traces(20, () => answered("2.9.4"))
      .traces(10, () => answered("3.0.0"))
      .traces(8, () => ({ ...answered("3.0.0"), code: 500, ...broken }))
      .observations();
    expect(diagnose(observations).causes[0]?.cause).toBe("unhandled-exception");
  });

  it("is not that of a callee that was only given more instances", () => {
    const answered = (instance: string) => request({ instance });
    const broken = { exception: { type: "TypeError", message: "Cannot read properties of undefined (reading 'vat')" } };
    const observations = new TraceBuilder()
      .traces(20, (index) => answered(`a${index % 2}`))
      .traces(12, (index) => ({ ...answered(`b${index % 2}`), code: 500, ...broken }))
      .observations();
    expect(diagnose(observations).causes[0]?.cause).toBe("unhandled-exception");
  });

  it("is recognised by instances that came later than the others if nobody sets a version", () => {
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

  it("is not seen if every version fails alike", () => {
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

  it("is recognised by its record although a failure came before it", () => {
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

  it("does not explain failures that were as common before it", () => {
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

  it("is acquitted by failures that had certainly begun before it", () => {
    const late: Change = { kind: "deploy", service: "billing", timeMs: STARTS_MS + 48_500, version: "2.5.0", source: "declared" };
    const observations = new TraceBuilder()
      .traces(30, () => request({}))
      .traces(30, () => request(boom, 500))
      .observations({ changes: [late] });
    expect(diagnose(observations).causes.map(({ cause }) => cause)).not.toContain("bad-deploy");
  });

  it("is reported with the onset of the failures and how certainly it is known", () => {
    const change: Change = { kind: "deploy", service: "billing", timeMs: STARTS_MS + 30_500, version: "2.5.0", source: "declared" };
    const observations = new TraceBuilder()
      .traces(30, () => request({}))
      .traces(12, () => request(boom, 500))
      .observations({ changes: [change] });
    const measured = diagnose(observations).causes.flatMap(({ evidence }) => evidence.map((each) => each.measured));
    expect(measured.join("; ")).toContain("0 of 30 failed before, 12 of 12 since");
  });

  it("is weighed against a flag: what was switched before the failures began is a setting", () => {
    const flag: Change = { kind: "flag", service: "billing", timeMs: STARTS_MS + 30_500, source: "declared", description: "new-tax on" };
    const observations = new TraceBuilder()
      .traces(30, () => request({}))
      .traces(12, () => request({ attributes: { "http.route": "/bills" } }, 500))
      .observations({ changes: [flag] });
    const cause = diagnose(observations).causes.find((each) => each.cause === "bad-configuration");
    expect(cause?.evidence[0]?.measured).toContain("new-tax on");
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

  const tooLarge = { exception: { type: "PayloadTooLargeError", message: "request entity too large" } };

  /** Ten good requests, then a deploy of that scope, then ten failing ones, served by each of two releases in turn. */
  function diagnoseDeployOf(scope: Partial<Change>, releases: readonly [Partial<SpanSketch>, Partial<SpanSketch>]): Diagnosis {
    const deploy: Change = { kind: "deploy", service: "billing", timeMs: STARTS_MS + 10_500, source: "declared", ...scope };
    const serve = (rest: Partial<SpanSketch>, code: number) =>
      everyNth(
        2,
        () => request({ ...releases[0], ...rest }, code),
        () => request({ ...releases[1], ...rest }, code),
      );
    return diagnose(
      new TraceBuilder()
        .traces(10, serve({}, 200))
        .traces(10, serve(tooLarge, 500))
        .observations({ changes: [deploy] }),
    );
  }

  type Scope = {
    readonly by: string;
    readonly scope: Partial<Change>;
    readonly touched: Partial<SpanSketch>;
    readonly untouched: Partial<SpanSketch>;
  };
  const SCOPES: readonly Scope[] = [
    { by: "version", scope: { version: "2.4.1" }, touched: { version: "2.4.1" }, untouched: { version: "2.4.0" } },
    { by: "region", scope: { region: "us-east-1" }, touched: { region: "us-east-1" }, untouched: { region: "eu-west-1" } },
    { by: "instance", scope: { instances: ["a1"] }, touched: { instance: "a1" }, untouched: { instance: "a2" } },
  ];

  it.each(SCOPES)("is not blamed for failures of processes of another $by than its own", ({ scope, touched, untouched }) => {
    const diagnosis = diagnoseDeployOf(scope, [touched, untouched]);
    expect(diagnosis.causes[0]?.cause).toBe("body-too-large");
    expect(evidenceFor(diagnosis, "bad-deploy")).not.toContain("was deployed");
  });

  it.each(SCOPES)("is suspected if every failing process is of its $by", ({ scope, touched }) => {
    expect(evidenceFor(diagnoseDeployOf(scope, [touched, touched]), "bad-deploy")).toContain("was deployed");
  });

  it("is suspected beyond the instances that an inferred deploy names, which are only those seen so far", () => {
    const diagnosis = diagnoseDeployOf({ instances: ["a1"], source: "inferred" }, [{ instance: "a1" }, { instance: "a2" }]);
    expect(evidenceFor(diagnosis, "bad-deploy")).toContain("was deployed");
  });
});
