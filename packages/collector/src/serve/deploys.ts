import { type Change, fail, type ProblemDetails, type Result, succeed } from "@faultline/model";
import { toProblem } from "./problem.ts";
import { parseTime, refuseValue } from "./query.ts";
import { quote } from "./quote.ts";

const KINDS = ["deploy", "restart", "config", "flag", "scale"] as const;
const TEXTS = ["version", "previousVersion", "region", "description"] as const;
const MEMBERS = new Set<string>(["kind", "service", "timeMs", "time", "instances", ...TEXTS]);
const MOST_CHARACTERS = 512;
const MOST_INSTANCES = 1000;
/** How far a sender's clock may run ahead. */
const FUTURE_MS = 24 * 3_600_000;

type Body = Readonly<Record<string, unknown>>;

/** Reads the body of `POST /api/deploys`: a Change without `source`; `kind` is deploy and `timeMs` is now unless said otherwise. */
export function parseDeclaredChange(body: Body, nowMs: number): Result<Change, ProblemDetails> {
  const unknown = Object.keys(body).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined)
    return fail(toProblem(400, `There is no member ${quote(unknown)} here; known are ${[...MEMBERS].join(", ")}.`, unknown));
  const kind = KINDS.find((each) => each === (body["kind"] ?? "deploy"));
  if (kind === undefined) return fail(toProblem(400, `kind has to be one of ${KINDS.join(", ")}.`, "kind"));
  if (!isText(body["service"])) return fail(needsText("service"));
  if (kind === "deploy" && body["version"] === undefined)
    return fail(toProblem(400, "version is missing: a deploy names the one it brings.", "version"));
  const wrong = TEXTS.find((name) => body[name] !== undefined && !isText(body[name]));
  if (wrong !== undefined) return fail(needsText(wrong));
  const timeMs = readTime(body, nowMs);
  if (!timeMs.ok) return timeMs;
  const instances = readInstances(body["instances"]);
  if (!instances.ok) return instances;
  const texts = Object.fromEntries(TEXTS.filter((name) => body[name] !== undefined).map((name) => [name, String(body[name])]));
  const members = instances.value === undefined ? texts : { ...texts, instances: instances.value };
  return succeed({ kind, service: body["service"], timeMs: timeMs.value, source: "declared", ...members });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MOST_CHARACTERS && !/[\u0000-\u001f\u007f]/.test(value);
}

function needsText(name: string): ProblemDetails {
  return toProblem(400, `${name} has to be text of 1 to ${MOST_CHARACTERS} characters without control characters.`, name);
}

function readTime(body: Body, nowMs: number): Result<number, ProblemDetails> {
  const { time, timeMs } = body;
  if (time !== undefined && timeMs !== undefined) return fail(toProblem(400, "Give time or timeMs, not both.", "time"));
  if (time === undefined && timeMs === undefined) return succeed(nowMs);
  const [name, value] = time === undefined ? (["timeMs", timeMs] as const) : (["time", time] as const);
  // Only text and numbers: an object's own toString may throw.
  const text = typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
  const parsed = parseTime(text);
  if (!parsed.ok) return fail(refuseValue(name, text, parsed.error));
  return parsed.value <= nowMs + FUTURE_MS
    ? parsed
    : fail(toProblem(400, `${name} lies more than a day in the future; is it in seconds or milliseconds, and is the clock right?`, name));
}

function readInstances(value: unknown): Result<readonly string[] | undefined, ProblemDetails> {
  if (value === undefined) return succeed(undefined);
  if (Array.isArray(value) && value.length <= MOST_INSTANCES && value.every(isText)) return succeed(value);
  return fail(toProblem(400, `instances has to be a list of at most ${MOST_INSTANCES} names.`, "instances"));
}
