/** Tokens that their issuers made recognisable, as they come out by chance: without a digit, or as a UUID. None stands in this file. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const LETTERS = "kQwZbTrXmPfLdVgHsNcJyRtB";
const UUID = "3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b0c";

const TOKENS: readonly (readonly [issuer: string, prefix: string, secret: string])[] = [
  ["Stripe's restricted key of production", "rk_prod_", LETTERS],
  ["LaunchDarkly's API", "api-", UUID],
];

describe("a token by its prefix", () => {
  it.each(TOKENS)("is found: %s", (_issuer, prefix, secret) => {
    expect(createRedactor().redactText(`using ${prefix}${secret} now`)).toMatch(/^using \[redacted:[\w-]+:\w{6}\] now$/);
  });

  it("is no pod's name", () => {
    const pod = "api-gateway-7d9f8b6c5d-x2x4z-canary-node-pool-12";
    expect(createRedactor().redactText(pod)).toBe(pod);
  });
});
