import { type CauseRule, hear } from "../findings.ts";

const WORDS =
  /not authorized to perform: ?[\w-]+:|RBAC: access denied|invalid (?:client|gateway) (?:identity|certificate)|execution failed due to configuration error|Invalid permissions on Lambda|lambda:InvokeFunction|IAM .{0,40}denied|wanted client certificate but none|alert number 116|certificate required|upstream requires (?:mtls|client certificate)/i;

/** The gateway may not call the backend. */
export const gatewayIdentity: CauseRule = {
  sign: "a refusal of the gateway, not of the user, by the backend or platform",
  weigh: (findings) => ({ evidence: hear(findings, WORDS, { statement: "the backend refused the gateway itself", weight: 4 }) }),
};
