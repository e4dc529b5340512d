import { formatTime } from "@faultline/formats/access-log-combined";
import { findErrorMessage } from "@faultline/formats/access-log-knowledge";
import type { Evidence } from "@faultline/model";
import { findSteadyDelay, formatSeconds } from "@faultline/playbook/steady-delay";
import { findOnset } from "./onset.ts";
import type { JoinedMessage, Pattern, RouteErrors } from "./report.ts";
import type { FailureTally, RouteTally } from "../tally/route-tally.ts";
import type { Start, Tally } from "../tally/tally.ts";

/**
 * The number of steps of every series in a report: at most half the number of a series' buckets, so that no step stays empty by rounding.
 */
export const STEPS = 48;

function observe(statement: string, measured: string, weight: number): Evidence {
  return { statement, measured, source: "access-log", weight };
}

/** One group of failures beside its route and the whole log. */
export type GroupView = {
  readonly route: RouteTally;
  readonly failures: FailureTally;
  readonly status: number;
  readonly tally: Tally;
  readonly joined: readonly JoinedMessage[];
  readonly madeBy: RouteErrors["madeBy"];
};

/** Patterns of the failures of one route with one status. */
export function findGroupPatterns(view: GroupView): readonly Pattern[] {
  return [findSteadyPattern(view), findLargeBodies(view), findOneUpstream(view), ...findLoggedReasons(view)].filter(
    (pattern) => pattern !== undefined,
  );
}

/** Failures that all end after the same time were ended by a clock, so they are time-outs. */
function findSteadyPattern({ failures, status, route, madeBy }: GroupView): Pattern | undefined {
  const [lowMs, medianMs, highMs] = [0.1, 0.5, 0.9].map((ratio) => failures.durations.quantile(ratio));
  if (lowMs === undefined || medianMs === undefined || highMs === undefined) return undefined;
  const delay = findSteadyDelay({
    status,
    durations: { count: failures.durations.count, lowMs, medianMs, highMs },
    okMedianMs: route.findLatency(0.5),
    maker: { hop: madeBy.hop, observer: madeBy.observer, asked: failures.upstreams.list().length > 0 },
  });
  if (delay === undefined) return undefined;
  const check = `what does the route wait for? find the setting of ${formatSeconds(medianMs)} in front of it, and the slow call behind`;
  return {
    pattern: "steady-delay",
    evidence: delay.evidence,
    next: { check },
    speaksFor: { cause: delay.cause, confidence: delay.confidence },
  };
}

function findLargeBodies({ failures, route }: GroupView): Pattern | undefined {
  const least = failures.requestBytes.quantile(0.05);
  const usual = route.okBytes?.quantile(0.95);
  if (least === undefined || usual === undefined || failures.requestBytes.count < 5 || (route.okBytes?.count ?? 0) < 20) return undefined;
  if (least < usual * 1.5 || least < 1024) return undefined;
  return {
    pattern: "large-bodies",
    evidence: observe(
      "only large requests fail",
      `95 % of the failing ones are larger than ${least} B, 95 % of the good ones smaller than ${usual} B`,
      3,
    ),
    next: { check: "which limit on bodies lies between these sizes: client_max_body_size, a body parser's limit, a gateway's 10 MB?" },
  };
}

function findOneUpstream({ failures, route }: GroupView): Pattern | undefined {
  const [worst] = failures.upstreams.list();
  if (worst === undefined || failures.upstreams.others > 0) return undefined;
  const [address, count] = worst;
  const total = failures.upstreams.list().reduce((sum, [, each]) => sum + each, 0);
  const otherOk = (route.okUpstreams?.list() ?? []).filter(([name]) => name !== address);
  if (count < 5 || count < total * 0.9 || otherOk.length === 0) return undefined;
  const ok = otherOk.reduce((sum, [, each]) => sum + each, 0);
  if (ok < 20) return undefined;
  return {
    pattern: "one-upstream",
    evidence: observe(
      `one upstream makes the failures: ${address}`,
      `${count} of ${total} failures; ${otherOk.length} other upstreams answered ${ok} times`,
      3,
    ),
    next: { check: `take ${address} out of rotation; what differs there: version, host, configuration, disk?` },
  };
}

function findLoggedReasons({ joined, failures }: GroupView): readonly Pattern[] {
  return joined.slice(0, 2).map((message) => {
    const known = findErrorMessage(message.text);
    return {
      pattern: "logged-reason",
      evidence: {
        statement:
          known === undefined
            ? `${message.format} logged at the same time: ${message.text}`
            : `${known.meaning} (${message.format}: ${message.text})`,
        measured: `${message.count} of ${message.lookedAt} failures${message.lookedAt < failures.count ? " looked at" : ""}, joined by ${message.by}`,
        source: "log",
        weight: message.by === "request id" ? 4 : 2.5,
      },
      next: { check: known?.nextCheck ?? "read the stack of this message" },
      share: message.count / message.lookedAt,
    };
  });
}

