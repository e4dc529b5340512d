import { type Diagnosis, DIAGNOSED_CONFIDENCE, type Fate, type MissingEvidence, type RankedCause } from "@faultline/model";
import { checkLines } from "@faultline/playbook/checks";
import { isAlike } from "./is-alike.ts";
import { AFTER_RESTART, rankCauses } from "./causes.ts";
import type { GroupBy } from "./groupings.ts";
import type { Hearing } from "./hear-applications.ts";
import { toInterval } from "./interval.ts";
import { createJoiner } from "./join.ts";
import { judgeByMessages } from "./given-up.ts";
import { judgeByApplications } from "./heard-maker.ts";
import { findGroupPatterns, findLogPatterns, STEPS } from "./patterns.ts";
import type { GroupRow, HiddenErrors, Pattern, Report, RouteErrors } from "./report.ts";
import type { FailureTally, RouteTally } from "../tally/route-tally.ts";
import { RouteTrie } from "../routes/route-trie.ts";
import type { KeptExchange, Tally } from "../tally/tally.ts";

/** What the user asked the report to show. */
export type ReportOptions = {
  readonly files: readonly string[];
  /** Only routes with this template, or with this text in it. */
  readonly route?: string | undefined;
  readonly top: number;
  readonly groupBy?: GroupBy | undefined;
  /** Diagnoses failures with what applications logged about them; absent if they logged nothing. */
  readonly hear?: Hearing | undefined;
};

type Learned = { readonly method: string; readonly template: string; readonly leaf: RouteTally };

/** Turns the counts into a report. */
export function buildReport(tally: Tally, options: ReportOptions): Report {
  const learned = learnRoutes(tally).filter(({ method, template }) => isWanted(`${method} ${template}`, options.route));
  const joiner = createJoiner(tally);
  const groups = learned.flatMap((each) => [...each.leaf.failures].map(([status, failures]) => ({ ...each, status, failures })));
  groups.sort((a, b) => b.failures.count - a.failures.count || compareTexts(a.template, b.template));
  const window = tally.firstMs === undefined || tally.lastMs === undefined ? undefined : { fromMs: tally.firstMs, toMs: tally.lastMs + 1 };
  const logPatterns = findLogPatterns(tally, sumRoutes(groups));
  const detailed = groups.slice(0, options.top).map((group) =>
    toRouteErrors(group, {
      tally,
      window,
      joined: joiner(group.method, createMatcher(group.template), group.status),
      hear: options.hear,
    }),
  );
  const errorCount = groups.reduce((sum, { failures }) => sum + failures.count, 0);
  const requests = learned.reduce((sum, { leaf }) => sum + leaf.lines, 0);
  const hidden = learned.flatMap(toHidden).sort((a, b) => b.count - a.count);
  const patterns = [
    ...detailed.flatMap(({ patterns: own }) => own),
    ...logPatterns,
    ...describeHidden(hidden),
    ...describeBehindGoodStatus(tally),
  ];
  return {
    files: options.files,
    narrowedBy: Object.entries({ "--route": options.route, "--from": tally.limits.fromMs, "--to": tally.limits.toMs })
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name),
    ...(window === undefined ? {} : { window }),
    lines: tally.lines,
    requests,
    messages: tally.messageCount,
    unparsed: { count: tally.unparsed, examples: tally.unparsedLines },
    formats: tally.formats.list().map(([format, lines]) => ({ format, lines })),
    errors: { count: errorCount, share: toInterval(errorCount, requests) },
    traffic: window === undefined ? [] : tally.traffic.resample(window.fromMs, window.toMs, STEPS),
    errorsOverTime: window === undefined ? [] : tally.errors.resample(window.fromMs, window.toMs, STEPS),
    routes: detailed.map(({ route }) => route),
    moreRoutes: Math.max(0, groups.length - options.top),
    ...(options.groupBy === undefined ? {} : { groups: { by: options.groupBy, rows: groupRows(groups, options.groupBy) } }),
    hidden: hidden.slice(0, options.top),
    patterns: dedupe(patterns),
    diagnosis: toDiagnosis({
      worst: detailed[0]?.route,
      alike: findAlike(
        detailed.map(({ route }) => route),
        errorCount,
      ),
      requests,
      errorCount,
      window,
      logPatterns,
      tally,
    }),
  };
}

