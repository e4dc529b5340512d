import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { describeOnset } from "../describe-onset.ts";
import { type CauseRule, type Findings, fromRelease, hear } from "../findings.ts";

const WORDS =
  /(?:missing|undefined|no|empty|invalid|required|unset|not set|not (?:configured|found|provided)|expired).{0,40}(?:secret|credential|api[ _-]?key|environment variable|env(?:ironment)? var|configuration|config(?:uration)? (?:key|value|property)|private key|client[_ ]?id|access token|signing key)|(?:secret|credential|api[ _-]?key|environment variable|configuration|config|private key|signing key|\b(?!ERR_|UND_|CERT_|HPE_|ABORT_)[A-Z][A-Z0-9]+_[A-Z0-9_]+).{0,30}(?:is |was |are |must be )?(?:missing|not set|undefined|unset|required|empty|invalid|not configured|not provided|not defined)|(?:secret|credential|password|api[ _-]?key|signing key|(?:access|refresh|auth|bearer|api|security|id)[ _-]?token)(?: key)?s?\b.{0,40}\b(?:expired|revoked|rotated|not valid|is invalid|incorrect|has been disabled|do(?:es)? not match)|AADSTS7000\d+|invalid_grant|unauthorized_client|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidClientTokenId|UnrecognizedClientException|Login failed for user|ORA-01017|configuration issue|ConnectionString property|No application encryption key|MissingAppKey|PlaceholderResolution|could not be found in the environment|environment variable not found|must be provided|secretOrPrivateKey|password authentication failed|\bSASL\b.*password|Access denied for user|NOAUTH|WRONGPASS|invalid_client|Could not resolve placeholder|BeanCreationException|ImproperlyConfigured|ConfigurationError|\b28P01\b|\b3D000\b/i;

/** A setting is missing or wrong: a secret, an address, a key. */
export const badConfiguration: CauseRule = {
  sign: "an error about a missing or wrong setting or credential",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "the error names a missing or wrong setting", weight: 5 });
    const { origin } = findings;
    const refusedCode = origin?.judgement.originKind === "refused-request" ? origin.judgement.steps.at(-1)?.status : undefined;
    const switched = fromSetting(findings);
    if (said.length > 0) return { evidence: [...said, ...fromRelease(findings), ...switched] };
    if (refusedCode !== "401" && refusedCode !== "403") return { evidence: switched, isAmbiguous: true };
    return {
      evidence: [
        {
          statement: `the call was refused for want of credentials that ${origin?.step.service ?? "the caller"} did not send or that are wrong`,
          measured: `status ${refusedCode}`,
          source: "span",
          weight: 2.5,
        },
        ...fromRelease(findings),
        ...switched,
      ],
    };
  },
};

/** A flag or a setting of a service on the path that was changed shortly before the failures began. */
function fromSetting({ changes, origin }: Findings): readonly Evidence[] {
  const services = new Set(origin?.judgement.steps.map(({ service }) => service));
  const near = changes.find(({ change }) => (change.kind === "flag" || change.kind === "config") && services.has(change.service));
  if (near === undefined) return [];
  const { change, beforeOnsetMs, onset } = near;
  const what = change.kind === "flag" ? "a flag" : "a setting";
  const detail = change.description === undefined ? "" : `${change.description}; `;
  return [
    {
      statement: `${what} of ${change.service} was changed before the failures began`,
      measured: `${detail}${formatMs(beforeOnsetMs)} before ${onset === undefined ? "the first failure" : describeOnset(onset)}`,
      source: "deploy",
      weight: 2.5,
    },
  ];
}
