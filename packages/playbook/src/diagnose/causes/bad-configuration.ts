import { anyOf, type Evidence } from "@faultline/model";
import { type CauseRule, type Findings, fromRelease, hear, readRefusal } from "../findings.ts";
import { isClosedOnPurpose } from "../signs/closed-on-purpose.ts";
import { hearMissingPlace } from "../signs/missing-places.ts";
import { fromSetting, fromSwitch } from "../signs/switched-settings.ts";

const WORDS = new RegExp(
  anyOf(
    `(?:missing|undefined|no|empty|invalid|required|unset|not set|not (?:configured|found|provided)|expired).{0,40}${anyOf(
      /secret/,
      /credential/,
      /api[ _-]?key/,
      /environment variable/,
      /env(?:ironment)? var/,
      /configuration/,
      /config(?:uration)? (?:key|value|property)/,
      /private key/,
      /client[_ ]?id/,
      /access token/,
      /signing key/,
    )}`,
    `${anyOf(
      /secret|credential|private key|signing key|api[ _-]?key/,
      /environment variable|configuration|config/,
    )}.{0,30}(?:is |was |are |must be )?${anyOf(
      /missing|not set|undefined|unset|required|empty|invalid/,
      /not configured|not provided|not defined/,
    )}`,
    `${anyOf(
      /secret|credential|password|api[ _-]?key|signing key/,
      /(?:access|refresh|auth|bearer|api|security|id)[ _-]?token/,
    )}(?: key)?s?\\b.{0,40}\\b${anyOf(/expired|revoked|rotated|not valid|is invalid|incorrect/, /has been disabled|do(?:es)? not match/)}`,
    /AADSTS7000\d+/,
    /invalid_grant/,
    /unauthorized_client/,
    /InvalidAccessKeyId/,
    /SignatureDoesNotMatch/,
    /ExpiredToken/,
    /InvalidClientTokenId/,
    /UnrecognizedClientException/,
    /Login failed for user/,
    /ORA-(?:01017|2800[01])/,
    /configuration issue/,
    /ConnectionString property/,
    /No application encryption key/,
    /MissingAppKey/,
    /PlaceholderResolution/,
    /could not be found in the environment/,
    /environment variable not found/,
    /must be provided/,
    /secretOrPrivateKey/,
    /\bSASL\b.*password/,
    /Access denied for user/,
    /NOAUTH/,
    /WRONGPASS/,
    /ACCESS_REFUSED/,
    /Login was refused/,
    /SaslAuthentication/,
    /(?<!message )authentication failed/,
    /AuthenticationFail(?:ed|ure)/,
    /nats: Authorization Violation/,
    /AUTHORIZATION_VIOLATION/,
    /invalid username-password/,
    /RequestTimeTooSkewed/,
    /Signature (?:has )?expired: .{0,80}is now/,
    /NonExistentQueue/,
    /no stream matches/,
    /UnknownTopicOrPartition/,
    /UNKNOWN_TOPIC/,
    /(?:JWT|token) is not yet valid/,
    /no pg_hba\.conf entry/,
    /cluster_not_found/,
    /Unable to locate credentials/,
    /must specify a region\.?\s*$|NoRegionError|Missing region in config|Unable to load region/,
    /missing ENV key/,
    /EnvironmentVariableNotFound/,
    /unsupported protocol scheme ""/,
    /Unauthorized endpoint, please check Setup/,
    /(?:RpcError|NOT_FOUND): Namespace \S{1,200} is not found/,
    /serviceerror\.NamespaceNotFound/,
    /invalid_client/,
    /Could not resolve placeholder/,
    /BeanCreationException/,
    /ImproperlyConfigured/,
    /ConfigurationError/,
    /\b28P01\b/,
    /\b3D000\b/,
  ),
  "i",
);

/** Messages about a missing environment variable, whose name is in capitals. */
const ABSENT = "(?:missing|not set|undefined|unset|required|empty|invalid|not configured|not provided|not defined)";
const VARIABLE = new RegExp(String.raw`\b(?!ERR_|UND_|CERT_|HPE_|ABORT_)[A-Z][A-Z0-9]+_[A-Z0-9_]+[^()]{0,30}${ABSENT}`);

