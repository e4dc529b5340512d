import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Exchange, LogRecord, MetricPoint, Span, Window } from "@faultline/model";
import { diagnose, type DiagnosisRequest } from "@faultline/playbook";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { addressFiles } from "../input/address-files.ts";
import { formatDiagnosis } from "../output/format-diagnosis.ts";
import { formatElsewhere } from "../output/format-elsewhere.ts";
import { parseTime } from "../input/parse-time.ts";
import { Progress } from "../output/progress.ts";
import { isLogFile, readAccessLogs, type ReadLogs } from "../logs/read-access-logs.ts";
import { createDisplayRedactor } from "@faultline/collector/display";
import { mapObservations } from "@faultline/collector/source-maps";
import { openSourceMaps } from "../input/open-source-maps.ts";
import type { LineSource } from "../input/read-lines.ts";
import { readSignatures } from "../input/read-signatures.ts";
import { readTelemetry } from "../input/read-telemetry.ts";
import { spoolInput } from "../input/spool-input.ts";
import { readThinned, type Thinned, type ThinningOptions } from "../diagnose/read-thinned.ts";

const HELP = `usage: faultline diagnose [OPTION ...] FILE...

Reads OTLP/JSON lines (traces, logs, metrics), as an OpenTelemetry Collector's file exporter writes them, plain or compressed by gzip
or zstd, and says which hop made the failure and why. "-" is standard input. Access and error logs of proxies and servers may stand
beside them or alone: each is joined to its request by trace id, request id, or time and path; its file's name says who wrote it.

  --route ROUTE          only exchanges of this route, as in /cart/{id}
  --service NAME         only exchanges served by this service
  --version VERSION      only this version of it
  --region REGION        only this region
  --from TIME --to TIME  only traces that start in this time: 2026-05-01T10:00:00Z, or Unix s, ms or ns
  --baseline-from TIME --baseline-to TIME
                         a time when all was well, to compare with; without it, what comes before --from
  --signatures FILE      answers of your own gateways, as JSON, before the known ones (docs/playbook/isolate.md)
  --source-maps DIR      source maps (*.map) of the bundles that ran: stacks are read by their sources
  --json                 the Diagnosis as JSON

exit codes: 0 diagnosed; 1 inconclusive, or nothing failed; 2 the question could not be asked (wrong usage, unreadable file)

examples: faultline diagnose --route /checkout traces.jsonl.gz logs.jsonl.gz
          faultline diagnose traces.jsonl nginx.access.log nginx.error.log
`;

const EXIT = { diagnosed: 0, inconclusive: 1 } as const;

/** `faultline diagnose` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        route: { type: "string" },
        service: { type: "string" },
        version: { type: "string" },
        region: { type: "string" },
        from: { type: "string" },
        to: { type: "string" },
        "baseline-from": { type: "string" },
        "baseline-to": { type: "string" },
        signatures: { type: "string" },
        "source-maps": { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    if (positionals.length === 0) throw new UsageError('name at least one file, or "-" for standard input');
    if (positionals.filter((name) => name === "-").length > 1) throw new UsageError('"-" (standard input) can be read only once');
    const sourceMaps = openSourceMaps(values["source-maps"]);
    const request = { ...toRequest(values), signatures: readSignatures(values.signatures) };
    const { keptShare, telemetry, ...read } = await readAll(positionals, io, request);
    refuseEmpty(read, positionals, request);
    const observations = { ...read, changes: [] };
    const told = sourceMaps === undefined ? observations : mapObservations(observations, sourceMaps);
    const found = addressFiles(diagnose(told, { ...request, keptShare }), telemetry);
    const diagnosis = createDisplayRedactor().redactDiagnosis(found);
    if (values.json) io.stdout.write(`${JSON.stringify(diagnosis)}\n`);
    else io.stdout.write(`${formatDiagnosis(diagnosis, io.stdout.columns)}${formatElsewhere(diagnosis, told, io.stdout.columns)}`);
    return EXIT[diagnosis.verdict];
  },
};

/** Refuses input without any telemetry: whoever named the wrong file should be told, instead of getting a verdict about nothing. */
function refuseEmpty(read: Omit<ReadInput, "keptShare" | "telemetry">, names: readonly string[], { window }: DiagnosisRequest): void {
  if (window !== undefined || [read.spans, read.logs, read.metrics, read.exchanges].some(({ length }) => length > 0)) return;
  const files = names.map((name) => (name === "-" ? "standard input" : name)).join(", ");
  throw new UsageError(`there is no telemetry in ${files}: no span, log record, metric or access-log line; is it the right file?`);
}

type Options = Readonly<
  Record<"route" | "service" | "version" | "region" | "from" | "to" | "baseline-from" | "baseline-to", string | undefined>
>;

