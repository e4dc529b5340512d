import { createSecureContext, getCACertificates, type SecureContext, type SecureContextOptions } from "node:tls";

/** What a request brings for TLS besides its name: authorities to trust, and the client's own certificate. PEM. */
export type Credentials = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };

const contexts = new WeakMap<Credentials, SecureContext>();
const NONE: Credentials = {};

/**
 * Trust as curl has it: the machine's authorities beside Node's own, or else those that the request names and no others. One context for
 * all probes of a request, because some three hundred certificates have to be read for it.
 */
export function toSecureContext(credentials: Credentials = NONE): SecureContext {
  const known = contexts.get(credentials);
  if (known !== undefined) return known;
  const context = createSecureContext({ ...toOptions(credentials) });
  contexts.set(credentials, context);
  return context;
}

/** Speaks only TLS 1.0 and 1.1, with whatever keys and ciphers there were then: to find out, never to send anything. */
export function toOldContext(credentials: Credentials = NONE): SecureContext {
  return createSecureContext({ ...toOptions(credentials), minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
}

function toOptions({ ca, cert, key }: Credentials): SecureContextOptions {
  return {
    ca: ca === undefined ? [...new Set([...getCACertificates("default"), ...getCACertificates("system")])] : [ca],
    ...(cert === undefined ? {} : { cert, key: key ?? cert }),
  };
}
