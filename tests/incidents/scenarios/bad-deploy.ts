import type { RunningService } from "../generator/crew.ts";
import type { Scenario, Stage } from "../generator/stage.ts";
import type { ServicePlan, Step } from "../services/plan.ts";
import { hop } from "../incident.ts";
import { type Way, diagnosed, dressUp } from "./chain.ts";

const RIGHT = diagnosed("bad-deploy");
const GOOD: readonly Step[] = [{ kind: "pause", ms: [2, 8] }];

type Release = { readonly steps: readonly Step[]; readonly version?: string; readonly instance: string };

async function startRelease(
  stage: Stage,
  base: Omit<ServicePlan, "routes">,
  { steps, version, instance }: Release,
): Promise<RunningService> {
  const { version: _, ...rest } = base;
  const plan = { ...rest, instance, ...(version === undefined ? {} : { version }) };
  return await stage.service({ ...plan, routes: [{ method: "GET", path: "/api/orders/:id", steps }] });
}

/** One of several pods behind a proxy runs the new code. */
function canary(name: string, work: string, knows: { readonly versions: boolean; readonly event: boolean }): Way {
  return async (stage) => {
    const { dice } = stage;
    const base = dressUp(stage, dice.pick(["orders", "storefront", "catalogue"]), "otel");
    const { service } = base;
    const version = (name: string): { version?: string } => (knows.versions ? { version: name } : {});
    const old = await Promise.all(
      ["b7f9c-2xk4p", "b7f9c-9dlq2"].map((pod) =>
        startRelease(stage, base, { steps: GOOD, ...version("2.4.1"), instance: `${service}-${pod}` }),
      ),
    );
    const pod = `${service}-6d8f5-${dice.pick(["qq7rm", "h2wzn", "x8t5v"])}`;
    const fresh = await startRelease(stage, base, { steps: [...GOOD, { kind: "work", name: work }], ...version("2.5.0"), instance: pod });
    const kind = dice.pick(["nginx", "haproxy", "caddy", "apache"] as const);
    const without = await stage.proxy(
      { kind, backend: service, servers: old.map(({ port }, index) => ({ name: `pod-${index}`, port })) },
      `${kind}-before`,
    );
    const isTraced = dice.chance(0.7);
    const load = { perSecond: 25, isTraced, next: (index: number) => ({ path: `/api/orders/${index}` }) };
    await stage.load({ ...load, port: without.port, count: 30, isBefore: true });
    if (knows.event)
      stage.change({
        kind: "deploy",
        service,
        instances: [pod],
        ...(knows.versions ? { version: "2.5.0", previousVersion: "2.4.1" } : {}),
        description: "canary on one pod",
      });
    const proxy = await stage.proxy({
      kind,
      backend: service,
      servers: [...old, fresh].map(({ port }, index) => ({ name: `pod-${index}`, port })),
    });
    await stage.load({ ...load, port: proxy.port, count: 50 });
    return {
      name,
      service,
      route: "/api/orders/:id",
      creators: [service],
      path: [{ ...hop(kind, "propagated"), isOptional: true }, hop(service, "created")],
      diagnose: RIGHT,
    };
  };
}

/** The whole service is replaced, and from then on part of its requests fail. */
const rollout: Way = async (stage) => {
  const { dice } = stage;
  const base = dressUp(stage, dice.pick(["orders", "storefront", "pricing"]), "otel");
  const { service } = base;
  const old = await startRelease(stage, base, { steps: GOOD, version: "7.1.0", instance: `${service}-1` });
  const load = { perSecond: 25, isTraced: true, next: (index: number) => ({ path: `/api/orders/${index}` }) };
  await stage.load({ ...load, port: old.port, count: 35, isBefore: true });
  const fresh = await startRelease(stage, base, {
    steps: [...GOOD, { kind: "work", name: dice.pick(["renderProfile", "roundTotals"]) }],
    version: "7.2.0",
    instance: `${service}-2`,
  });
  stage.change({ kind: "deploy", service, version: "7.2.0", previousVersion: "7.1.0" });
  await stage.load({ ...load, port: fresh.port, count: 25 });
  return { name: "rollout", service, route: "/api/orders/:id", creators: [service], path: [hop(service, "created")], diagnose: RIGHT };
};

const WAYS: readonly Way[] = [
  canary("canary", "renderProfile", { versions: true, event: false }),
  canary("canary-without-versions", "roundTotals", { versions: false, event: true }),
  rollout,
  canary("canary-announced", "loadPlugin", { versions: true, event: true }),
];

/** A release brought the failure. */
export const badDeploy: Scenario = { cause: "bad-deploy", count: 16, play: (stage) => stage.way(WAYS)(stage) };
