import { CAUSES, type HopAccount } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { planGuard } from "./plan-guard.ts";

const hop = (service: string, fate: HopAccount["fate"]): HopAccount => ({
  hop: service,
  service,
  operation: "GET /prices",
  status: "500",
  fate,
  evidence: [],
});

const planFor = (cause: (typeof CAUSES)[number], creating: string) =>
  planGuard({
    causes: [{ cause, confidence: 0.9, evidence: [], against: [] }],
    path: [hop("shop", "propagated"), hop(creating, "created")],
  });

describe("the guard plan", () => {
  it("puts the protection at the caller and names the dependency as the code would", () => {
    const [timeout] = planFor("dependency-timeout", "api.payco.example:443").now;
    expect(timeout?.where).toBe("shop, GET /prices");
    expect(timeout?.example).toContain('const apiPaycoExample = new Dependency("api.payco.example:443", {');
  });

  it("keeps the example valid whatever a service is called", () => {
    expect(planFor("dependency-timeout", '9"; process.exit(); //').now[0]?.example).toContain(
      String.raw`const dependency = new Dependency("9\"; process.exit(); //", {`,
    );
  });

  it("leaves no word of a template unfilled, for any cause", () => {
    const plans = CAUSES.map((cause) => planFor(cause, "stock"));
    expect(JSON.stringify(plans)).not.toContain("{{");
    expect(plans.every(({ now, prevent }) => Math.min(now.length, prevent.length) > 0)).toBe(true);
  });

  it("is empty when no cause is named", () => {
    expect(planGuard({ causes: [], path: [] })).toEqual({ now: [], prevent: [] });
  });
});