/** Patterns of the whole log. */
export function findLogPatterns(
  tally: Tally,
  groups: readonly { readonly name: string; readonly count: number; readonly requests: number }[],
): readonly Pattern[] {
  const patterns = [findConcentration(tally, groups), findOnsetPattern(tally), findWithTraffic(tally)];
  return patterns.filter((pattern) => pattern !== undefined);
}

function findConcentration(
  tally: Tally,
  groups: readonly { readonly name: string; readonly count: number; readonly requests: number }[],
): Pattern | undefined {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const [first] = groups;
  if (first === undefined || total < 5) return undefined;
  const traffic = first.requests / Math.max(1, tally.exchanges);
  if (first.count >= total * 0.8 && traffic < 0.5 && tally.exchanges > first.requests) {
    return {
      pattern: "one-route",
      evidence: observe(
        `the server errors are on one route: ${first.name}`,
        `${first.count} of ${total} errors on a route with ${(traffic * 100).toFixed(traffic < 0.1 ? 1 : 0)} % of the requests`,
        2,
      ),
      next: { check: "what is special about this route: its code, its dependency, its input?" },
    };
  }
  const hit = groups.filter(({ count, requests }) => count / requests > 0.2 * (total / Math.max(1, tally.exchanges))).length;
  if (groups.length < 4 || hit < groups.length * 0.8 || first.count > total * 0.5) return undefined;
  return {
    pattern: "every-route",
    evidence: observe("the server errors are on many routes alike", `${hit} routes; the first has ${first.count} of ${total} errors`, 1.5),
    next: { check: "look for what the routes share: a host, a pool, a database, a gateway" },
  };
}

/** The last start of a program that is close enough to an onset to have caused it. */
function findStart(starts: readonly Start[], onsetMs: number, stepMs: number): Start | undefined {
  const slackMs = Math.max(stepMs * 1.5, 60_000);
  return starts.filter(({ timeMs }) => Math.abs(onsetMs - timeMs) <= slackMs).at(-1);
}

function findOnsetPattern(tally: Tally): Pattern | undefined {
  const { firstMs, lastMs } = tally;
  if (firstMs === undefined || lastMs === undefined || lastMs - firstMs < 10_000) return undefined;
  const toMs = lastMs + 1;
  const onset = findOnset(tally.errors.resample(firstMs, toMs, STEPS), tally.traffic.resample(firstMs, toMs, STEPS));
  if (onset === undefined) return undefined;
  const stepMs = (toMs - firstMs) / STEPS;
  // Rounded to the second, since a step is seldom shorter.
  const onsetMs = Math.floor((firstMs + onset.step * stepMs) / 1000) * 1000;
  const start = findStart(tally.starts, onsetMs, stepMs);
  const percent = (ratio: number) => `${(ratio * 100).toFixed(2)} %`;
  const measured = `${percent(onset.before)} of requests failed before it, ${percent(onset.after)} from then on`;
  if (start === undefined) {
    return {
      pattern: "onset",
      evidence: observe(`the failures begin at about ${toSecond(onsetMs)}`, measured, 2),
      next: { check: `what changed shortly before ${toSecond(onsetMs)}: a deploy, a flag, a configuration, a dependency?` },
    };
  }
  return {
    pattern: "after-restart",
    evidence: observe(
      `the failures begin when a program started: ${start.text}`,
      `${measured}; the start was logged at ${toSecond(start.timeMs)}`,
      3,
    ),
    next: { check: "was a new version started then? compare it with the one before, and roll back if so" },
  };
}

function toSecond(timeMs: number): string {
  return `${formatTime(timeMs).slice(0, 19).replace("T", " ")} UTC`;
}

function findWithTraffic(tally: Tally): Pattern | undefined {
  const { firstMs, lastMs } = tally;
  if (firstMs === undefined || lastMs === undefined || tally.errors.total < 30) return undefined;
  const traffic = tally.traffic.resample(firstMs, lastMs + 1, STEPS);
  const errors = tally.errors.resample(firstMs, lastMs + 1, STEPS);
  const busy = traffic
    .map((count, index) => ({ count, errors: errors[index] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count);
  if (busy.length < 12) return undefined;
  const third = Math.floor(busy.length / 3);
  const [calm, rush] = [busy.slice(0, third), busy.slice(-third)].map((steps) => ({
    errors: steps.reduce((sum, step) => sum + step.errors, 0),
    count: steps.reduce((sum, step) => sum + step.count, 0),
  }));
  if (calm === undefined || rush === undefined || rush.count < calm.count * 1.5) return undefined;
  const [calmRatio, rushRatio] = [calm.errors / calm.count, rush.errors / rush.count];
  if (rush.errors < 20 || rushRatio < Math.max(3 * calmRatio, 0.002)) return undefined;
  return {
    pattern: "with-traffic",
    evidence: observe(
      "the share of failures rises with the traffic: something runs out",
      `${(rushRatio * 100).toFixed(2)} % in the busiest third of the time, ${(calmRatio * 100).toFixed(2)} % in the calmest`,
      2.5,
    ),
    next: { check: "pools, worker counts, connection and rate limits, CPU and memory at the busiest time" },
  };
}