/** A settings file, a key or a certificate, but not one that a user uploaded. */
const SETTINGS_FILE = anyOf(
  /\/(?:etc|run|conf|config|configs|configmap|secrets?|certs?|certificates|keys)\/[^\s'":]{1,160}/,
  /(?<![^\s'":])(?![^\s'":]*\b(?:uploads?|data|tmp|temp|media|imports?|exports?|tenants?|users?|customers?)\/)[^\s'":]{1,160}\.(?:pem|key|crt|cer|p12|pfx|jks|env|ya?ml|toml|ini|conf|properties)/,
);
const NO_FILE = anyOf(
  /no such file or directory/,
  /cannot find the (?:file|path)/,
  /could not find (?:file|a part of the path)/,
  /NoSuchFile(?:Exception|Error)/,
);
/** Each language's message that such a file, which a mount or an image should have provided, is missing. */
const FILE = new RegExp(`${NO_FILE}[^/\\n]{0,40}${SETTINGS_FILE}|${SETTINGS_FILE}['":)( ]{0,4}[^/\\n]{0,20}${NO_FILE}`, "i");

/** Messages of brokers, clouds and databases that the caller lacks permission. */
const FORBIDDEN = new RegExp(
  anyOf(
    /not authori[sz]ed to\b/,
    /AuthorizationException/,
    /access ?denied/,
    /permission denied/,
    /insufficient (?:privileges|permissions|scope)/,
    /unauthenticated/,
  ),
  "i",
);

/**
 * Messages about data encrypted or signed with a different key, or none. They appear after a rotation, and also if somebody tampered with
 * the data.
 */
const NOT_OPENED = new RegExp(
  anyOf(
    /\bMAC is invalid/,
    /\bDecrypt(?:ion)?(?:Exception|Error)\b/,
    /Errors::Decryption\b/,
    /\bbad decrypt\b/,
    /fernet\.InvalidToken/,
    /InvalidCiphertext/,
    /AEADBadTag/,
    /was not found in the key ring/,
    /unable to (?:decrypt|unseal)/,
    /could not (?:be )?decrypt/,
    /Message(?:Encryptor|Verifier)::Invalid(?:Message|Signature)/,
    /message authentication failed/,
  ),
  "i",
);

/** A queue that is declared differently than before: because of a setting, unless a release makes the failures. */
const OTHERWISE = /inequivalent arg '/;

/** A setting is missing or wrong: a secret, an address, a key. */
export const badConfiguration: CauseRule = {
  sign: "an error about a missing or wrong setting or credential",
  weigh: (findings) => {
    const { origin } = findings;
    const refusedCode = readRefusal(findings);
    const switched = fromSwitch(findings);
    const shown = switched.length > 0 ? switched : fromSetting(findings);
    const said = hearSetting(findings, shown.length > 0);
    if (said.length > 0) return { evidence: [...said, ...fromRelease(findings), ...shown] };
    if (refusedCode !== "401" && refusedCode !== "403") {
      const words = origin?.judgement.originKind === "refused-request" ? FORBIDDEN : undefined;
      const statement = `what ${origin?.step.service ?? "the caller"} asked was refused for want of a right`;
      const forbidden = words === undefined ? [] : hear(findings, words, { statement, weight: 3.5 });
      return {
        evidence: [...forbidden, ...shown],
        isAmbiguous: (forbidden.length === 0 && switched.length === 0) || isClosedOnPurpose(findings),
      };
    }
    return {
      evidence: [
        {
          statement: `the call was refused for want of credentials that ${origin?.step.service ?? "the caller"} did not send or that are wrong`,
          measured: `status ${refusedCode}`,
          source: "span",
          weight: 2.5,
        },
        ...fromRelease(findings),
        ...shown,
      ],
    };
  },
};

/**
 * Evidence from what the error names, the most specific first. Messages that only a changed setting explains count if there was a change.
 */
function hearSetting(findings: Findings, wasChanged: boolean): readonly Evidence[] {
  const named = { statement: "the error names a missing or wrong setting", weight: 5, isOfCode: true };
  for (const words of [WORDS, VARIABLE, FILE]) {
    const said = hear(findings, words, named);
    if (said.length > 0) return said;
  }
  const otherwise = fromRelease(findings).length > 0 ? [] : hear(findings, OTHERWISE, named);
  if (otherwise.length > 0) return otherwise;
  const place = hearMissingPlace(findings, named);
  return place.length > 0 || !wasChanged ? place : hear(findings, NOT_OPENED, named);
}
