/** Incidents in which the obvious answer is wrong, or in which there is no answer. */
import type { Scenario, Stage } from "../generator/stage.ts";
import type { RunningService } from "../generator/crew.ts";
import { hop, maybe } from "../incident.ts";
import { type Chain, type Outcome, type Way, buildChain, diagnosed, dressUp } from "./chain.ts";

/** Far more requests than the fault has fail elsewhere, with ERROR logs, and nobody minds. */
function loud(name: string, play: (stage: Stage, noise: number) => Outcome): Way {
  return async (stage) => ({ ...(await play(stage, 0.6)), name: `noise-${name}`, negative: "noise" });
}

const thrown = async (stage: Stage, noise: number): Outcome => {
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise,
    watches: ["otel"],
    origin: { steps: [{ kind: "work", name: "addressLabel", input: "customer" }] },
  });
  await chain.load({ count: 90, next: () => ({ query: stage.dice.chance(0.4) ? "customer=c3" : "customer=c1" }) });
  return { name: "thrown", ...chain.blame(500), diagnose: diagnosed("unhandled-exception") };
};

const refused = async (stage: Stage, noise: number): Outcome => {
  const chain = await buildChain(stage, { callers: [1, 2], noise, watches: ["otel"], origin: { steps: [] } });
  await chain.load({ count: 90, next: () => ({}), at: { 60: () => chain.origin.end() } });
  return { name: "refused", ...chain.blame(undefined), diagnose: diagnosed("connection-refused") };
};

const late = async (stage: Stage, noise: number): Outcome => {
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise,
    watches: ["otel"],
    origin: { framework: "node", steps: [{ kind: "pause", ms: [900, 1400], when: { toggle: "slow" } }] },
    call: { timeoutMs: 400 },
  });
  await chain.load({ count: 90, next: () => ({}), at: { 60: () => chain.origin.toggle("slow", true) } });
  return { name: "late", ...chain.blame(undefined), diagnose: diagnosed("dependency-timeout") };
};

const noDatabase = async (stage: Stage, noise: number): Outcome => {
  const database = await stage.postgres();
  const chain = await buildChain(stage, {
    callers: [1],
    noise,
    watches: ["otel"],
    origin: { databaseUrl: database.url, steps: [{ kind: "query", sql: "select count(*) from orders" }] },
  });
  await chain.load({ count: 90, next: () => ({}), at: { 60: () => database.stop() } });
  return { name: "no-database", ...chain.blameBehind("postgresql"), diagnose: diagnosed("database-failure") };
};

/** A release comes right before a fault that it has nothing to do with: every version and instance fails. */
function decoy(
  name: string,
  play: (stage: Stage, chain: Chain) => Promise<Partial<Awaited<Outcome>> & Pick<Awaited<Outcome>, "diagnose">>,
  origin: Parameters<typeof buildChain>[1]["origin"],
): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 2],
      watches: ["otel"],
      noise: 0,
      origin,
      call: { timeoutMs: 500, quotes: false },
    });
    const { front, caller, originName } = chain;
    const service = stage.dice.pick([front, caller, ...(origin.watch === "none" ? [] : [originName])]);
    stage.onClose(() => undefined);
    const deploy = (): void =>
      stage.change({ kind: "deploy", service, version: "9.9.0", previousVersion: "9.8.4", description: "text changes" });
    const from = stage.dice.whole(15, 25);
    const rest = await play(stage, { ...chain, load: (options) => chain.load({ ...options, at: { ...options.at, [from]: deploy } }) });
    return { name: `decoy-${name}`, negative: "decoy-deploy", ...chain.blame(undefined), ...rest };
  };
}

const AWAY = { when: { toggle: "away" } } as const;

/** The same of a restart. */
const restartBefore: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise: 0,
    watches: ["otel"],
    origin: { watch: "otel", steps: [{ kind: "work", name: "exportReport", ...AWAY }] },
  });
  const restarted = (): void => stage.change({ kind: "restart", service: chain.originName, description: "certificates renewed" });
  await chain.load({
    count: 60,
    next: () => ({}),
    at: { [stage.dice.whole(15, 25)]: restarted, 30: () => chain.origin.toggle("away", true) },
  });
  return { name: "decoy-restart", negative: "decoy-restart", ...chain.blame(500), diagnose: diagnosed("resource-exhausted") };
};