/** Compares by code units. A comparison by locale would load tables at the start, and differ from machine to machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function learnRoutes(tally: Tally): Learned[] {
  const learned = RouteTrie.learnTogether([...tally.routes.values()]);
  return [...tally.routes.keys()].flatMap((method, index) =>
    (learned[index] ?? []).map(({ template, leaf }) => ({ method, template, leaf })),
  );
}

function isWanted(name: string, route: string | undefined): boolean {
  return route === undefined || name === route || name.endsWith(` ${route}`) || name.includes(route);
}

/** A test for the paths that a template stands for. */
function createMatcher(template: string): (path: string) => boolean {
  const pattern = template
    .split("{id}")
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^/]+");
  const compiled = new RegExp(`^${pattern}$`);
  return (path) => path === template || compiled.test(path);
}

type Group = Learned & { readonly status: number; readonly failures: FailureTally };

function sumRoutes(groups: readonly Group[]) {
  const byRoute = new Map<string, { name: string; count: number; requests: number }>();
  for (const { method, template, leaf, failures } of groups) {
    const name = `${method} ${template}`;
    const known = byRoute.get(name);
    if (known === undefined) byRoute.set(name, { name, count: failures.count, requests: leaf.lines });
    else known.count += failures.count;
  }
  return [...byRoute.values()].sort((a, b) => b.count - a.count);
}

type Surroundings = {
  readonly tally: Tally;
  readonly window: Report["window"];
  readonly joined: RouteErrors["joined"];
  readonly hear: Hearing | undefined;
};

function toRouteErrors(
  group: Group,
  { tally, window, joined, hear }: Surroundings,
): { readonly route: RouteErrors; readonly patterns: readonly Pattern[] } {
  const { method, template, leaf, status, failures } = group;
  const memory = tally.memory.isEmpty ? undefined : tally.memory.explain(findMembers(tally.kept, group).map(({ exchange }) => exchange));
  const heard = hear?.(findMembers([...tally.kept, ...tally.behind], group));
  const madeBy = judgeByApplications(judgeByMessages(judge(failures, status), status, joined), heard);
  const shapes = findGroupPatterns({ route: leaf, failures, status, tally, joined, madeBy });
  // The evidence of the causes already quotes what the applications logged.
  const untold = heard === undefined ? shapes : shapes.filter(({ pattern }) => pattern !== "logged-reason");
  const patterns = memory === undefined ? untold : [memory, ...untold];
  const { causes, next } = rankCauses(failures, { status, patterns, requests: leaf.lines, heard });
  const failingMedianMs = failures.durations.quantile(0.5);
  const okMedianMs = leaf.findLatency(0.5);
  const route: RouteErrors = {
    method,
    route: template,
    status,
    count: failures.count,
    requests: leaf.lines,
    share: toInterval(failures.count, leaf.lines),
    ...(failures.firstMs === undefined ? {} : { firstMs: failures.firstMs }),
    ...(failures.lastMs === undefined ? {} : { lastMs: failures.lastMs }),
    overTime: window === undefined ? [] : failures.series.resample(window.fromMs, window.toMs, STEPS),
    ...(failingMedianMs === undefined ? {} : { failingMedianMs }),
    ...(okMedianMs === undefined ? {} : { okMedianMs }),
    madeBy,
    causes,
    next: [...next.slice(0, 1), ...(heard === undefined ? findCommand(causes, failures, { madeBy, joined }) : []), ...next.slice(1)],
    joined,
    requestIds: failures.requestIds,
    lines: failures.lines,
  };
  return { route, patterns };
}

/** The command to run if the first cause is certain enough to be named, and the lines tell all that the command needs. */
function findCommand(
  [first]: readonly RankedCause[],
  { upstreams }: FailureTally,
  { madeBy, joined }: Pick<RouteErrors, "madeBy" | "joined">,
) {
  if (first === undefined || first.confidence < DIAGNOSED_CONFIDENCE) return [];
  const upstream = upstreams.list()[0]?.[0] ?? joined.find((message) => message.upstream !== undefined)?.upstream;
  return checkLines(first.cause, { software: madeBy.observer, upstream }).slice(0, 1);
}

/** The failing exchanges of a group, as far as they were kept. */
function findMembers(kept: readonly KeptExchange[], { method, template, status }: Group): readonly KeptExchange[] {
  const matches = createMatcher(template);
  return kept.filter(
    ({ exchange: each }) => each.status === status && (each.method ?? "-") === method && matches(each.route ?? each.path ?? "/-"),
  );
}

/**
 * The maker of a group's responses: what most lines say. The confidence is that of these lines, reduced by the share of those that
 * disagree.
 */
