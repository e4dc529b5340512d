import type { CauseId } from "@faultline/model";
import { badConfiguration } from "./causes/bad-configuration.ts";
import { badDeploy } from "./causes/bad-deploy.ts";
import { bodyTooLarge } from "./causes/body-too-large.ts";
import { circuitOpen } from "./causes/circuit-open.ts";
import { connectionRefused } from "./causes/connection-refused.ts";
import { databaseFailure } from "./causes/database-failure.ts";
import { dependencyError } from "./causes/dependency-error.ts";
import { dependencyTimeout } from "./causes/dependency-timeout.ts";
import { dnsFailure } from "./causes/dns-failure.ts";
import { faultInjected } from "./causes/fault-injected.ts";
import { gatewayIdentity } from "./causes/gateway-identity.ts";
import { gatewayMismatch } from "./causes/gateway-mismatch.ts";
import { gatewayTimeout } from "./causes/gateway-timeout.ts";
import { invalidInputUnguarded } from "./causes/invalid-input-unguarded.ts";
import { keepaliveRace } from "./causes/keepalive-race.ts";
import { maskedByMiddleware } from "./causes/masked-by-middleware.ts";
import { memoryLeak } from "./causes/memory-leak.ts";
import { noHealthyUpstream } from "./causes/no-healthy-upstream.ts";
import { parseFailure } from "./causes/parse-failure.ts";
import { poolExhausted } from "./causes/pool-exhausted.ts";
import { rateLimitedAs5xx } from "./causes/rate-limited-as-5xx.ts";
import { resourceExhausted } from "./causes/resource-exhausted.ts";
import { retryStorm } from "./causes/retry-storm.ts";
import { thirdPartyFailure } from "./causes/third-party-failure.ts";
import { tlsFailure } from "./causes/tls-failure.ts";
import { unhandledException } from "./causes/unhandled-exception.ts";
import type { CauseRule } from "./findings.ts";

/** All causes with the rules that weigh them; the only such list. A new cause is a file under `causes/` and a line here. */
export const CAUSE_RULES: Readonly<Record<CauseId, CauseRule>> = {
  "unhandled-exception": unhandledException,
  "invalid-input-unguarded": invalidInputUnguarded,
  "dependency-timeout": dependencyTimeout,
  "dependency-error": dependencyError,
  "third-party-failure": thirdPartyFailure,
  "database-failure": databaseFailure,
  "pool-exhausted": poolExhausted,
  "resource-exhausted": resourceExhausted,
  "memory-leak": memoryLeak,
  "bad-deploy": badDeploy,
  "bad-configuration": badConfiguration,
  "body-too-large": bodyTooLarge,
  "parse-failure": parseFailure,
  "gateway-mismatch": gatewayMismatch,
  "gateway-timeout": gatewayTimeout,
  "gateway-identity": gatewayIdentity,
  "no-healthy-upstream": noHealthyUpstream,
  "connection-refused": connectionRefused,
  "keepalive-race": keepaliveRace,
  "tls-failure": tlsFailure,
  "dns-failure": dnsFailure,
  "circuit-open": circuitOpen,
  "rate-limited-as-5xx": rateLimitedAs5xx,
  "masked-by-middleware": maskedByMiddleware,
  "retry-storm": retryStorm,
  "fault-injected": faultInjected,
};