const DECOYS: readonly Way[] = [
  decoy(
    "third-party",
    async (_, chain) => {
      await chain.load({ count: 55, next: () => ({}), at: { 28: () => chain.origin.toggle("away", true) } });
      return { ...chain.blame(503), diagnose: diagnosed("third-party-failure") };
    },
    { service: "api.payco.example", watch: "none", framework: "node", steps: [{ kind: "answer", status: 503, ...AWAY }] },
  ),
  decoy(
    "refused",
    async (_, chain) => {
      await chain.load({ count: 55, next: () => ({}), at: { 28: () => chain.origin.end() } });
      return { diagnose: diagnosed("connection-refused") };
    },
    { watch: "otel", steps: [] },
  ),
  decoy(
    "late",
    async (_, chain) => {
      await chain.load({ count: 55, next: () => ({}), at: { 28: () => chain.origin.toggle("away", true) } });
      return { diagnose: diagnosed("dependency-timeout") };
    },
    { watch: "otel", framework: "node", steps: [{ kind: "pause", ms: [900, 1300], ...AWAY }] },
  ),
  decoy(
    "disk-full",
    async (_, chain) => {
      await chain.load({ count: 55, next: () => ({}), at: { 28: () => chain.origin.toggle("away", true) } });
      return { ...chain.blame(500), diagnose: diagnosed("resource-exhausted") };
    },
    { watch: "otel", steps: [{ kind: "work", name: "exportReport", ...AWAY }] },
  ),
];

/** Two things are wrong at the same time: most requests fail for one, some on another route for the other. */
const twoRoutes: Way = async (stage) => {
  const chain = await buildChain(stage, { callers: [1], watches: ["otel"], noise: 0, proxies: ["none"], origin: { steps: [] } });
  const front = await startSecond(stage, chain);
  await stage.load({
    port: front.port,
    count: 90,
    perSecond: 30,
    isTraced: true,
    next: (index) =>
      stage.dice.chance(0.3) ? { path: `/api/labels/${index}?customer=c3`, isNoise: true } : { path: `/api/main/${index}` },
    at: { 30: () => chain.origin.end() },
  });
  const path = [hop(front.plan.service, "propagated"), hop(chain.originName, "created")];
  return {
    name: "two-routes",
    negative: "two-faults",
    service: front.plan.service,
    route: "/api/main/:id",
    creators: [chain.originName],
    path,
    diagnose: diagnosed("connection-refused"),
  };
};

async function startSecond(stage: Stage, chain: Chain): Promise<RunningService> {
  return await stage.service({
    ...dressUp(stage, "mobile-api", "otel"),
    framework: "express",
    routes: [
      {
        method: "GET",
        path: "/api/main/:id",
        steps: [
          { kind: "call", url: `http://${chain.originName}:${chain.origin.port}${chain.originRoute.replace(":id", "7")}`, reaction: 502 },
        ],
      },
      { method: "GET", path: "/api/labels/:id", steps: [{ kind: "work", name: "addressLabel", input: "customer" }] },
    ],
  });
}

/** On one route: most fail in the service behind, a few in the front itself. */
const oneRoute: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1],
    watches: ["otel"],
    noise: 0,
    origin: { framework: "node", steps: [{ kind: "pause", ms: [800, 1200], when: { query: "depth=all" } }] },
    before: [{ kind: "work", name: "weighParcel", input: "sku" }],
    call: { timeoutMs: 350 },
  });
  await chain.load({
    count: 70,
    next: () => ({ query: stage.dice.chance(0.1) ? "sku=kettle" : stage.dice.chance(0.55) ? "sku=mug&depth=all" : "sku=mug" }),
  });
  // The two share the requests: the larger part must be the one that the label names.
  const sign = { words: /TimeoutError|AbortError/, share: 0.55 };
  return { name: "one-route", negative: "two-faults", ...chain.blame(undefined), diagnose: diagnosed("dependency-timeout"), sign };
};

/** What failed sent nothing, and what it answered says nothing. */
const silentOrigin: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise: 0,
    watches: ["otel"],
    origin: {
      watch: "otel",
      steps: [{ kind: "work", name: stage.dice.pick(["roundTotals", "renderProfile"]), when: { query: "kind=b" } }],
    },
  });
  await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.4) ? "kind=b" : "kind=a" }) });
  return {
    name: "lost-origin",
    negative: "evidence-missing",
    ...chain.blame(500),
    lost: [chain.originName],
    diagnose: { verdict: "inconclusive", missing: [chain.originName] },
  };
};

