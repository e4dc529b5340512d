import { availableParallelism } from "node:os";
import type { ReaderOptions } from "@faultline/formats/access-log";
import { parseAnyTime } from "@faultline/formats/access-log-combined";
import { UsageError } from "../command.ts";
import { GROUPINGS, type GroupBy } from "./report/groupings.ts";
import type { TimeLimits } from "./tally/tally.ts";

/** How the answer is written. */
type Output = "terminal" | "json" | "markdown" | "html" | "records";

/** The parsed command line of `faultline logs`. */
export type LogsOptions = {
  /** The arguments themselves, and the time at which they were parsed, Unix ms. */
  readonly words: readonly string[];
  readonly nowMs: number;
  readonly files: readonly string[];
  readonly output: Output;
  readonly reader: ReaderOptions;
  readonly limits: TimeLimits;
  readonly route: string | undefined;
  readonly groupBy: GroupBy | undefined;
  readonly top: number;
  readonly follow: boolean;
  /** The number of threads that count large files. */
  readonly workers: number;
  /** False if every line must go through the parsers that the user named. */
  readonly isFastAllowed: boolean;
};

// An `import` of node:util would load everything that it exports, threads and decoders among it, which takes about 4 ms of the start.
const { parseArgs } = process.getBuiltinModule("node:util");

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses the arguments after `faultline logs`. Throws a `UsageError` that says what is wrong and what to write instead. */
export async function parseLogsOptions(args: readonly string[], nowMs: number): Promise<LogsOptions> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: "string", multiple: true },
      "log-format": { type: "string" },
      json: { type: "boolean" },
      markdown: { type: "boolean" },
      html: { type: "boolean" },
      records: { type: "boolean" },
      route: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      "group-by": { type: "string" },
      top: { type: "string" },
      timezone: { type: "string" },
      follow: { type: "boolean" },
      workers: { type: "string" },
    },
  });
  if (positionals.length === 0) throw new UsageError("name one or more log files, or - for standard input: faultline logs access.log");
  if (positionals.filter((name) => name === "-").length > 1) throw new UsageError("standard input (-) can be read once only");
  const zoneOffsetMinutes = parseZone(values.timezone);
  const context = { nowMs, zoneOffsetMinutes };
  const custom = values["log-format"] === undefined ? undefined : await compile(values["log-format"]);
  const formats = values.format === undefined ? undefined : await parseFormats(values.format);
  const groupBy = parseGroupBy(values["group-by"]);
  const follow = values.follow ?? false;
  if (follow && positionals.includes("-")) throw new UsageError("--follow needs files; standard input is read as it comes anyway");
  return {
    words: args,
    nowMs,
    files: positionals,
    output: parseOutput(values),
    reader: { context, ...(formats === undefined ? {} : { formats }), ...(custom === undefined ? {} : { custom }) },
    limits: { fromMs: parseLimit("--from", values.from, context), toMs: parseLimit("--to", values.to, context) },
    route: values.route,
    groupBy,
    top: parseTop(values.top),
    follow,
    workers: parseWorkers(values.workers),
    isFastAllowed: custom === undefined && formats === undefined && (groupBy === undefined || groupBy === "route" || groupBy === "status"),
  };
}

function parseOutput(values: Readonly<Record<string, unknown>>): Output {
  const chosen = (["json", "markdown", "html", "records"] as const).filter((name) => values[name] === true);
  if (chosen.length > 1) throw new UsageError(`choose one of --${chosen.join(" and --")}`);
  return chosen[0] ?? "terminal";
}

/** Loads the readers of all formats, so it runs only when a format is named. */
async function compile(format: string): Promise<NonNullable<ReaderOptions["custom"]>> {
  const { compileLogFormat } = await import("@faultline/formats/access-log");
  const compiled = compileLogFormat(format);
  if (!compiled.ok) throw new UsageError(`--log-format: ${compiled.error}`);
  return compiled.value;
}

/** Common names of formats, besides the parsers' own ids. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  nginx: ["clf", "nginx-json", "nginx-error"],
  apache: ["clf", "apache-error", "apache-ssl-request"],
  combined: ["clf"],
  common: ["clf"],
  gunicorn: ["clf", "text"],
  fiber: ["gin"],
  jupyter: ["tornado"],
  nlb: ["elb-connection"],
  sanic: ["text"],
  "ingress-nginx": ["clf", "nginx-error"],
  traefik: ["traefik", "clf"],
  haproxy: ["haproxy", "haproxy-json"],
  envoy: ["envoy", "envoy-json"],
  istio: ["envoy", "envoy-json"],
  iis: ["w3c"],
  cloudfront: ["w3c"],
  apigateway: ["apigateway", "apigateway-execution"],
  gclb: ["google-cloud"],
  rails: ["rails", "lograge", "stack-trace"],
  django: ["django", "text", "stack-trace"],
  spring: ["spring", "text", "stack-trace"],
  morgan: ["morgan", "clf"],
  heroku: ["heroku-router", "logfmt"],
};

async function parseFormats(names: readonly string[]): Promise<readonly string[]> {
  const { JSON_FORMATS, TEXT_FORMATS } = await import("@faultline/formats/access-log");
  const known = [...TEXT_FORMATS, ...JSON_FORMATS].map(({ id }) => id);
  return names.flatMap((name) => {
    const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
    if (alias !== undefined) return alias;
    if (known.includes(name)) return [name];
    throw new UsageError(
      `--format ${name} is not known; use one of ${[...new Set([...Object.keys(ALIASES), ...known])].sort().join(", ")}`,
    );
  });
}

function parseGroupBy(name: string | undefined): GroupBy | undefined {
  if (name === undefined) return undefined;
  const found = GROUPINGS.find((each) => each === name);
  if (found === undefined) throw new UsageError(`--group-by ${name} is not known; use one of ${GROUPINGS.join(", ")}`);
  return found;
}

function parseTop(text: string | undefined): number {
  if (text === undefined) return 12;
  const top = Number(text);
  if (!Number.isInteger(top) || top < 1 || top > 10_000) throw new UsageError(`--top ${text} is no whole number from 1 to 10000`);
  return top;
}

/** Each further thread takes about 20 MB, so four would fit into 150 MiB. Two leave room for logs with many routes. */
const DEFAULT_WORKERS = 2;

function parseWorkers(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), DEFAULT_WORKERS);
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 1 || workers > 256)
    throw new UsageError(`--workers ${text} is no whole number from 1 to 256`);
  return workers;
}

function parseZone(text: string | undefined): number {
  if (text === undefined || text === "UTC" || text === "Z") return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (match === null) throw new UsageError(`--timezone ${text} is no offset from UTC; write it as +02:00`);
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === "-" ? -minutes : minutes;
}

/** A time in any notation that logs use, or a duration before now: `90m`. */
function parseLimit(option: string, text: string | undefined, context: ReaderOptions["context"]): number | undefined {
  if (text === undefined) return undefined;
  const ago = /^-?(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (ago !== null) return context.nowMs - Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0);
  const timeMs = parseAnyTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text, context);
  if (timeMs === undefined)
    throw new UsageError(`${option} ${text} is no time; write it as 2026-11-21T10:00:00Z, or as 90m for 90 minutes ago`);
  return timeMs;
}
