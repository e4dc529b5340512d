/** The usual shape of a system: a proxy, one to three services behind each other, and load on it. */
import type { CauseId, Fate } from "@faultline/model";
import type { ProxyName, RunningProxy } from "../../rig/real-proxies.ts";
import type { RunningService, ServiceStart } from "../generator/crew.ts";
import type { ProxyPlan } from "../generator/proxies.ts";
import type { Load, LoadRequest, Played, Stage } from "../generator/stage.ts";
import { type ExpectedHop, hop, maybe } from "../incident.ts";
import type { CallStep, Reaction, ServicePlan, Step, Watch } from "../services/plan.ts";

/** What the last service of a chain is and does. */
export type OriginPlan = Partial<Omit<ServicePlan, "routes">> & {
  readonly steps: readonly Step[];
  readonly method?: "GET" | "POST";
  readonly env?: Readonly<Record<string, string>>;
  readonly alone?: ServiceStart["alone"];
};

/** How a chain may be varied by a scenario; the rest is up to the dice. */
export type ChainOptions = {
  readonly origin: OriginPlan;
  /** Services in front of the origin: one of these numbers. */
  readonly callers?: readonly number[];
  /** The call from the last caller to the origin. */
  readonly call?: Partial<CallStep>;
  /** The service that makes that call. */
  readonly caller?: Partial<Omit<ServicePlan, "routes">>;
  readonly proxies?: readonly (ProxyName | "none")[];
  readonly proxy?: Partial<ProxyPlan>;
  readonly watches?: readonly Watch[];
  /** Where the last caller finds the origin, when not straight on its port. */
  readonly reach?: (port: number) => Promise<string> | string;
  readonly noise?: number;
  /** What the last caller does before it calls the origin. */
  readonly before?: readonly Step[];
  /** The calls further up. */
  readonly upperCalls?: Partial<CallStep>;
  /** More pods of the front behind the proxy. */
  readonly twins?: number;
};

/** What a scenario resolves to. */
export type Outcome = Promise<Played & { readonly name: string; readonly negative?: string }>;

/** One way in which a fault comes about. */
export type Way = (stage: Stage) => Outcome;

/** The right verdict where a cause can be told; `also` are causes that say the same of it. */
export function diagnosed(cause: CauseId, also?: readonly CauseId[]): Played["diagnose"] {
  return { verdict: "diagnosed", cause, ...(also === undefined ? {} : { also }) };
}

/** A service could not read what the one behind it wrote: either end is right. */
export function blameLink(chain: Chain): Blame {
  const blame = chain.blameCaller([maybe(chain.originName, "created", "clean")], "created", "propagated", "remapped");
  return { ...blame, creators: [chain.caller, chain.originName] };
}

/** A proxy could not use the server behind it, and nobody else saw it: either end is right. */
export function blameEdge(chain: Chain): Pick<Played, "creators" | "path"> {
  const proxy = chain.proxy ?? "proxy";
  // Most proxies know the server behind them by its address alone.
  const server = [chain.originName, ...[chain.origin, ...chain.twins].map(({ port }) => `127.0.0.1:${port}`)];
  return { creators: [proxy, ...server], path: [hop(proxy, "created", "propagated"), maybe(server, "created", "clean")] };
}

type Blame = Pick<Played, "service" | "route" | "creators" | "path">;

/** A chain that runs. */
export type Chain = {
  readonly front: string;
  readonly route: string;
  readonly origin: RunningService;
  readonly originName: string;
  readonly originRoute: string;
  /** Front first. */
  readonly services: readonly RunningService[];
  /** The other pods of the front. */
  readonly twins: readonly RunningService[];
  readonly frontProxy?: RunningProxy;
  /** The service that calls the origin, or the origin itself when nobody does. */
  readonly caller: string;
  readonly proxy: ProxyName | undefined;
  readonly isTraced: boolean;
  readonly entryPort: number;
  /** Sends load on the public route. `query` is what the request carries. */
  load(options: {
    readonly count: number;
    readonly perSecond?: number;
    readonly next: (index: number) => Partial<LoadRequest> & { query?: string };
    readonly at?: Load["at"];
    readonly isBefore?: boolean;
  }): Promise<void>;
  /** The right path when the origin created the failure and answered `status`; undefined when it did not answer. */
  pathOver(status: number | undefined, origin?: readonly ExpectedHop[]): readonly ExpectedHop[];
  /** Service, route, creators and path of a failure that the origin created. */
  blame(status: number | undefined): Blame;
  /** The same for a failure that the origin's caller made, with what stands behind it. */
  blameCaller(behind?: readonly ExpectedHop[], ...fates: readonly Fate[]): Blame;
  /** The same for a failure that something behind the origin made. */
  blameBehind(name: string, status?: number): Blame;
};

