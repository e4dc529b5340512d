import type { Scenario } from "../generator/stage.ts";
import { badConfiguration } from "./bad-configuration.ts";
import { badDeploy } from "./bad-deploy.ts";
import { bodyTooLarge } from "./body-too-large.ts";
import { circuitOpen } from "./circuit-open.ts";
import { connectionRefused } from "./connection-refused.ts";
import { databaseFailure } from "./database-failure.ts";
import { dependencyError } from "./dependency-error.ts";
import { dependencyTimeout } from "./dependency-timeout.ts";
import { dnsFailure } from "./dns-failure.ts";
import { faultInjected } from "./fault-injected.ts";
import { gatewayIdentity } from "./gateway-identity.ts";
import { gatewayMismatch } from "./gateway-mismatch.ts";
import { gatewayTimeout } from "./gateway-timeout.ts";
import { invalidInputUnguarded } from "./invalid-input-unguarded.ts";
import { keepaliveRace } from "./keepalive-race.ts";
import { maskedByMiddleware } from "./masked-by-middleware.ts";
import { memoryLeak } from "./memory-leak.ts";
import { negatives } from "./negatives.ts";
import { noHealthyUpstream } from "./no-healthy-upstream.ts";
import { parseFailure } from "./parse-failure.ts";
import { poolExhausted } from "./pool-exhausted.ts";
import { rateLimitedAs5xx } from "./rate-limited-as-5xx.ts";
import { resourceExhausted } from "./resource-exhausted.ts";
import { retryStorm } from "./retry-storm.ts";
import { thirdPartyFailure } from "./third-party-failure.ts";
import { tlsFailure } from "./tls-failure.ts";
import { unhandledException } from "./unhandled-exception.ts";

/** Every scenario by the name of its folder: a cause, or the negatives. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "bad-configuration": badConfiguration,
  "bad-deploy": badDeploy,
  "body-too-large": bodyTooLarge,
  "circuit-open": circuitOpen,
  "connection-refused": connectionRefused,
  "database-failure": databaseFailure,
  "dependency-error": dependencyError,
  "dependency-timeout": dependencyTimeout,
  "dns-failure": dnsFailure,
  "fault-injected": faultInjected,
  "gateway-identity": gatewayIdentity,
  "gateway-mismatch": gatewayMismatch,
  "gateway-timeout": gatewayTimeout,
  "invalid-input-unguarded": invalidInputUnguarded,
  "keepalive-race": keepaliveRace,
  "masked-by-middleware": maskedByMiddleware,
  "memory-leak": memoryLeak,
  negatives,
  "no-healthy-upstream": noHealthyUpstream,
  "parse-failure": parseFailure,
  "pool-exhausted": poolExhausted,
  "rate-limited-as-5xx": rateLimitedAs5xx,
  "resource-exhausted": resourceExhausted,
  "retry-storm": retryStorm,
  "third-party-failure": thirdPartyFailure,
  "tls-failure": tlsFailure,
  "unhandled-exception": unhandledException,
};