/** A service answers 500 and neither logs nor records why. */
const swallowed: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0, 1],
    noise: 0,
    watches: ["otel"],
    origin: { watch: "otel", framework: "node", logs: "none", steps: [{ kind: "work", name: "roundTotals", when: { toggle: "tax" } }] },
  });
  await chain.load({ count: 50, next: () => ({}), at: { 25: () => chain.origin.toggle("tax", true) } });
  return {
    name: "swallowed",
    negative: "evidence-missing",
    ...chain.blame(500),
    diagnose: { verdict: "inconclusive", missing: [`log line of ${chain.originName}`, "exception"] },
  };
};

/** The same of a service that logs what it does as it goes: its lines say how far it came, not why it went no further. */
const stoppedShort: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0, 1],
    noise: 0,
    watches: ["otel"],
    origin: {
      watch: "otel",
      framework: "node",
      logs: "none",
      steps: [
        { kind: "log", text: "basket 17 read" },
        { kind: "work", name: "renderProfile", when: { query: "kind=b" } },
        { kind: "log", text: "basket 17 confirmed" },
      ],
    },
  });
  await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.4) ? "kind=b" : "kind=a" }) });
  return {
    name: "stopped-short",
    negative: "evidence-missing",
    ...chain.blame(500),
    diagnose: { verdict: "inconclusive", missing: [`log line of ${chain.originName}`, "exception"] },
  };
};

/** Traffic grows fivefold a while before somebody else's service fails, which was never asked too much. */
const surgeBefore: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise: 0,
    watches: ["otel"],
    origin: { service: "api.payco.example", watch: "none", framework: "node", steps: [{ kind: "answer", status: 503, ...AWAY }] },
    call: { quotes: false },
  });
  await chain.load({ count: 24, perSecond: 6, next: () => ({}), isBefore: true });
  await chain.load({ count: 70, perSecond: 30, next: () => ({}), at: { 40: () => chain.origin.toggle("away", true) } });
  return { name: "decoy-surge", negative: "decoy-surge", ...chain.blame(503), diagnose: diagnosed("third-party-failure") };
};

/** Only an access log is left, which does not say who wrote the status. */
const onlyAccessLog: Way = async (stage) => {
  const kind = stage.dice.pick(["apache", "varnish"] as const);
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: [kind],
    noise: 0,
    watches: ["otel"],
    origin: { watch: "otel", steps: [{ kind: "work", name: "roundTotals", when: { query: "kind=b" } }] },
  });
  await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.4) ? "kind=b" : "kind=a" }) });
  return {
    name: `only-log-of-${kind}`,
    negative: "evidence-missing",
    creators: [kind, chain.originName],
    path: [hop(kind, "created", "propagated"), maybe(chain.originName, "created")],
    lost: [chain.originName],
    diagnose: { verdict: "inconclusive", missing: [kind, chain.originName, "telemetry", "span"] },
  };
};

/** Refusals of bad requests, and nothing else. */
const healthy: Way = async (stage) => {
  const chain = await buildChain(stage, {
    noise: 0,
    origin: {
      steps: [
        { kind: "answer", status: 404, body: '{"error":"no such order"}', when: { query: "kind=gone" } },
        { kind: "answer", status: 422, body: '{"error":"not acceptable"}', when: { query: "kind=odd" } },
      ],
    },
    callers: [0],
  });
  await chain.load({ count: 60, next: () => ({ query: `kind=${stage.dice.pick(["gone", "odd", "good", "good"])}` }) });
  return { name: "only-refusals", negative: "healthy", creators: [], path: [], diagnose: { verdict: "healthy" } };
};

const WAYS: readonly Way[] = [
  loud("thrown", thrown),
  silentOrigin,
  ...DECOYS.slice(0, 1),
  loud("refused", refused),
  twoRoutes,
  swallowed,
  ...DECOYS.slice(1, 2),
  onlyAccessLog,
  loud("late", late),
  ...DECOYS.slice(2, 3),
  oneRoute,
  healthy,
  loud("no-database", noDatabase),
  ...DECOYS.slice(3, 4),
];

const LATER = {
  from: 98,
  ways: [restartBefore, stoppedShort, surgeBefore, silentOrigin, loud("thrown", thrown), oneRoute, ...DECOYS.slice(2, 3), onlyAccessLog],
};

/** The right answer is another cause than it seems, or none. */
export const negatives: Scenario = { cause: "negatives", count: 114, play: (stage) => stage.way(WAYS, LATER)(stage) };
