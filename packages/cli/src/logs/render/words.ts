import { formatTime } from "@faultline/formats/access-log-combined";
import type { Evidence, RankedCause } from "@faultline/model";
import { cutMiddle } from "../../output/visible.ts";
import { isAlike } from "../report/is-alike.ts";
import type { JoinedMessage, Report, RouteErrors } from "../report/report.ts";

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** Draws a series as a row of `width` bars. A step without events is a dot. */
export function drawSparkline(values: readonly number[], width: number): string {
  if (values.length === 0) return "";
  const steps = Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((index + 1) * values.length) / width));
    return values.slice(from, to).reduce((sum, value) => sum + value, 0);
  });
  const most = Math.max(...steps);
  return steps.map((value) => (value === 0 ? "·" : (BARS[Math.min(7, Math.floor((value / most) * 7.999))] ?? "█"))).join("");
}

/** A share with its bounds: `2.0 % (1.9-2.1)`. A share that is not 0 or 1 is never rounded to 0 % or 100 %. */
export function formatShare({ ratio, lower, upper }: RouteErrors["share"]): string {
  const least = Math.min(ratio, 1 - ratio);
  const digits = least > 0 && least < 0.00001 ? 6 : least > 0 && least < 0.001 ? 4 : ratio < 0.1 ? 2 : 1;
  const percent = (value: number) => (value * 100).toFixed(digits);
  return `${percent(ratio)} % (${percent(lower)}-${percent(upper)})`;
}

/** A whole number, its digits in groups of three. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** `1 request`, `1 903 requests`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Characters that no server writes into a log. Bytes that are not UTF-8 do not count, as they may be text of another encoding. */
const BINARY = /[\u0000-\u0008\u000E-\u001A]/;

/**
 * Advice about lines that were not understood, by some examples of them. A single run of zeros, as a truncated log has it, does not make a
 * file a program.
 */
export function adviseUnread(examples: readonly string[], whose: "its" | "their"): string {
  const binary = examples.filter((line) => BINARY.test(line)).length;
  return binary > 0 && binary * 2 >= examples.length
    ? `${whose === "its" ? "it looks" : "they look"} like binary data, not like a log`
    : `name ${whose} layout with --log-format '...', as the server's configuration has it`;
}

/** Why a report has no requests, and what to do about it. Undefined if it has some. */
export function explainNoRequests({ lines, messages, requests, unparsed, narrowedBy }: Report): string | undefined {
  if (requests > 0) return undefined;
  if (lines === 0) return "nothing to report: there are no lines";
  if (unparsed.count === lines)
    return `nothing to report: none of ${formatNumberOf(lines, "line")} was understood; ${adviseUnread(unparsed.examples, "their")}`;
  if (messages === 0 && unparsed.count * 2 >= lines)
    return `nothing to report: ${formatCount(unparsed.count)} of ${formatNumberOf(lines, "line")} were not understood; ${adviseUnread(unparsed.examples, "their")}`;
  if (messages > 0)
    return `no requests in ${formatNumberOf(lines, "line")}: ${formatNumberOf(messages, "message")} of an error or application log; name the access log beside it`;
  if (narrowedBy.length === 0) return `no requests in ${formatNumberOf(lines, "line")}`;
  return `no requests in ${formatNumberOf(lines, "line")} within what was asked for; look at ${narrowedBy.join(" and ")}`;
}

/** A time to the second, in UTC. */
export function formatClock(timeMs: number | undefined): string {
  return timeMs === undefined ? "-" : formatTime(timeMs).slice(0, 19).replace("T", " ");
}

/** A span of time, in UTC. */
export function formatSpan({ fromMs, toMs }: NonNullable<Report["window"]>): string {
  return `${formatClock(fromMs)} to ${formatClock(toMs)} UTC`;
}

