/**
 * Query parameters whose values sign or authorise a URL: those that OpenTelemetry's conventions redact in `url.full`, and their kin in
 * other clouds, OAuth and SAML. Lower case.
 */
export const SIGNED_NAMES: ReadonlySet<string> = new Set(
  "awsaccesskeyid googleaccessid key-pair-id hdnea hdnts policy ticket samlresponse samlrequest assertion client_assertion code_verifier id_token_hint hmac".split(
    " ",
  ),
);

/** True for a parameter that grants access. `code` is OAuth's only when its value is long: short ones are error and country codes. */
export function isSignedParameter(name: string, valueLength: number): boolean {
  const lower = name.toLowerCase();
  if (lower === "policy") return valueLength >= 64;
  return /(?:^|[_-])sig(?:nature)?$/.test(lower) || SIGNED_NAMES.has(lower) || (/^(?:code|appid)$/.test(lower) && valueLength >= 16);
}
