/** Shorthand for the most common shapes of scenes: a service that fails by itself, and one whose call fails. */
import { call, hop, maybe, outside, store, visit } from "./compose.ts";
import type { App, Scene, Step, Trouble, Turn, Visit } from "./plan.ts";
import { RUNTIMES } from "./runtimes.ts";

/** The parts of a scene that a shape fills in. */
export type Shape = Required<Pick<Scene, "visit" | "seen" | "creators" | "path">>;

/** What a failing request adds to a good one. */
type Bad = Partial<Visit> | ((turn: Turn) => Partial<Visit>);

/** How a call goes wrong. `isCallers`: it never left the caller or was rightly refused, so the caller made the failure. */
type Outgoing = { readonly trouble?: Trouble; readonly ms?: number; readonly isCallers?: boolean };

/** A service that fails by itself. */
export function alone(at: App, route: string, bad: Bad): Shape {
  return {
    visit: (turn) => visit(at, route, { path: fill(route, turn), ...worsen(bad, turn) }),
    seen: seenAs(at, route),
    creators: [at.service],
    path: [hop(at.service, "created")],
  };
}

/** The creators of a failure in which both caller and callee have a part: either may be named. */
export const callersOrPeers = (service: string, peers: string | readonly string[]): Pick<Shape, "creators" | "path"> => ({
  creators: [service, ...(typeof peers === "string" ? [peers] : peers)],
  path: [hop(service, "created", "propagated", "remapped"), maybe(peers, "clean", "created")],
});

/** The same with what its requests are like when nothing fails. */
export function usually(good: Partial<Visit>, { visit: inner, ...rest }: Shape): Shape {
  return { ...rest, visit: (turn) => (turn.isBad ? { ...good, ...inner(turn) } : { ...inner(turn), ...good }) };
}

/** A service whose call to something without telemetry fails: there is no answer, unless it `answers` with a status. */
export function byCall(
  at: App,
  route: string,
  outgoing: Outgoing & {
    readonly host: string;
    readonly to?: string;
    readonly method?: string;
    readonly answers?: number;
    readonly bad?: Bad;
  },
): Shape {
  const { host, to = "/", method = "GET", answers, trouble, ms = 4 } = outgoing;
  const good = call(visit(outside(host), to, { method }));
  const isUnreached = answers === undefined;
  const failed = call(visit(outside(host), to, { method, status: answers ?? 200 }), {
    ...(isUnreached ? { isUnreached, ms } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  });
  return byStep(at, route, { ...outgoing, names: [host], good, failed });
}

/** A service whose statement to a store fails. */
export function byStore(
  at: App,
  route: string,
  outgoing: Outgoing & {
    readonly system: string;
    readonly host: string;
    readonly statement: string;
    readonly code?: string;
    readonly bad?: Bad;
  },
): Shape {
  const { system, host, statement, code, trouble, ms } = outgoing;
  const good = store([system, host], statement);
  const more = {
    ...(code === undefined ? {} : { code }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(ms === undefined ? {} : { ms }),
  };
  return byStep(at, route, { ...outgoing, names: [host, system], good, failed: store([system, host], statement, more) });
}

/** A service whose message a broker refuses. */
export function bySend(
  at: App,
  route: string,
  outgoing: Outgoing & { readonly system: string; readonly host: string; readonly topic: string; readonly bad?: Bad },
): Shape {
  const { system, host, topic, trouble, ms } = outgoing;
  const good: Step = { kind: "send", system, host, topic };
  const failed = { ...good, ...(trouble === undefined ? {} : { trouble }), ...(ms === undefined ? {} : { ms }) };
  return byStep(at, route, { ...outgoing, names: [host, topic, system], good, failed });
}

type Around = {
  readonly names: readonly string[];
  readonly good: Step;
  readonly failed: Step;
  readonly isCallers?: boolean;
  readonly bad?: Bad;
};

function byStep(at: App, route: string, { names, good, failed, isCallers = false, bad = {} }: Around): Shape {
  const path = isCallers
    ? [hop(at.service, "created", "remapped"), maybe(names, "clean", "created")]
    : [hop(at.service, "propagated", "remapped"), hop(names, "created")];
  return {
    visit: (turn) => visit(at, route, { path: fill(route, turn), steps: [turn.isBad ? failed : good], ...worsen(bad, turn) }),
    seen: seenAs(at, route),
    creators: isCallers ? [at.service] : names,
    path,
  };
}

/** The same behind another service, which passes the answer on or answers with a status of its own. */
export function behind(front: App & { readonly answers?: number }, route: string, { visit: inner, creators, path }: Shape): Shape {
  return {
    visit: (turn) => {
      const below = inner(turn);
      const answered = below.status >= 500 ? (front.answers ?? below.status) : below.status;
      return visit(front, route, { path: fill(route, turn), status: answered, steps: [call(below)] });
    },
    seen: seenAs(front, route),
    creators,
    path: [hop(front.service, "propagated", "remapped"), ...path],
  };
}

function worsen(bad: Bad, turn: Turn): Partial<Visit> {
  if (!turn.isBad) return {};
  return { status: 500, ...(typeof bad === "function" ? bad(turn) : bad) };
}

function fill(route: string, { index }: Turn): string {
  return route.replace(/:\w+/, String(4_100 + index * 7));
}

function seenAs({ service, runtime }: App, route: string): { readonly service: string; readonly route: string } {
  return { service, route: RUNTIMES[runtime].route(route) };
}
