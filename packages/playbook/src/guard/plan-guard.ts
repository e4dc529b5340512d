import type { GuardPlan, HopAccount, Platform, Protection, RankedCause } from "@faultline/model";
import { fillWords } from "../diagnose/checks/fill-words.ts";
import { GUARDS, type GuardTemplate } from "./guards.ts";

/** The input of a plan: the ranked causes and the path on which they were found. */
export type GuardRequest = {
  readonly causes: readonly RankedCause[];
  readonly path: readonly HopAccount[];
  readonly route?: string;
  /** The trace id of one failing request. */
  readonly failure?: string;
  /** The platforms of the hops, as far as they are known. */
  readonly platforms?: Partial<Readonly<Record<GuardTemplate["at"], Platform | undefined>>>;
};

/** The protections for the first cause, placed on the hops of this path; none if no cause is named. */
export function planGuard({ causes, path, route, failure, platforms = {} }: GuardRequest): GuardPlan {
  const cause = causes[0]?.cause;
  if (cause === undefined) return { now: [], prevent: [] };
  const places = { ...findPlaces(path, route), failure };
  const { now, prevent } = GUARDS[cause];
  const plan = (templates: readonly GuardTemplate[]) =>
    chooseTemplates(templates, platforms).map((each) => place(each, places, platforms[each.at]));
  return { now: plan(now), prevent: plan(prevent) };
}

/** The protections that fit the platform of their place. General ones are included only if none names that platform. */
function chooseTemplates(templates: readonly GuardTemplate[], platforms: NonNullable<GuardRequest["platforms"]>): readonly GuardTemplate[] {
  const isMeant = ({ at, onlyFor }: GuardTemplate) => onlyFor?.some((platform) => platform === platforms[at]) === true;
  const hasOwn = templates.some(isMeant);
  return templates.filter((each) => (each.onlyFor === undefined ? !(hasOwn && each.isGeneral === true) : isMeant(each)));
}

type Places = {
  readonly creating: string;
  readonly calling: string;
  readonly front: string;
  /** The service of the creating hop. */
  readonly dependency: string;
  /** The argument of `faultline prove`; undefined if no failing request was recorded. */
  readonly failure: string | undefined;
};

function findPlaces(path: readonly HopAccount[], route: string | undefined): Omit<Places, "failure"> {
  const at = path.findLastIndex(({ fate }) => fate === "created" || fate === "remapped" || fate === "masked");
  const creating = path[at];
  const calling = path[at - 1] ?? creating;
  const front = path[0];
  const say = (hop: HopAccount | undefined) => (hop === undefined ? "the failing service" : `${hop.service}, ${hop.operation}`);
  return {
    creating: say(creating),
    calling: say(calling),
    front: front === undefined ? (route ?? "the route") : say(front),
    dependency: creating?.service ?? "dependency",
  };
}

/** The method of the request, if an operation names one. */
const REQUEST = /, (GET|HEAD|DELETE|POST|PUT|PATCH)\b/;
/** Methods whose input is in the URL. */
const BODILESS: ReadonlySet<string> = new Set(["get", "head", "delete"]);

function place({ what, at, examples = {} }: GuardTemplate, places: Places, platform: Platform | undefined): Protection {
  const example = examples[platform ?? "node"] ?? examples.any;
  const { dependency, failure } = places;
  const verb = REQUEST.exec(places[at])?.[1]?.toLowerCase() ?? "post";
  const filled = fillWords(example ?? "", {
    dependency: toIdentifier(dependency),
    dependencyName: JSON.stringify(dependency),
    failure,
    verb,
    part: BODILESS.has(verb) ? "query" : "body",
  });
  return { what, where: places[at], ...(example === undefined || filled === undefined ? {} : { example: filled }) };
}

/**
 * Turns `api.payco.example:443` into `apiPaycoExample`. A hop with only a description, such as `an intermediary before api.example`, gets
 * no name.
 */
function toIdentifier(service: string): string {
  if (service.includes(" ")) return "dependency";
  const words = service.replace(/:\d+$/, "").match(/[A-Za-z0-9]+/g) ?? [];
  const name = words.map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1))).join("");
  return /^[A-Za-z]/.test(name) ? name : "dependency";
}
