/**
 * Changes that nobody declared: the first sight of a version, or of new instances, of a service that was already known. The first
 * sight of a service itself is no change, because there is no "before" to compare with.
 */
import type { Change, Resource } from "@faultline/model";

/** Instances that appear within this time of each other are one change: pods of one rollout come one after another. */
const ONE_ROLLOUT_MS = 60_000;
const MAX_VERSIONS = 200;
const MAX_INSTANCES = 1_000;
/** Functions that run once have an instance each; a longer list would tell nobody more. */
const MAX_LISTED_INSTANCES = 200;
/** Beyond this many services, nothing is inferred about further ones. */
const MAX_SERVICES = 5_000;
/** How many new versions of one service count as deploys at once, and how often one more does: a sender that writes a new version for every request is not deploying. */
const DEPLOYS_AT_ONCE = 20;
const ONE_DEPLOY_MORE_MS = 180_000;

/** What is known of one service. Both maps are ordered by first sight and bounded. */
type KnownService = {
  readonly versions: Set<string>;
  readonly instances: Set<string>;
  lastVersion?: string;
  lastChange?: Change;
  /** When the deploys inferred so far would have happened, had each waited for its turn. */
  deploysUntilMs?: number;
};

/** Known services by name. */
export type KnownServices = Map<string, KnownService>;

function remember(set: Set<string>, value: string | undefined, limit: number): boolean {
  if (value === undefined || set.has(value)) return false;
  if (set.size >= limit) set.delete(set.values().next().value ?? "");
  set.add(value);
  return true;
}

/**
 * Takes note of a process that sent telemetry at `timeMs`. Answers with a change when there is one; a change of the same service and
 * time as an earlier answer replaces it (its list of instances has grown).
 */
export function inferChange(known: KnownServices, resource: Resource, timeMs: number): Change | undefined {
  const service = known.get(resource.service);
  if (service === undefined) {
    if (known.size >= MAX_SERVICES) return undefined;
    const first: KnownService = { versions: new Set(), instances: new Set() };
    remember(first.versions, resource.version, MAX_VERSIONS);
    remember(first.instances, resource.instance, MAX_INSTANCES);
    if (resource.version !== undefined) first.lastVersion = resource.version;
    known.set(resource.service, first);
    return undefined;
  }
  const previousVersion = service.lastVersion;
  const isNewVersion = remember(service.versions, resource.version, MAX_VERSIONS);
  const isNewInstance = remember(service.instances, resource.instance, MAX_INSTANCES);
  if (isNewVersion && resource.version !== undefined) service.lastVersion = resource.version;
  if (!isNewVersion && !isNewInstance) return undefined;
  if (isNewVersion && !mayDeploy(service, timeMs)) return undefined;
  const change = isNewVersion ? toDeploy(resource, timeMs, previousVersion) : toRestart(service, resource, timeMs);
  if (change !== undefined) service.lastChange = change;
  return change;
}

function mayDeploy(service: KnownService, timeMs: number): boolean {
  const untilMs = Math.max(service.deploysUntilMs ?? 0, timeMs) + ONE_DEPLOY_MORE_MS;
  if (untilMs - timeMs > DEPLOYS_AT_ONCE * ONE_DEPLOY_MORE_MS) return false;
  service.deploysUntilMs = untilMs;
  return true;
}

function toDeploy(resource: Resource, timeMs: number, previousVersion: string | undefined): Change {
  return {
    kind: "deploy",
    service: resource.service,
    timeMs,
    ...(resource.version === undefined ? {} : { version: resource.version }),
    ...(previousVersion === undefined ? {} : { previousVersion }),
    ...(resource.instance === undefined ? {} : { instances: [resource.instance] }),
    ...(resource.region === undefined ? {} : { region: resource.region }),
    source: "inferred",
    description: `first telemetry of ${resource.service} ${resource.version ?? ""}`.trim(),
  };
}

/** New instances right after a change belong to it; otherwise they are a restart (or a deploy whose version nobody sets). */
function toRestart(service: KnownService, resource: Resource, timeMs: number): Change | undefined {
  const last = service.lastChange;
  const instance = resource.instance ?? "";
  if (last !== undefined && timeMs - last.timeMs < ONE_ROLLOUT_MS && last.version === resource.version) {
    const listed = last.instances ?? [];
    return listed.length >= MAX_LISTED_INSTANCES ? undefined : { ...last, instances: [...listed, instance] };
  }
  return {
    kind: "restart",
    service: resource.service,
    timeMs,
    ...(resource.version === undefined ? {} : { version: resource.version }),
    instances: [instance],
    ...(resource.region === undefined ? {} : { region: resource.region }),
    source: "inferred",
    description: `new instances of ${resource.service}`,
  };
}
