import { createSecureContext, getCACertificates, type SecureContext, type SecureContextOptions } from "node:tls";

/** A request's own TLS settings as PEM: authorities to trust, and the client's certificate. */
export type Credentials = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };

const contexts = new WeakMap<Credentials, SecureContext>();
const NONE: Credentials = {};

/**
 * Trusts what curl would trust: the machine's authorities beside Node's own, or only those that the request names. All probes of a request
 * share one context, because creating it parses some three hundred certificates.
 */
export function toSecureContext(credentials: Credentials = NONE): SecureContext {
  const known = contexts.get(credentials);
  if (known !== undefined) return known;
  const context = createSecureContext({ ...toOptions(credentials) });
  contexts.set(credentials, context);
  return context;
}

/** A context for TLS 1.0 and 1.1 only, with the keys and ciphers of that time: used to test a server, never to send anything. */
export function toOldContext(credentials: Credentials = NONE): SecureContext {
  return createSecureContext({ ...toOptions(credentials), minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
}

function toOptions({ ca, cert, key }: Credentials): SecureContextOptions {
  return {
    ca: ca === undefined ? [...new Set([...getCACertificates("default"), ...getCACertificates("system")])] : [ca],
    ...(cert === undefined ? {} : { cert, key: key ?? cert }),
  };
}