function judge(failures: FailureTally, status: number): RouteErrors["madeBy"] {
  const observer = failures.observers.list()[0]?.[0] ?? "access log";
  const votes = [...failures.madeBy].sort((a, b) => b[1].count - a[1].count);
  const [first] = votes;
  if (first === undefined) {
    const because = "these lines carry nothing of the hop behind; with nginx, log $upstream_status and $upstream_header_time";
    return { hop: "unknown", because, confidence: 0, observer };
  }
  const [hop, { count, because, confidence }] = first;
  const total = votes.reduce((sum, [, vote]) => sum + vote.count, 0);
  const fate = nameFate(hop, failures, status);
  return {
    hop: hop as RouteErrors["madeBy"]["hop"],
    because: because.list()[0]?.[0] ?? "",
    confidence: (confidence / count) * (count / total),
    observer,
    ...(fate === undefined ? {} : { fate }),
  };
}

/** The observer's fate: what it did with the failure. */
function nameFate(hop: string, failures: FailureTally, status: number): Fate | undefined {
  if (hop === "behind") return "propagated";
  if (hop !== "observer") return undefined;
  const statuses = failures.upstreamStatuses.list();
  const isRemap =
    statuses.length > 0 &&
    statuses.every(([each]) => each !== String(status)) &&
    (failures.madeBy.get("observer")?.because.list()[0]?.[0] ?? "").includes(" answered ");
  return isRemap ? "remapped" : "created";
}

function toHidden({ method, template, leaf }: Learned): HiddenErrors[] {
  const { hidden } = leaf;
  if (hidden === undefined) return [];
  return [
    {
      method,
      route: template,
      count: hidden.count,
      requests: leaf.lines,
      ...(hidden.firstMs === undefined ? {} : { firstMs: hidden.firstMs }),
      ...(hidden.lastMs === undefined ? {} : { lastMs: hidden.lastMs }),
      statuses: hidden.statuses.list().map(([status, count]) => ({ status, count })),
      upstreams: hidden.upstreams
        .list()
        .slice(0, 5)
        .map(([address, count]) => ({ address, count })),
      line: hidden.line,
    },
  ];
}

function describeHidden(hidden: readonly HiddenErrors[]): readonly Pattern[] {
  const total = hidden.reduce((sum, { count }) => sum + count, 0);
  const [first] = hidden;
  if (first === undefined) return [];
  return [
    {
      pattern: "hidden-by-retries",
      evidence: {
        statement: "a retry saved requests whose first try failed: the client saw no error, the upstream made one (fate: masked)",
        measured: `${total} requests, most on ${first.method} ${first.route} (${first.count}); upstreams: ${first.upstreams.map(({ address }) => address).join(", ") || "not named"}`,
        source: "access-log",
        weight: 3,
      },
      next: { check: "why does the first try fail? the retry costs time and load, and hides the fault until all upstreams have it" },
    },
  ];
}

/** GraphQL, JSON-RPC and gRPC answer 200 and report the failure inside. These are counted apart, since no status shows them. */
function describeBehindGoodStatus(tally: Tally): readonly Pattern[] {
  const rows = tally.behindGoodStatus.list();
  if (rows.length === 0) return [];
  const total = rows.reduce((sum, [, count]) => sum + count, 0) + tally.behindGoodStatus.others;
  return [
    {
      pattern: "behind-good-status",
      evidence: {
        statement: `errors behind a good status, which the counts of server errors do not hold: ${rows
          .slice(0, 3)
          .map(([name]) => name)
          .join(", ")}`,
        measured: `${total} of ${tally.exchanges} requests`,
        source: "access-log",
        weight: 3,
      },
      next: { check: "count these errors as failures of their routes: alert on the code inside the answer, not on the status alone" },
    },
  ];
}

function groupRows(groups: readonly Group[], by: GroupBy): readonly GroupRow[] {
  const rows = new Map<string, number>();
  const add = (name: string, count: number) => rows.set(name, (rows.get(name) ?? 0) + count);
  for (const { method, template, status, failures } of groups) {
    if (by === "route") add(`${method} ${template}`, failures.count);
    else if (by === "status") add(String(status), failures.count);
    else if (by === "hop") for (const [hop, { count }] of failures.madeBy) add(hop, count);
    else {
      const names = { upstream: failures.upstreams, client: failures.clients, flags: failures.flags, message: failures.messages }[by];
      for (const [name, count] of names.list()) add(name, count);
      if (names.others > 0) add("(others)", names.others);
    }
  }
  return [...rows]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 50);
}

function dedupe(patterns: readonly Pattern[]): readonly Pattern[] {
  const seen = new Set<string>();
  return patterns.filter(({ evidence }) => !seen.has(evidence.statement) && seen.add(evidence.statement).size > 0);
}

/** From this share of all failures on, alike rows are one fault on several routes. */
const MOST_OF_ALL = 0.8;

/** The worst row and those that fail in the same way, if they are several and make up most of all failures. Otherwise none. */
function findAlike([worst, ...others]: readonly RouteErrors[], errorCount: number): readonly RouteErrors[] {
  if (worst === undefined) return [];
  const alike = [worst, ...others.filter((other) => isAlike(worst, other))];
  return alike.length > 1 && alike.reduce((sum, { count }) => sum + count, 0) >= errorCount * MOST_OF_ALL ? alike : [];
}

