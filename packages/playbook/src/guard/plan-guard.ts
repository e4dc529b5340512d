import type { GuardPlan, HopAccount, Protection, RankedCause } from "@faultline/model";
import { GUARDS, type GuardTemplate } from "./guards.ts";

/** What the plan is made for: the ranked causes and the path they were found on. */
export type GuardRequest = { readonly causes: readonly RankedCause[]; readonly path: readonly HopAccount[]; readonly route?: string };

/** The protections for the first cause, placed on the hops of this path; none when no cause is named. */
export function planGuard({ causes, path, route }: GuardRequest): GuardPlan {
  const cause = causes[0]?.cause;
  if (cause === undefined) return { now: [], prevent: [] };
  const places = findPlaces(path, route);
  const { now, prevent } = GUARDS[cause];
  return { now: now.map((each) => place(each, places)), prevent: prevent.map((each) => place(each, places)) };
}

type Places = { readonly creating: string; readonly calling: string; readonly front: string };

function findPlaces(path: readonly HopAccount[], route: string | undefined): Places {
  const at = path.findLastIndex(({ fate }) => fate === "created" || fate === "remapped" || fate === "masked");
  const creating = path[at];
  const calling = path[at - 1] ?? creating;
  const front = path[0];
  const say = (hop: HopAccount | undefined) => (hop === undefined ? "the failing service" : `${hop.service}, ${hop.operation}`);
  return { creating: say(creating), calling: say(calling), front: front === undefined ? (route ?? "the route") : say(front) };
}

function place({ what, at, example }: GuardTemplate, places: Places): Protection {
  return { what, where: places[at], ...(example === undefined ? {} : { example }) };
}
