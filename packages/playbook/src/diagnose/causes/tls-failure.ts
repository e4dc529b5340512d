import { anyOf } from "@faultline/model";
import { type CauseRule, hear, isNamed } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /\bCERT_[A-Z_]+\b/,
    /certificate (?:has expired|verify failed|is not yet valid|signed by unknown|required|unknown)/,
    /CERTIFICATE_VERIFY_FAILED/,
    /Certificate(?:Expired|NotYetValid|Unknown)/,
    /CertPath\w+Exception/,
    /PKIX path/,
    /RemoteCertificate\w+/,
    /x509: /,
    /TLS_error/,
    /UntrustedRoot/,
    /NotTimeValid/,
    /PartialChain/,
    /remote certificate (?:is|was) (?:invalid|rejected)/,
    /SSL connection could not be established/,
    /certificate (?:chain|is not trusted|has been revoked)/,
    /CertificateError/,
    /SSLCertVerification/,
    /SSLError/,
    /SSL: /,
    /legacy renegotiation/,
    /unsupported protocol/,
    /\btls_alert\b/,
    /SEC_E_(?:UNTRUSTED|CERT|WRONG_PRINCIPAL)\w*/,
    /no shared cipher/,
    /no protocols available/,
    /sslv3 alert/,
    /tlsv1 alert/,
    /InvalidCertificate/,
    /invalid (?:peer|server|client) certificate/,
    /SSLPeerUnverified/,
    /Hostname \S+ not verified/,
    /UnknownIssuer/,
    /TLSV1_ALERT/,
    /self[- ]signed certificate/,
    /unable to (?:verify|get) .{0,20}certificate/,
    /\bERR_TLS_/,
    /\bERR_SSL_/,
    /\bEPROTO\b/,
    /SSLHandshake/,
    /SSL Handshake/,
    /SSLException/,
    /handshake failure/,
    /wrong version number/,
    /tls: /,
    /alert (?:handshake|protocol|certificate)/,
    /does not match certificate/,
    /DEPTH_ZERO/,
  ),
  "i",
);

/**
 * Alert 40 says that the other side refused, but not why: no common cipher or version, or no certificate from the client (RFC 8446, 6.2).
 */
const BARE_ALERT = /alert handshake failure|alert number 40\b/i;
const REASON = /certificate|expired|self.signed|unknown ca|version|does not match/i;
/** HAProxy notes a failed handshake with a server like a failed connection. */
const UNCONNECTED = /termination SC/;

/** The two ends disagree on TLS: certificate, name or version. */
export const tlsFailure: CauseRule = {
  sign: "a certificate or TLS handshake error",
  weigh: (findings) => {
    const evidence = hear(findings, WORDS, { statement: "the TLS handshake failed", weight: 4 });
    const isBare = evidence.every(({ measured }) => BARE_ALERT.test(measured) && !REASON.test(measured));
    if (evidence.length > 0) return { evidence, isAmbiguous: isBare && !isNamed(findings, "tls-failure") };
    const unconnected = hear(findings, UNCONNECTED, {
      statement: "no connection to the server came about, as when TLS fails",
      weight: 1.8,
    });
    return { evidence: unconnected, isAmbiguous: !isNamed(findings, "tls-failure") };
  },
};