const FRONTS = ["storefront", "web-api", "public-api", "bff", "shop-api"] as const;
const MIDDLES = ["checkout", "booking", "cart", "accounts", "billing"] as const;
const LEAVES = ["payments", "inventory", "pricing", "profiles", "shipping", "ledger", "catalogue", "reviews"] as const;
const NOUNS = ["orders", "carts", "trips", "invoices", "baskets", "quotes"] as const;
const REACTIONS: readonly Reaction[] = ["same", 502, 500, 502, 503];
const PROXY_KINDS: readonly (ProxyName | "none")[] = ["nginx", "haproxy", "apache", "caddy", "varnish", "none"];

const WATCHES: readonly Watch[] = ["otel", "otel", "otel", "guard"];
/** The share of requests that go elsewhere and fail there without harm. */
const NOISE = 0.15;

type Layer = { readonly name: string; readonly reaction: Reaction };

/** Builds a chain from the back to the front. */
export async function buildChain(stage: Stage, options: ChainOptions): Promise<Chain> {
  const { dice } = stage;
  const { origin: plan, callers = [0, 1, 1, 2], watches = WATCHES } = options;
  const noun = dice.pick(NOUNS);
  const depth = dice.pick(callers);
  const originName = plan.service ?? (depth === 0 ? dice.pick(FRONTS) : dice.pick(LEAVES));
  const originRoute = depth === 0 ? `/api/${noun}/:id` : `/${noun}/:id`;
  const origin = await startOrigin(stage, options, { name: originName, route: originRoute, watch: plan.watch ?? dice.pick(watches) });
  const { services, layers, isNoisy } = await startCallers(stage, options, { origin, noun, depth });
  const front = services.at(-1) ?? origin;
  const kind = dice.pick(options.proxies ?? PROXY_KINDS);
  const isTraced = kind === "none" || dice.chance(0.7);
  const twins: RunningService[] = [];
  for (let count = 1; count <= (options.twins ?? 0); count += 1)
    twins.push(await stage.service({ ...front.plan, instance: `${front.plan.service}-twin-${count}` }));
  const frontProxy = kind === "none" ? undefined : await startFrontProxy(stage, { kind, pods: [front, ...twins], options });
  const entryPort = frontProxy?.port ?? front.port;
  const route = `/api/${noun}/:id`;
  const pathOver: Chain["pathOver"] = (status, last) =>
    writePath({ status, layers, last: last ?? [{ service: [originName], fate: ["created"] }], kind, isTraced });
  return {
    front: front.plan.service,
    route,
    origin,
    originName,
    originRoute,
    services: services.toReversed(),
    twins,
    ...(frontProxy === undefined ? {} : { frontProxy }),
    caller: (services[1] ?? origin).plan.service,
    proxy: kind === "none" ? undefined : kind,
    isTraced,
    entryPort,
    async load({ count, perSecond = dice.whole(20, 35), next, at = {}, isBefore = false }) {
      const toRequest = (index: number): LoadRequest => {
        if (isNoisy && dice.chance(options.noise ?? NOISE)) return { path: "/api/suggestions", isNoise: true };
        const { query = "", ...rest } = next(index);
        return { method: plan.method ?? "GET", path: `/api/${noun}/${100 + index}${query === "" ? "" : `?${query}`}`, ...rest };
      };
      await stage.load({ port: entryPort, count, perSecond, isTraced, next: toRequest, at, isBefore });
    },
    pathOver,
    blame: (status) => ({ service: front.plan.service, route, creators: [originName], path: pathOver(status) }),
    blameCaller(behind = [], ...fates) {
      const path = pathOver(undefined, behind);
      const at = path.length - behind.length - 1;
      const caller = services[1]?.plan.service ?? originName;
      const own = path.map((each, index) => (index === at ? hop(caller, ...(fates.length === 0 ? (["created"] as const) : fates)) : each));
      return { service: front.plan.service, route, creators: [caller], path: own };
    },
    blameBehind: (name, status = 500) => ({
      service: front.plan.service,
      route,
      creators: [name],
      path: pathOver(status, [hop(originName, "propagated"), hop(name, "created")]),
    }),
  };
}

async function startFrontProxy(
  stage: Stage,
  { kind, pods, options }: { kind: ProxyName; pods: readonly RunningService[]; options: ChainOptions },
): Promise<RunningProxy & { readonly port: number }> {
  const service = pods[0]?.plan.service ?? "service";
  const servers = pods.map(({ port }, index) => ({ name: `${service}-${index + 1}`, port }));
  return await stage.proxy({ kind, backend: service, servers, timeoutMs: 6000, ...options.proxy });
}

type Ground = { readonly origin: RunningService; readonly noun: string; readonly depth: number };

