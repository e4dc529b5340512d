import type { Exchange, NotedCause } from "@faultline/model";
import { findAlbReason } from "./alb-reasons.ts";
import type { CodeKnowledge } from "./entry.ts";
import { findEnvoyFlag, pickEnvoyFlag } from "./envoy-flags.ts";
import { findErrorMessage } from "./error-messages.ts";
import { findGoogleDetail } from "./google-details.ts";
import { findHaproxyTermination } from "./haproxy-termination.ts";
import { findHerokuCode } from "./heroku-codes.ts";

/** How far a table's row is trusted, by how well its source is known. One of several causes is a lead and no verdict. */
const TRUST = { H: 0.85, M: 0.75, K: 0.6, L: 0.4 } as const;

/** The confidence in a row's cause, 0 to 1. */
export function trustCause({ confidence, causeConfidence }: CodeKnowledge): number {
  return TRUST[causeConfidence ?? confidence];
}

/** What an observer noted about a failed request. `flag` is its code or, for an AWS load balancer, the reason why it answered itself. */
export type NotedCode = { readonly software: string; readonly flag: string; readonly status: number; readonly namesUpstream: boolean };

/** What the observer's documentation says about a code that it noted. */
export function findNotedCode({ software, flag, status, namesUpstream }: NotedCode): CodeKnowledge | undefined {
  if (software === "haproxy") return findHaproxyTermination(flag, namesUpstream);
  if (software === "envoy") return findEnvoyFlag(pickEnvoyFlag(flag) ?? "");
  if (software === "heroku-router") return findHerokuCode(flag);
  if (isAwsBalancer(software)) return findAlbReason(flag) ?? findAlbReason(String(status));
  return findGoogleDetail(flag);
}

/** True for AWS load balancers, which note a reason and no flag. */
export function isAwsBalancer(software: string): boolean {
  return software === "alb" || software === "elb";
}

/** The cause that the line of one failed request names: by its message, which says more than a code beside it, otherwise by its code. */
export function noteCause({ observer, status, flags, errorMessage, madeBy, upstream = [] }: Exchange): NotedCause | undefined {
  if (status === undefined || status < 500 || madeBy?.hop === "behind") return undefined;
  const software = observer.software ?? observer.name;
  const said = [errorMessage, madeBy?.because].flatMap((text) => (text === undefined ? [] : (findErrorMessage(text) ?? [])))[0];
  const flag = isAwsBalancer(software) ? (errorMessage ?? (madeBy?.hop === "observer" ? String(status) : undefined)) : flags;
  const row =
    said?.cause === undefined && flag !== undefined ? findNotedCode({ software, flag, status, namesUpstream: upstream.length > 0 }) : said;
  if (row?.cause === undefined) return undefined;
  const code = row === said ? (errorMessage ?? row.meaning) : (flag ?? "");
  return { cause: row.cause, code, meaning: row.meaning, confidence: trustCause(row) };
}
