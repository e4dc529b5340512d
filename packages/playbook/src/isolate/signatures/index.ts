import { APPLICATION_SIGNATURES } from "./applications/index.ts";
import { CDN_SIGNATURES } from "./cdns.ts";
import { CLOUD_SIGNATURES } from "./clouds.ts";
import { GATEWAY_SIGNATURES } from "./gateways.ts";
import { MESH_SIGNATURES } from "./meshes.ts";
import { PROXY_SIGNATURES } from "./proxies.ts";
import type { Signature } from "./signature.ts";

export { type OwnSignatures, parseOwnSignatures, withOwnSignatures } from "./own-signatures.ts";
export {
  type Certainty,
  CERTAINTY_WORDS,
  citeSignature,
  matchSignatures,
  normaliseBody,
  type ResponsePattern,
  type SeenResponse,
  type Signature,
  type SignatureMatch,
  tellSignature,
} from "./signature.ts";

/** Every signature of a response that Faultline knows; the more specific before the more general. */
export const SIGNATURES: readonly Signature[] = [
  ...PROXY_SIGNATURES,
  ...MESH_SIGNATURES,
  ...GATEWAY_SIGNATURES,
  ...CDN_SIGNATURES,
  ...CLOUD_SIGNATURES,
  ...APPLICATION_SIGNATURES,
];
