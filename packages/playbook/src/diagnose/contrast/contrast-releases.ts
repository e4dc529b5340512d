import type { Change, Resource, Span } from "@faultline/model";
import type { Judgement } from "../../isolate/judgement.ts";
import { findServingHop, type Occurrence } from "../../isolate/occurrence.ts";
import { type Difference, contrast } from "./contrast.ts";

/** Evidence that one version, or only instances that came later than others, of one service on the path makes requests fail. */
export type ReleaseContrast = {
  readonly service: string;
  readonly kind: "version" | "instances";
  readonly difference: Difference;
  /** True for the service in which the failure was created, or for its caller if it sends no telemetry. */
  readonly isOrigin: boolean;
  /** True if it certainly was not there when the observations began. */
  readonly isLate: boolean;
};

/** The input of the comparison. */
type ReleaseInput = {
  readonly judgement: Judgement;
  readonly failing: readonly Occurrence[];
  readonly succeeding: readonly Occurrence[];
  readonly spans: readonly Span[];
  readonly changes: readonly Change[];
};

type Seen = { readonly version: string | undefined; readonly instance: string | undefined };

/**
 * Compares the versions and instances of every service on the path, the origin first, and of the services that the origin asked. This is a
 * separate comparison, because among all attributes, and at the entry alone, a bad release of a service further down would be overlooked.
 */
export function contrastReleases(input: ReleaseInput): readonly ReleaseContrast[] {
  const { steps, origin } = input.judgement;
  const originService = origin.hop?.service ?? origin.call?.from.span.resource.service ?? origin.service;
  const onPath = steps.flatMap(({ hop }) => (hop === undefined || hop.isInferred === true ? [] : [hop.service]));
  // An answer may be good by its status and still useless to the caller.
  const asked = (origin.hop?.calls ?? []).flatMap(({ callee }) =>
    callee === undefined || callee.isInferred === true ? [] : [callee.service],
  );
  const services = [...new Set([originService, ...onPath])];
  const beside = [...new Set(asked)].filter((service) => !services.includes(service));
  const onWay = services.flatMap((service) =>
    contrastService(service, input).map((each) => ({ ...each, isOrigin: service === originService })),
  );
  return [...onWay, ...beside.flatMap((service) => contrastAsked(service, input))];
}

/**
 * For a callee that answered well, only a version with which next to no request succeeded is evidence. Others were deployed, or grew, by
 * coincidence.
 */
const LEAST_FAILING_SHARE = 0.8;

function contrastAsked(service: string, input: ReleaseInput): readonly ReleaseContrast[] {
  const { bad, good } = seeAll(service, input);
  return contrastVersions(service, input, { bad, good })
    .filter(({ difference: { failingWith, succeedingWith } }) => failingWith >= LEAST_FAILING_SHARE * (failingWith + succeedingWith))
    .map((each) => ({ ...each, isOrigin: false }));
}

type SeenBoth = { readonly bad: readonly Seen[]; readonly good: readonly Seen[] };

function seeAll(service: string, { failing, succeeding }: ReleaseInput): SeenBoth {
  const see = (each: Occurrence) => seeService(each, service);
  return { bad: failing.flatMap(see), good: succeeding.flatMap(see) };
}

function contrastVersions(
  service: string,
  { spans, changes }: ReleaseInput,
  { bad, good }: SeenBoth,
): readonly Omit<ReleaseContrast, "isOrigin">[] {
  if (new Set([...bad, ...good].map(({ version }) => version)).size <= 1) return [];
  const versions = compare("version", bad.flatMap(versionOf), good.flatMap(versionOf));
  return versions.map((difference) => {
    const deployed = listDeploys(service, changes).some(({ version }) => version === difference.value);
    const isLate = deployed || listLate(spans, service, "version").has(String(difference.value));
    return { service, kind: "version", difference, isLate };
  });
}

function listDeploys(service: string, changes: readonly Change[]): readonly Change[] {
  return changes.filter((change) => change.service === service && change.kind === "deploy");
}

function contrastService(service: string, input: ReleaseInput): readonly Omit<ReleaseContrast, "isOrigin">[] {
  const { bad, good } = seeAll(service, input);
  const found = contrastVersions(service, input, { bad, good });
  const isSpread = new Set([...bad, ...good].map(({ instance }) => instance)).size > 1;
  if (found.length > 0 || !isSpread) return found;
  const own = listDeploys(service, input.changes);
  const late = new Set([...listLate(input.spans, service, "instance"), ...own.flatMap(({ instances }) => instances ?? [])]);
  const age = ({ instance }: Seen) => (instance === undefined ? [] : [late.has(instance) ? "new" : "old"]);
  const instances = compare("instance", bad.flatMap(age), good.flatMap(age)).filter(({ value }) => value === "new");
  return instances.map((difference) => ({ service, kind: "instances", difference, isLate: true }));
}

function versionOf({ version }: Seen): readonly string[] {
  return version === undefined ? [] : [version];
}

function compare(attribute: string, failing: readonly string[], succeeding: readonly string[]): readonly Difference[] {
  const toSample = (value: string) => ({ [attribute]: value });
  return contrast({ failing: failing.map(toSample), succeeding: succeeding.map(toSample) })
    .filter(({ kind }) => kind === "value")
    .slice(0, 1);
}

function seeService(occurrence: Occurrence, service: string): readonly Seen[] {
  return listResources(occurrence, service).map(({ version, instance }) => ({ version, instance }));
}

/** The processes of a service that served a request; none if the request never got there. */
export function listResources(occurrence: Occurrence, service: string): readonly Resource[] {
  const hop = findServingHop(occurrence, service);
  return hop === undefined ? [] : [hop.entry.span.resource];
}

/** Fewer requests than this before a first sight prove nothing. */
const LEAST_BEFORE = 5;
/** A version or instance is late if its absence before its first sight would otherwise be a coincidence with less than this probability. */
const COINCIDENCE = 0.001;

/**
 * Versions or instances that were absent from a service's first requests although, by their share since then, they should have taken part.
 */
function listLate(spans: readonly Span[], service: string, by: "version" | "instance"): ReadonlySet<string> {
  const requests = new Map<string, { readonly startMs: number; readonly key: string }>();
  for (const { resource, traceId, startMs } of spans) {
    const key = resource[by];
    if (resource.service !== service || key === undefined) continue;
    const id = `${traceId} ${key}`;
    if (startMs < (requests.get(id)?.startMs ?? Infinity)) requests.set(id, { startMs, key });
  }
  const ordered = [...requests.values()].sort((a, b) => a.startMs - b.startMs);
  const seen = new Map<string, { readonly first: number; count: number }>();
  ordered.forEach(({ key }, index) => {
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { first: index, count: 1 });
    else known.count += 1;
  });
  const isLate = ({ first, count }: { first: number; count: number }) =>
    first >= LEAST_BEFORE && (1 - count / (ordered.length - first + 1)) ** first < COINCIDENCE;
  return new Set([...seen].filter(([, each]) => isLate(each)).map(([key]) => key));
}
