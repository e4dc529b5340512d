/** Tokens that their issuers made recognisable, as they come out by chance: without a digit, or as a UUID. None stands in this file. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const LETTERS = "kQwZbTrXmPfLdVgHsNcJyRtB";
const UUID = "3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b0c";

const redact = (text: string): string => createRedactor().redactText(text);

const WEBHOOKS: readonly (readonly [of: string, address: string])[] = [
  ["Slack", "https://hooks.slack.com/services/"],
  ["Discord", "https://discord.com/api/webhooks/110201543110/"],
  ["IFTTT", "https://maker.ifttt.com/trigger/order/with/key/"],
  ["Office", "https://corp.office.com/webhook/"],
  ["Zapier", "https://hooks.zapier.com/hooks/catch/"],
  ["a service without a form of its own", "https://u.acme.io/hook/"],
];

describe("a token by its prefix", () => {
  it("is found: Stripe's restricted key of production", () => {
    expect(redact(`using rk_prod_${LETTERS} now`)).toMatch(/^using \[redacted:[\w-]+:\w{6}\] now$/);
  });

  it("is found: Render's key", () => {
    expect(redact(`key rnd_${LETTERS}x9Kd of it`)).toMatch(/^key \[redacted:key:\w{6}\] of it$/);
  });

  it("is found with signs in it: Braintree's", () => {
    const token = ["access_token", "production", "k3qz8wv2xn5m7c4b", "8f0c1a9e2b7d4a308f4e93b2c1d0e9aa"].join("$");
    expect(redact(`GET /merchants/${token}/x`)).not.toContain("8f0c1a9e");
  });

  it("is found behind a dot: Google's newest keys", () => {
    const token = ["AQ", `Ab8RN6${LETTERS}9${LETTERS}`].join(".");
    expect(redact(`GET /v1/models?q=${token}`)).not.toContain(LETTERS);
  });

  it("is found under its name: LaunchDarkly's API", () => {
    expect(redact(`LAUNCHDARKLY_KEY=api-${UUID}`)).not.toContain(UUID);
  });

  it.each(["api-gateway-7d9f8b6c5d-x2x4z-canary-node-pool-12", "pod api-4bf92f35-77b3-4da6-a3ce-929d0e0e4736 is ready"])(
    "is no pod's name: %s",
    (pod) => {
      expect(redact(pod)).toBe(pod);
    },
  );
});

describe("a token by what stands before it", () => {
  it.each(WEBHOOKS)("is found without a digit in it: %s", (_of, address) => {
    expect(redact(`POST ${address}${LETTERS} failed`)).not.toContain(LETTERS);
  });

  it("is found in a line of .pgpass whose names are hex", () => {
    expect(redact("feed:1001:ab:cd:x9Kd82")).not.toContain("x9Kd82");
  });
});
