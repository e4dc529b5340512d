/** What a stored incident consists of, and how it is read. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compileLogFormat, createLineReader } from "@faultline/formats/access-log";
import { readOtlpLine } from "@faultline/formats/otlp";
import type { CauseId, Change, Exchange, Fate, LogRecord, MetricPoint, Observations, Span } from "@faultline/model";

/** One hop of the right path. Names are alternatives where a hop can be called by more than one; so are fates. */
export type ExpectedHop = {
  readonly service: readonly string[];
  readonly fate: readonly Fate[];
  /** True where the evidence may not be enough to place this hop: an answer without it is right as well. */
  readonly isOptional?: boolean;
};

/** A hop that the right path must have. */
export function hop(service: string | readonly string[], ...fate: readonly Fate[]): ExpectedHop {
  return { service: typeof service === "string" ? [service] : service, fate };
}

/** A hop that an answer may leave out. */
export function maybe(service: string | readonly string[], ...fate: readonly Fate[]): ExpectedHop {
  return { ...hop(service, ...fate), isOptional: true };
}

/** The right answer of each step. */
export type Expected = {
  readonly detect: { readonly failing: number; readonly requests: number; readonly service?: string; readonly route?: string };
  readonly isolate: { readonly creators: readonly string[]; readonly path: readonly ExpectedHop[] };
  /** `inconclusive` names what must be called missing; `healthy` is when nothing failed. */
  readonly diagnose:
    | {
        readonly verdict: "diagnosed";
        readonly cause: CauseId;
        readonly also?: readonly CauseId[];
        /** What is right to say as well once the source is taken away that alone shows this cause. */
        readonly without?: Readonly<Partial<Record<keyof Observations, readonly CauseId[]>>>;
      }
    | { readonly verdict: "inconclusive"; readonly missing: readonly string[] }
    | { readonly verdict: "healthy" };
};

/** How an incident was made. */
export type IncidentFacts = {
  readonly name: string;
  readonly scenario: string;
  readonly seed: number;
  readonly half: "read" | "unread";
  /** Incidents recorded together; figures of the newest batch were not seen by who tuned before it. */
  readonly batch?: number;
  /** For negatives: `noise`, `two-faults`, `decoy-deploy`, `decoy-restart`, `decoy-surge`, `evidence-missing`, `healthy`. */
  readonly negative?: string;
  readonly made: string;
  readonly software: readonly string[];
  /** Formats of access logs that cannot be told from their lines. */
  readonly logFormats: Readonly<Record<string, string>>;
  /** Who met the fault, how often and in which words: what the services and proxies told the generator, not their telemetry. */
  readonly proof?: { readonly source: string; readonly count: number; readonly reasons: readonly string[] };
};

/** A stored incident, read when it is its turn. */
export type Incident = { readonly folder: string; readonly facts: IncidentFacts; readonly expected: Expected; load(): Observations };

/** Seeds that are even may be read by who writes causes; odd ones are only ever counted. */
export function halfOf(seed: number): "read" | "unread" {
  return seed % 2 === 0 ? "read" : "unread";
}

/** All incidents under a directory, in the order of their paths. */
export function listIncidents(directory: string): readonly Incident[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name))
    .sort()
    .flatMap((folder) => (existsSync(join(folder, "expected.json")) ? [readIncident(folder)] : listIncidents(folder)));
}

function readIncident(folder: string): Incident {
  const facts = JSON.parse(readFileSync(join(folder, "incident.json"), "utf8")) as IncidentFacts;
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  return { folder, facts, expected, load: () => readObservations(folder, facts) };
}

type Growing = { spans: Span[]; logs: LogRecord[]; metrics: MetricPoint[]; changes: Change[]; exchanges: Exchange[] };

function readObservations(folder: string, facts: IncidentFacts): Observations {
  const all: Growing = { spans: [], logs: [], metrics: [], changes: [], exchanges: [] };
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    if (!statSync(path).isFile() || file.endsWith(".json")) continue;
    const bytes = readFileSync(path);
    const lines = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes)
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "");
    if (file.startsWith("deploys.")) all.changes.push(...lines.map((line) => JSON.parse(line) as Change));
    else if (file.includes(".jsonl")) readOtlpLines(lines, all);
    else readLogLines(lines, { file, facts, all });
  }
  return all;
}

function readOtlpLines(lines: readonly string[], all: Growing): void {
  for (const line of lines) {
    const read = readOtlpLine(line);
    if (!read.ok) throw new Error(`a stored line is no OTLP: ${read.error}`);
    const { signal, decoded } = read.value;
    if (signal === "traces") all.spans.push(...decoded.items);
    else if (signal === "logs") all.logs.push(...decoded.items);
    else all.metrics.push(...decoded.items);
  }
}

/** `nginx.access.log.gz`: an exchange a line; what else a proxy says becomes a log record of the proxy. */
function readLogLines(lines: readonly string[], { file, facts, all }: { file: string; facts: IncidentFacts; all: Growing }): void {
  const name = file.split(".")[0] ?? "proxy";
  const format = facts.logFormats[file];
  const context = { nowMs: Date.parse(facts.made), zoneOffsetMinutes: 0 };
  const compiled = format === undefined ? undefined : compileLogFormat(format);
  if (compiled?.ok === false) throw new Error(`the format of ${file} cannot be read: ${compiled.error}`);
  const reader = createLineReader(compiled === undefined ? { context } : { context, custom: compiled.value });
  const resource = { service: name, attributes: {} };
  for (const line of lines) {
    const read = reader.read(line);
    if (read.kind === "exchange") all.exchanges.push({ ...read.exchange, observer: { ...read.exchange.observer, name } });
    else if (read.kind === "message") {
      const { message } = read;
      all.logs.push({
        timeMs: message.timeMs ?? context.nowMs,
        severity: message.severity,
        body: message.text,
        attributes: toAttributes(message),
        resource,
      });
    }
  }
}

function toAttributes({
  method,
  path,
  upstreamAddress,
}: {
  method?: string;
  path?: string;
  upstreamAddress?: string;
}): LogRecord["attributes"] {
  return {
    ...(method === undefined ? {} : { "http.request.method": method }),
    ...(path === undefined ? {} : { "url.path": path }),
    ...(upstreamAddress === undefined ? {} : { "server.address": upstreamAddress }),
  };
}
