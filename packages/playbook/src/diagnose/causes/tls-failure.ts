import { type CauseRule, hear } from "../findings.ts";

const WORDS =
  /\bCERT_[A-Z_]+\b|certificate (?:has expired|verify failed|is not yet valid|signed by unknown|required|unknown)|self[- ]signed certificate|unable to (?:verify|get) .{0,20}certificate|\bERR_TLS_|\bERR_SSL_|\bEPROTO\b|SSLHandshake|SSL Handshake|SSLException|handshake failure|wrong version number|tls: |alert (?:handshake|protocol|certificate)|does not match certificate|DEPTH_ZERO/i;

/** The two ends do not agree on TLS: certificate, name, version. */
export const tlsFailure: CauseRule = {
  sign: "a certificate or TLS handshake error",
  weigh: (findings) => ({ evidence: hear(findings, WORDS, { statement: "the TLS handshake failed", weight: 4 }) }),
};