type Parts = {
  readonly worst: RouteErrors | undefined;
  readonly alike: readonly RouteErrors[];
  readonly requests: number;
  readonly errorCount: number;
  readonly window: Report["window"];
  readonly logPatterns: readonly Pattern[];
  readonly tally: Tally;
};

/** The verdict on the worst group, in the same words as everywhere in Faultline. */
function toDiagnosis({ worst, alike, requests, errorCount, window, logPatterns, tally }: Parts): Diagnosis {
  const causes: readonly RankedCause[] = worst === undefined ? [] : addLogWide(worst.causes, logPatterns);
  const isSure = (causes[0]?.confidence ?? 0) >= DIAGNOSED_CONFIDENCE;
  return {
    verdict: isSure ? "diagnosed" : "inconclusive",
    scope: {
      ...(worst === undefined || alike.length > 0 ? {} : { route: `${worst.method} ${worst.route}` }),
      window: window ?? { fromMs: 0, toMs: 0 },
      ...countScope({ worst, alike, requests, errorCount }),
    },
    path: worst === undefined ? [] : toPath(worst),
    suspects:
      worst === undefined || worst.madeBy.hop === "unknown"
        ? []
        : [
            {
              service:
                worst.madeBy.hop === "observer" ? worst.madeBy.observer : (worst.madeBy.service ?? `behind ${worst.madeBy.observer}`),
              score: worst.madeBy.confidence,
            },
          ],
    causes,
    ruledOut: [],
    missing: worst === undefined ? [] : findMissing(worst, tally),
    next: worst === undefined ? [] : [...worst.next, ...logPatterns.map(({ next }) => next)].slice(0, 5),
    guard: { now: [], prevent: [] },
  };
}

function countScope({ worst, alike, requests, errorCount }: Pick<Parts, "worst" | "alike" | "requests" | "errorCount">) {
  if (alike.length === 0) {
    const failing = worst?.count ?? errorCount;
    return { failing, succeeding: (worst?.requests ?? requests) - failing };
  }
  return { failing: alike.reduce((sum, { count }) => sum + count, 0), succeeding: requests - errorCount };
}

function addLogWide(causes: readonly RankedCause[], patterns: readonly Pattern[]): readonly RankedCause[] {
  const restart = patterns.find(({ pattern }) => pattern === "after-restart");
  const rush = patterns.find(({ pattern }) => pattern === "with-traffic");
  const wide: RankedCause[] = [
    ...(restart === undefined
      ? []
      : [{ cause: "bad-deploy" as const, confidence: AFTER_RESTART, evidence: [restart.evidence], against: [] }]),
    ...(rush === undefined ? [] : [{ cause: "resource-exhausted" as const, confidence: 0.45, evidence: [rush.evidence], against: [] }]),
  ];
  return [...causes, ...wide.filter(({ cause }) => causes.every((known) => known.cause !== cause))].sort(
    (a, b) => b.confidence - a.confidence,
  );
}

function toPath(worst: RouteErrors): Diagnosis["path"] {
  const { madeBy } = worst;
  const evidence = [
    {
      statement: madeBy.because,
      measured: `${worst.count} lines`,
      source: "access-log" as const,
      weight: madeBy.confidence >= 0.9 ? 3 : 1,
    },
  ];
  const operation = `${worst.method} ${worst.route}`;
  const own = { hop: madeBy.observer, service: madeBy.observer, operation, status: String(worst.status), evidence };
  if (madeBy.hop === "behind") {
    return [
      { ...own, fate: "propagated" },
      {
        hop: `behind ${madeBy.observer}`,
        service: madeBy.service ?? "upstream",
        operation,
        status: String(worst.status),
        fate: "created",
        evidence,
      },
    ];
  }
  return madeBy.fate === undefined ? [] : [{ ...own, fate: madeBy.fate }];
}

function findMissing(worst: RouteErrors, tally: Tally): readonly MissingEvidence[] {
  return [
    ...(worst.madeBy.hop === "unknown"
      ? [{ what: "the upstream's own status and header time in the access log", wouldTell: "which hop wrote the response" }]
      : []),
    ...(worst.failingMedianMs === undefined
      ? [{ what: "durations in the access log", wouldTell: "whether a time-out ends the requests" }]
      : []),
    ...(tally.messageCount === 0
      ? [
          {
            what: "the error log or the application's log beside this one",
            wouldTell: "the reason behind each failure: name both files in one command",
          },
        ]
      : []),
  ];
}
