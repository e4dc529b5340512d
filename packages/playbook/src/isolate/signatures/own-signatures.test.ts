import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";
import { type Signature, SIGNATURES } from "./index.ts";
import { parseOwnSignatures, withOwnSignatures } from "./own-signatures.ts";

const OWN = {
  id: "acme-edge",
  vendor: "Acme Edge",
  hop: "cdn",
  pattern: { status: [503], headers: { "X-Acme-Reason": "quota" } },
  meaning: "the account is over its quota",
  cause: "rate-limited-as-5xx",
};

/** The built-in signatures with these before them. */
function extend(...entries: readonly unknown[]): readonly Signature[] {
  const own = parseOwnSignatures(JSON.stringify(entries));
  if (!own.ok) throw new Error(own.error);
  return withOwnSignatures(SIGNATURES, own.value);
}

/** Requests to a silent service, whose answer bears the header. */
const observations = () => {
  const attributes = { "server.address": "edge", "http.response.header.x-acme-reason": ["Quota exceeded for plan"] };
  const call: SpanSketch = { service: "shop", kind: "client", code: 503, takes: 20, attributes };
  return new TraceBuilder().traces(6, () => ({ service: "shop", code: 502, takes: 30, calls: [call] })).observations();
};

describe("a team's own signatures", () => {
  it("precede the built-in ones and name the cause of an answer", () => {
    const signatures = extend(OWN);
    expect(diagnose(observations(), { signatures }).causes[0]?.cause).toBe("rate-limited-as-5xx");
    expect(diagnose(observations()).causes[0]?.cause).not.toBe("rate-limited-as-5xx");
  });

  it("replace the built-in one with the same id, or remove it", () => {
    const [first, second] = SIGNATURES;
    const signatures = extend({ ...OWN, id: first?.id }, { id: second?.id, off: true });
    expect(signatures).toHaveLength(SIGNATURES.length - 1);
    expect(signatures[0]).toMatchObject({ id: first?.id, vendor: "Acme Edge" });
    expect(signatures.map(({ id }) => id)).not.toContain(second?.id);
  });

  it.each([
    ["no JSON", "{", "no JSON array"],
    ["no id", "[{}]", 'entry 1 has no "id"'],
    ["no vendor", JSON.stringify([{ ...OWN, vendor: "" }]), 'entry 1 (acme-edge): "vendor"'],
    ["an unknown hop", JSON.stringify([{ ...OWN, hop: "router" }]), '"hop" must be one of'],
    ["an unknown cause", JSON.stringify([{ ...OWN, cause: "gremlins" }]), '"cause" must be'],
    ["an empty pattern", JSON.stringify([{ ...OWN, pattern: {} }]), "would match every answer"],
    ["an unknown member", JSON.stringify([{ ...OWN, pattern: { body: "x" } }]), 'knows no "body"'],
    ["a status that is no number", JSON.stringify([{ ...OWN, pattern: { status: ["5xx"] } }]), '"status" must be'],
  ])("are refused with a reason: %s", (_, text, reason) => {
    expect(parseOwnSignatures(text)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe("an answer that, according to its gateway, came from behind", () => {
  it("speaks against causes that a gateway makes", () => {
    const attributes = { "server.address": "edge", "http.response.header.x-kong-upstream-latency": ["4"], "error.type": "504" };
    const call: SpanSketch = { service: "shop", kind: "client", code: 504, takes: 20, attributes, message: "gateway time-out" };
    const observations = new TraceBuilder().traces(6, () => ({ service: "shop", code: 502, takes: 30, calls: [call] })).observations();
    const cause = diagnose(observations).causes.find((each) => each.cause === "gateway-timeout");
    expect(cause?.against[0]?.statement).toContain("the service behind it answered");
  });
});