/** The services in front of the origin, and what each makes of a failure behind it; the front is the last of both. */
async function startCallers(stage: Stage, options: ChainOptions, { origin, noun, depth }: Ground) {
  const { dice } = stage;
  const { origin: plan, watches = WATCHES } = options;
  const { method = "GET" } = plan;
  const services = [origin];
  const layers: Layer[] = [];
  const isNoisy = depth > 0 && (options.noise ?? (dice.chance(0.3) ? NOISE : 0)) > 0;
  const neighbour = isNoisy ? [await startNeighbour(stage)] : [];
  let target = depth === 0 ? "" : ((await options.reach?.(origin.port)) ?? `http://${origin.plan.service}:${origin.port}`);
  for (let level = 0; level < depth; level += 1) {
    const isFront = level === depth - 1;
    const name = isFront ? dice.pick(FRONTS) : dice.pick(MIDDLES);
    const call: CallStep = {
      kind: "call",
      url: `${target}/${noun}/7?`,
      method,
      forwardBody: method === "POST",
      // Of a call that was never answered there is no status to pass on.
      reaction: dice.pick(level === 0 ? REACTIONS.filter((each) => each !== "same") : REACTIONS),
      timeoutMs: 3000 + level * 500,
      ...(level === 0 ? options.call : options.upperCalls),
    };
    layers.push({ name, reaction: call.reaction ?? 502 });
    const own = {
      method,
      path: isFront ? `/api/${noun}/:id` : `/${noun}/:id`,
      steps: level === 0 ? [...(options.before ?? []), call] : [call],
    };
    const dress = { ...dressUp(stage, name, dice.pick(watches.filter((each) => each !== "none"))), ...(level === 0 ? options.caller : {}) };
    const caller = await stage.service({ ...dress, routes: isFront ? [own, ...neighbour] : [own] });
    services.push(caller);
    target = `http://${name}:${caller.port}`;
  }
  return { services, layers, isNoisy };
}

async function startOrigin(
  stage: Stage,
  { origin }: ChainOptions,
  { name, route, watch }: { name: string; route: string; watch: Watch },
): Promise<RunningService> {
  const { steps, method = "GET", env, alone, ...rest } = origin;
  const plan: ServicePlan = { ...dressUp(stage, name, watch), ...rest, routes: [{ method, path: route, steps }] };
  return await stage.service(plan, { ...(env === undefined ? {} : { env }), ...(alone === undefined ? {} : { alone }) });
}

/** Version, region and framework as they happen to be. */
export function dressUp(stage: Stage, service: string, watch: Watch): Omit<ServicePlan, "routes"> {
  const { dice } = stage;
  const framework = watch === "guard" ? "express" : dice.pick(["express", "express", "fastify"] as const);
  return {
    service,
    watch,
    framework,
    ...(dice.chance(0.7) ? { version: `${dice.whole(1, 9)}.${dice.whole(0, 20)}.${dice.whole(0, 9)}` } : {}),
    ...(dice.chance(0.5) ? { region: dice.pick(["eu-west-1", "us-east-1", "ap-south-1"]) } : {}),
    instance: `${service}-${dice.whole(10, 99)}`,
    logs: dice.pick(["errors", "errors", "sentence"] as const),
  };
}

/** A neighbour that fails now and then without anybody minding. */
async function startNeighbour(stage: Stage) {
  const service = stage.dice.pick(["recommendations", "suggestions", "banners"]);
  const running = await stage.service({
    ...dressUp(stage, service, "otel"),
    framework: "express",
    logs: "errors",
    routes: [{ method: "GET", path: "/top", steps: [{ kind: "work", name: "loadPlugin" }] }],
  });
  const call: CallStep = { kind: "call", url: `http://${service}:${running.port}/top`, reaction: "silent" };
  return { method: "GET" as const, path: "/api/suggestions", steps: [call] };
}

type PathFacts = {
  readonly status: number | undefined;
  readonly layers: readonly Layer[];
  readonly last: readonly ExpectedHop[];
  readonly kind: ProxyName | "none";
  readonly isTraced: boolean;
};

function writePath({ status, layers, last, kind, isTraced }: PathFacts): readonly ExpectedHop[] {
  const path: ExpectedHop[] = [];
  let below = status;
  for (const { name, reaction } of layers) {
    const own = typeof reaction === "number" ? reaction : below;
    const fate: Fate = below === undefined || own === undefined || own === below ? "propagated" : "remapped";
    path.unshift({ service: [name], fate: [fate] });
    below = typeof reaction === "number" ? reaction : (below ?? 504);
  }
  // HAProxy's line carries no trace: that it stood in front can only be told by time and path.
  const front: ExpectedHop[] =
    kind === "none" ? [] : [{ service: [kind], fate: ["propagated"], isOptional: !isTraced || kind === "haproxy" }];
  return [...front, ...path, ...last];
}
