import { CAUSES, type HopAccount, type Platform } from "@faultline/model";
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
  it("checks the part of the request that its method has, by a function that the guard exports", () => {
    const validateOn = (operation: string) =>
      planGuard({
        causes: [{ cause: "invalid-input-unguarded", confidence: 0.9, evidence: [], against: [] }],
        path: [{ ...hop("shop", "created"), operation }],
      }).now[0]?.example;
    const example = (verb: string, part: string) =>
      `app.${verb}(route, async (request, response) => { const { ${part} } = await validateRequest({ ${part}: schema }, request); });`;
    expect(validateOn("GET /cart")).toBe(example("get", "query"));
    expect(validateOn("PUT /cart")).toBe(example("put", "body"));
    expect(validateOn("orders.place")).toBe(example("post", "body"));
  });

  it("names no command that needs a recorded failure without one", () => {
    const proveOf = (failure: { readonly failure?: string }) =>
      planGuard({
        causes: [{ cause: "unhandled-exception", confidence: 0.9, evidence: [], against: [] }],
        path: [hop("shop", "created")],
        ...failure,
      }).prevent[0]?.example;
    expect(proveOf({ failure: "4bf92f35" })).toBe("npx faultline prove 4bf92f35 --as node:test");
    expect(proveOf({})).toBeUndefined();
  });

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

  it("makes no identifier of a mere description", () => {
    const [timeout] = planFor("dependency-timeout", "an intermediary before 127.0.0.1:8080").now;
    expect(timeout?.example).toContain("const dependency = new Dependency(");
  });

  it("leaves no placeholder of a template unfilled, for any cause", () => {
    const plans = CAUSES.map((cause) => planFor(cause, "stock"));
    expect(JSON.stringify(plans)).not.toContain("{{");
    expect(plans.every(({ now, prevent }) => Math.min(now.length, prevent.length) > 0)).toBe(true);
  });

  it("is empty when no cause is named", () => {
    expect(planGuard({ causes: [], path: [] })).toEqual({ now: [], prevent: [] });
  });

  it("uses the words of the platform for which it is meant, and those of the guard if that is unknown", () => {
    const exampleOn = (platform: Platform | undefined) =>
      planGuard({
        causes: [{ cause: "keepalive-race", confidence: 0.9, evidence: [], against: [] }],
        path: [hop("shop", "propagated"), hop("stock", "created")],
        platforms: { creating: platform },
      }).prevent[0]?.example;
    expect(exampleOn("nginx")).toBe("keepalive_timeout 75s;");
    expect(exampleOn(undefined)).toContain("server.keepAliveTimeout");
    expect(exampleOn("varnish")).toBeUndefined();
  });

  it("mentions the event loop only to platforms that have one", () => {
    const plan = (platform: Platform | undefined) =>
      JSON.stringify(
        planGuard({
          causes: [{ cause: "resource-exhausted", confidence: 0.9, evidence: [], against: [] }],
          path: [hop("edge", "created")],
          platforms: { creating: platform },
        }).prevent,
      );
    expect(plan("node")).toContain("event loop");
    expect(plan("nginx")).toContain("worker_connections");
    expect(plan(undefined)).toContain("Bound what one request may take");
    expect(plan("nginx") + plan(undefined) + plan("java")).not.toContain("event loop");
  });
});
