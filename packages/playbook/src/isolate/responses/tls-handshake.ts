/** A certificate as a server sent it. */
export type CertificateAccount = {
  /** `CN=api.example.com`, or what else its subject says; empty where it says nothing. */
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses that it is for, without `DNS:` before them; a long list is cut. */
  readonly names: readonly string[];
  readonly validFromMs: number;
  readonly validToMs: number;
  /** It says where its issuer's certificate can be had, as those of public authorities do (RFC 5280 section 4.2.2.1). */
  readonly namesItsIssuersAddress: boolean;
};

/** What was different about a handshake; the first is as the request asks for it. */
export type HandshakeTry =
  | "as asked"
  /** Only TLS 1.0 and 1.1, and keys and ciphers of their time. */
  | "old versions"
  /** Without a server name. */
  | "no server name"
  /** With the name that the Host header gives. */
  | "name of the Host header";

/** One TLS handshake with no request after it, whose certificate was looked at and not insisted on. */
export type TlsHandshake = {
  readonly tried: HandshakeTry;
  /** The server name that was sent; absent where none was. */
  readonly serverName?: string;
} & (
  | {
      readonly kind: "shaken";
      /** `TLSv1.3` */
      readonly protocol: string;
      /** Server's own certificate first, as far as it sent the others. */
      readonly chain: readonly CertificateAccount[];
      /** The platform's code for why the certificate does not hold: `CERT_HAS_EXPIRED`; absent where it holds. */
      readonly refused?: string;
      /** The certificate is not for the host that was asked. */
      readonly isForAnotherHost: boolean;
    }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
);
