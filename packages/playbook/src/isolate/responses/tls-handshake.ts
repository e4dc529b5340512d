/** A certificate as a server sent it. */
export type CertificateAccount = {
  /** `CN=api.example.com`, or whatever its subject contains; empty if there is none. */
  readonly subject: string;
  readonly issuer: string;
  /** The host names and addresses for which it is valid, without `DNS:`. A long list is cut. */
  readonly names: readonly string[];
  readonly validFromMs: number;
  readonly validToMs: number;
  /** True if it says where its issuer's certificate can be fetched, as those of public authorities do (RFC 5280 section 4.2.2.1). */
  readonly namesItsIssuersAddress: boolean;
};

/** The variant of a handshake. The first is as the request makes it. */
export type HandshakeTry =
  | "as asked"
  /** With TLS 1.0 and 1.1 only, and the keys and ciphers of their time. */
  | "old versions"
  /** Without a server name. */
  | "no server name"
  /** With the name that the Host header gives. */
  | "name of the Host header";

/** A TLS handshake without a request, whose certificate was read but not required to be valid. */
export type TlsHandshake = {
  readonly tried: HandshakeTry;
  /** The server name that was sent; absent if there was none. */
  readonly serverName?: string;
} & (
  | {
      readonly kind: "shaken";
      /** `TLSv1.3` */
      readonly protocol: string;
      /** The server's own certificate first, then the others, as far as they were sent. */
      readonly chain: readonly CertificateAccount[];
      /** The platform's code for why the certificate is not valid: `CERT_HAS_EXPIRED`; absent if it is valid. */
      readonly refused?: string;
      /** True if the certificate is not for the host that was asked. */
      readonly isForAnotherHost: boolean;
    }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
);