function toRequest(options: Partial<Options>): DiagnosisRequest {
  const { route, service, version, region } = options;
  const window = toWindow(options.from, options.to, "--from");
  const baseline = toWindow(options["baseline-from"], options["baseline-to"], "--baseline-from");
  return {
    scope: {
      ...(route === undefined ? {} : { route }),
      ...(service === undefined ? {} : { service }),
      ...(version === undefined ? {} : { version }),
      ...(region === undefined ? {} : { region }),
    },
    ...(window === undefined ? {} : { window }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function toWindow(from: string | undefined, to: string | undefined, option: string): Window | undefined {
  if (from === undefined && to === undefined) return undefined;
  const window = {
    fromMs: from === undefined ? -Infinity : parseTime(from, option),
    toMs: to === undefined ? Infinity : parseTime(to, option.replace("from", "to")),
  };
  if (window.fromMs >= window.toMs) throw new UsageError(`${option} must be before ${option.replace("from", "to")}`);
  return window;
}

/** Up to this size all input is kept; beyond it the input is thinned. Compressed input counts as larger than its file. */
const KEPT_WHOLE_BYTES = 48 * 1024 * 1024;
const COMPRESSION = 12;

/** `telemetry` lists the files that hold OTLP, by the names that the user gave. */
type ReadInput = Thinned & { readonly exchanges: readonly Exchange[]; readonly telemetry: readonly string[] };

async function readAll(names: readonly string[], io: CommandIo, request: DiagnosisRequest): Promise<ReadInput> {
  const spool = names.includes("-") ? await spoolInput(io.stdin) : undefined;
  try {
    const files = names.map((name) => (name === "-" && spool !== undefined ? spool.file : name));
    const sources = files.map((name) => ({ name, stdin: io.stdin }));
    const totalBytes = files.reduce((sum, name) => sum + findSize(name), 0);
    const progress = new Progress(io, totalBytes, () => performance.now());
    const nameInput = (sentence: string) => (spool === undefined ? sentence : sentence.replace(spool.file, "standard input"));
    const warn = (sentence: string) => io.stderr.write(`faultline diagnose: ${nameInput(sentence)}\n`);
    const options = { warn, onBytes: (count: number) => progress.add(count), windows: toWindows(request) };
    const kinds = await sortSources(sources);
    const size = kinds.telemetry.reduce((sum, { name }) => sum + expectSize(name), 0);
    const thinned = await (size > KEPT_WHOLE_BYTES ? readThinned : readWhole)(kinds.telemetry, options);
    const written = await readAccessLogs(kinds.logs, { ...options, areTraced: thinned.spans.length > 0 });
    progress.clear();
    return {
      ...join(thinned, written),
      telemetry: names.filter((_, index) => kinds.telemetry.some((source) => source === sources[index])),
    };
  } finally {
    spool?.remove();
  }
}

/** Sorts files into OTLP and log files. What is neither goes to the reader of OTLP, which says what is wrong with it. */
async function sortSources(sources: readonly LineSource[]) {
  const logs: LineSource[] = [];
  for (const source of sources) if (await isLogFile(source)) logs.push(source);
  return { logs, telemetry: sources.filter((source) => !logs.includes(source)) };
}

function join({ spans, logs, metrics, keptShare }: Thinned, written: ReadLogs): Omit<ReadInput, "telemetry"> {
  const good = spans.length === 0 ? written.keptShare : keptShare.good;
  return { spans, logs: [...logs, ...written.logs], metrics, exchanges: written.exchanges, keptShare: { ...keptShare, good } };
}

function findSize(name: string): number {
  return statSync(name, { throwIfNoEntry: false })?.size ?? 0;
}

function expectSize(name: string): number {
  const size = findSize(name);
  return /\.(?:gz|zst)$/.test(name) ? size * COMPRESSION : size;
}

/** The windows to read: the one asked about and the baseline. Without a baseline, everything before the window may serve as one. */
function toWindows({ window, baseline }: DiagnosisRequest): readonly Window[] {
  if (window === undefined) return [];
  return baseline === undefined ? [{ fromMs: -Infinity, toMs: window.toMs }] : [window, baseline];
}

async function readWhole(sources: readonly LineSource[], options: ThinningOptions): Promise<Thinned> {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const metrics: MetricPoint[] = [];
  for (const source of sources) {
    await readTelemetry(source, {
      ...options,
      take(line) {
        // Not push(...items): a line may hold more items than a call may have arguments.
        if (line.signal === "traces") for (const span of line.decoded.items) spans.push(span);
        else if (line.signal === "logs") for (const log of line.decoded.items) logs.push(log);
        else for (const point of line.decoded.items) metrics.push(point);
      },
    });
  }
  return { spans, logs, metrics, keptShare: { failing: 1, good: 1 } };
}
