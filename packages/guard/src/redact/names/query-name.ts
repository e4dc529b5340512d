/**
 * Query parameters whose values sign or authorise a URL: those that OpenTelemetry's conventions redact in `url.full`, and their kin in
 * other clouds, OAuth and SAML. Lower case.
 */
export const SIGNED_NAMES: ReadonlySet<string> = new Set(
  "x-amz-signature awsaccesskeyid signature sig x-goog-signature googleaccessid key-pair-id hdnea hdnts policy ticket samlresponse samlrequest assertion client_assertion code_verifier id_token_hint hmac expires_sig oauth_signature".split(
    " ",
  ),
);

/** True for a parameter that authorises. `code` is OAuth's only when it is long: short ones are error and country codes. */
export function isSignedParameter(name: string, valueLength: number): boolean {
  const lower = name.toLowerCase();
  if (lower === "policy") return valueLength >= 64;
  return SIGNED_NAMES.has(lower) || (lower === "code" && valueLength >= 16);
}
