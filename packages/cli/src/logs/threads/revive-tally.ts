/** Counts arrive from another thread as plain objects. Here they get their classes back. */
import { CaddyPairs } from "../tally/caddy-pairs.ts";
import { MemoryWarnings } from "../tally/memory-warnings.ts";
import { FailureTally, type HiddenTally, RouteTally } from "../tally/route-tally.ts";
import { RouteTrie } from "../routes/route-trie.ts";
import { Names, Sample } from "../tally/sample.ts";
import { Series } from "../tally/series.ts";
import { Tally } from "../tally/tally.ts";

/** Restores a tally from its structured clone. The clone must not be used any more. */
export function reviveTally(copy: Tally): Tally {
  return Object.assign(new Tally(copy.limits), copy, {
    routes: new Map([...copy.routes].map(([method, trie]) => [method, RouteTrie.revive(trie, reviveRoute)])),
    formats: reviveNames(copy.formats),
    traffic: reviveSeries(copy.traffic),
    errors: reviveSeries(copy.errors),
    behindGoodStatus: reviveNames(copy.behindGoodStatus),
    memory: Object.assign(new MemoryWarnings(), copy.memory),
    caddy: Object.assign(new CaddyPairs(), copy.caddy),
  });
}

function reviveRoute(copy: RouteTally): RouteTally {
  return Object.assign(RouteTally.revive(copy, reviveFailures), {
    hidden: copy.hidden === undefined ? undefined : reviveHidden(copy.hidden),
  });
}

function reviveHidden(copy: HiddenTally): HiddenTally {
  return { ...copy, statuses: reviveNames(copy.statuses), upstreams: reviveNames(copy.upstreams) };
}

function reviveFailures(copy: FailureTally): FailureTally {
  return Object.assign(new FailureTally(), copy, {
    series: reviveSeries(copy.series),
    durations: reviveSample(copy.durations),
    requestBytes: reviveSample(copy.requestBytes),
    madeBy: new Map([...copy.madeBy].map(([hop, vote]) => [hop, { ...vote, because: reviveNames(vote.because) }])),
    flags: reviveNames(copy.flags),
    messages: reviveNames(copy.messages),
    upstreams: reviveNames(copy.upstreams),
    upstreamStatuses: reviveNames(copy.upstreamStatuses),
    clients: reviveNames(copy.clients),
    observers: reviveNames(copy.observers),
  });
}

function reviveNames(copy: Names): Names {
  return Object.assign(new Names(), copy);
}

function reviveSample(copy: Sample): Sample {
  return Object.assign(new Sample(), copy);
}

function reviveSeries(copy: Series): Series {
  return Object.assign(new Series(), copy);
}
