import { anyOf } from "@faultline/model";
import { type CauseRule, hear, isNamed } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /not authorized to perform: ?[\w-]+:/,
    /RBAC: access denied/,
    /invalid (?:client|gateway) (?:identity|certificate)/,
    /Invalid permissions on Lambda/,
    /lambda:InvokeFunction/,
    /IAM .{0,40}denied/,
    /wanted client certificate but none/,
    /alert number 116/,
    /certificate required/,
    /upstream requires (?:mtls|client certificate)/,
  ),
  "i",
);

/** RFC 8446, section 6.2; servers of TLS 1.2 send it for a missing certificate as well. */
const BARE_ALERT = /alert handshake failure|alert number 40\b/i;

/** The gateway may not call the backend. */
export const gatewayIdentity: CauseRule = {
  sign: "a refusal of the gateway, not of the user, by the backend or platform",
  weigh: (findings) => {
    const evidence = hear(findings, WORDS, { statement: "the backend refused the gateway itself", weight: 4 });
    if (evidence.length > 0) return { evidence };
    const statement = "the other side refused the handshake, as it does where it asks for a certificate and gets none";
    return { evidence: hear(findings, BARE_ALERT, { statement, weight: 2 }), isAmbiguous: !isNamed(findings, "gateway-identity") };
  },
};