/** A duration in the most readable unit. */
export function formatDuration(durationMs: number): string {
  if (durationMs >= 1000) return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 1)} s`;
  return `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`;
}

const DAY_MS = 86_400_000;

/** True if the report covers less than a day. Its head then gives the day, and its rows the time alone. */
export function isOfOneDay({ window }: Pick<Report, "window">): boolean {
  return window !== undefined && window.toMs - window.fromMs < DAY_MS;
}

/** A time in a row of the report. */
export function formatRowTime(timeMs: number | undefined, report: Pick<Report, "window">): string {
  return formatClock(timeMs).slice(isOfOneDay(report) ? -8 : 0);
}

/** The maker of the responses, in a few words. */
export function nameMaker({ madeBy }: Pick<RouteErrors, "madeBy">): string {
  if (madeBy.hop === "unknown") return "unknown";
  const who = madeBy.hop === "observer" ? madeBy.observer : madeBy.hop === "behind" ? nameBehind(madeBy) : "the client";
  return `${who}${madeBy.fate === undefined ? "" : `, which ${madeBy.fate} it`} (${Math.round(madeBy.confidence * 100)} %)`;
}

/** Observers of which the lines do not say which software they are. */
const NAMELESS: ReadonlySet<string> = new Set(["access log", "combined"]);

function nameBehind({ observer, service }: RouteErrors["madeBy"]): string {
  if (service === undefined) return `what is behind ${observer}`;
  return NAMELESS.has(observer) ? service : `${service}, behind ${observer}`;
}

/** The maker of the responses and how that is known, as a sentence without its full stop. */
export function tellMaker(route: Pick<RouteErrors, "madeBy" | "joined">): string {
  const because = explainMaker(route);
  return route.madeBy.hop === "unknown" ? `Who made it does not show: ${because}` : `Made by ${nameMaker(route)}: ${because}`;
}

/** How the maker of the responses is known. If nothing tells but another log speaks of them, that log. */
export function explainMaker({ madeBy: { hop, because }, joined }: Pick<RouteErrors, "madeBy" | "joined">): string {
  return hop === "unknown" && joined.length > 0 ? "the access log does not tell it; what was logged beside it stands below" : because;
}

/** The messages logged beside the failures, except those that the evidence of the shown causes already quotes. */
export function listFurtherMessages({ joined }: Pick<RouteErrors, "joined">, shown: readonly RankedCause[]): readonly JoinedMessage[] {
  const told = shown.flatMap(({ evidence }) => evidence.flatMap(({ statement, measured }) => [statement, measured]));
  return joined.filter(({ text }) => !told.some((words) => words.includes(text)));
}

/** The maker of the responses, for a table's cell. */
export function nameMakerShort({ madeBy }: Pick<RouteErrors, "madeBy">): string {
  const { fate: _, ...rest } = madeBy;
  return nameMaker({ madeBy: rest });
}

/** The length to which a route's name is cut in a sentence. Its row shows the full name. */
const MOST_OF_A_NAME = 40;

/** The verdict with its cause and its place: several routes, or the worst row and who answered there. */
export function tellVerdict({ diagnosis, routes }: Report): string {
  const [cause] = diagnosis.causes;
  const named = cause === undefined ? "no cause named" : `${cause.cause}, ${Math.round(cause.confidence * 100)} %`;
  const verdict = `Verdict: ${diagnosis.verdict} (${named})`;
  const [worst] = routes;
  if (worst === undefined) return verdict;
  const alike = diagnosis.scope.route !== undefined ? 0 : routes.filter((each) => isAlike(worst, each)).length;
  if (alike > 1) return `${verdict}, on ${formatCount(alike)} routes alike`;
  const others = routes.length === 1 ? "" : `; ${formatNumberOf(routes.length - 1, "other row")} below`;
  return `${verdict}: ${worst.status} on ${cutMiddle(`${worst.method} ${worst.route}`, MOST_OF_A_NAME)}, made by ${nameMakerShort(worst)}${others}`;
}

/** The patterns that say what is wrong even if no cause is named. */
const TELLING: ReadonlySet<string> = new Set(["one-upstream", "large-bodies"]);

/**
 * What a log says about the worst row's failures, in its own words, or the pattern that says what is wrong where no cause is named. Undefined if
 * there is neither.
 */
export function quoteReason({ diagnosis, routes, patterns }: Report): string | undefined {
  const [worst] = routes;
  if (worst?.madeBy.service !== undefined) return worst.madeBy.because.split("\n", 1)[0];
  const message = worst?.joined[0];
  if (message !== undefined) return `${message.format}: ${message.text}`;
  const [cause] = diagnosis.causes;
  const said = cause?.evidence.find(({ source }) => source === "log");
  if (said !== undefined) return said.measured;
  const seen = cause === undefined ? patterns.find(({ pattern }) => TELLING.has(pattern)) : undefined;
  return seen === undefined ? undefined : `${seen.evidence.statement}, ${seen.evidence.measured}`;
}

/** The patterns not yet mentioned with single routes. */
export function listUntold({ patterns }: Report, told: readonly Evidence[]): Report["patterns"] {
  const known = new Set(told.map(toKey));
  return patterns.filter(({ evidence }) => !known.has(toKey(evidence)));
}

function toKey({ statement, measured }: Evidence): string {
  return `${statement}\n${measured}`;
}
