/**
 * `faultline logs`: server errors out of log files, by route, with who made them and why. What only some runs need is loaded by these: a
 * report on the combined format alone starts in half of the time.
 */
import type { Command, CommandIo } from "../command.ts";
import { analyzeSource, countInTurn } from "../logs/analyze.ts";
import { buildReport } from "../logs/report/build-report.ts";
import { judgeFile, withColumnOrder } from "../logs/column-order.ts";
import type { Crew } from "../logs/threads/count-segments.ts";
import { type LogsOptions, parseLogsOptions } from "../logs/options.ts";
import { limitYoungGeneration } from "../logs/threads/limit-young-generation.ts";
import { createReadStream, existsSync, fstatSync } from "../input/node-fs.ts";
import { Progress } from "../output/progress.ts";
import type { RecordFilter } from "../logs/records.ts";
import type { Hearing } from "../logs/report/hear-applications.ts";
import type { Report } from "../logs/report/report.ts";
import { DEFAULT_CUT, planSegments, type Segment } from "../logs/segments.ts";
import { findSize, type Input, isNamedPipe, openFile, type Source } from "../logs/source.ts";
import { type KeptExchange, Tally } from "../logs/tally/tally.ts";
import { isOfServer } from "../logs/to-log-record.ts";
import { formatSpan } from "../logs/render/words.ts";
import { explainUnreadFile, takeStock } from "../logs/explain-unread-file.ts";
import { toSafeJson, toVisible } from "../output/visible.ts";

const HELP = `usage: faultline logs [OPTION ...] FILE ...

Which routes fail, since when, which hop made the errors and why: out of access, error and application logs.
Formats are detected line by line; files may be mixed, gzip, zstd or UTF-16. FILE may be - for standard input.
Several files (access, error and application log) are joined by request id, or by time and path or client.

  --format NAME        read only this format (may be given several times)
  --log-format STRING  the log_format of nginx, LogFormat of Apache or log-format of HAProxy or uWSGI that wrote the file
  --route TEXT         only routes with this text
  --from TIME, --to TIME   only this time: 2026-11-21T10:00:00Z, or 90m for 90 minutes ago
  --timezone +02:00    zone of times that are written without one (default UTC)
  --group-by MEMBER    also count the errors by route, status, hop, upstream, client, flags or message
  --top N              rows of the table (default 12)
  --workers N          threads for files of 256 MiB and more (default: 2 where there are cores)
  --follow             go on with new lines and print each server error; Ctrl-C reports on all of them
  --json, --markdown, --html   the report in another form, on standard output; the last two, which are handed on, without secrets
  --records            every line as one flat JSON object; lines not understood as {"unparsed": "..."}

Exit codes: 0 read, with or without server errors in it; 1 nothing to judge: no request and no message in any file (empty, not understood,
or none within --route, --from and --to); 2 wrong usage or unreadable file.

Example: faultline logs /var/log/nginx/access.log /var/log/nginx/error.log
`;

/** How many bytes of each file were read, from its start. */
type ReadBytes = ReadonlyMap<string, number>;

/** What reading came to: whether there was anything to judge, and how far each file was read. */
type Outcome = { readonly isTelling: boolean; readonly readBytes: ReadBytes; readonly tally?: Tally };

type Analysis = {
  readonly tally: Tally;
  readonly readBytes: ReadBytes;
  /** A sentence on each file of which nothing was understood. */
  readonly notUnderstood: readonly string[];
};

/** The segments of a large file; undefined for one that is read in one piece, as those are whose columns are not as published: only their head tells. */
function planCounting(name: string, options: LogsOptions): readonly Segment[] | undefined {
  const segments = planSegments(name, DEFAULT_CUT);
  if (segments === undefined) return undefined;
  return withColumnOrder(options, judgeFile(name)) === options ? segments : undefined;
}

/** Reads all files into one tally. */
async function analyzeAll(options: LogsOptions, io: CommandIo): Promise<Analysis> {
  const behind = options.files.length > 1 ? await import("../logs/behind-proxies.ts") : undefined;
  const [proxies, applications] = [new Tally(options.limits), new Tally(options.limits)];
  const notUnderstood: string[] = [];
  let crew: Crew | undefined;
  const readBytes = await eachSource(options, io, async (source) => {
    const tally = (await behind?.isApplicationLog(source.name, options.reader)) === true ? applications : proxies;
    const before = takeStock(tally);
    const segments = planCounting(source.name, options);
    const counting = { ...options, tally, cut: DEFAULT_CUT, onBytes: source.onBytes };
    if (segments === undefined) await analyzeSource(source, { ...options, tally });
    else if (options.workers === 1) await countInTurn(segments, counting);
    else {
      const { countSegments, Crew: LoadedCrew } = await import("../logs/threads/count-segments.ts");
      crew ??= new LoadedCrew();
      await countSegments(segments, { ...counting, crew });
    }
    const sentence = explainUnreadFile(source.name, tally, before);
    if (sentence !== undefined) notUnderstood.push(sentence);
  }).finally(async () => await crew?.close());
  for (const tally of [proxies, applications]) tally.finish();
  behind?.addApplications(proxies, applications);
  return { tally: proxies, readBytes, notUnderstood };
}

async function eachSource(options: LogsOptions, io: CommandIo, read: (source: Source) => Promise<void>): Promise<ReadBytes> {
  const sizes = options.files.map(findSize);
  const progress = new Progress(
    io,
    sizes.reduce((sum, size) => sum + size, 0),
    () => process.uptime() * 1000,
  );
  const readBytes = new Map<string, number>();
  for (const name of options.files) {
    const onBytes = (bytes: number) => {
      progress.add(bytes);
      limitYoungGeneration();
      readBytes.set(name, (readBytes.get(name) ?? 0) + bytes);
    };
    await read({ name, onBytes, ...readOnce(name, io) });
  }
  progress.clear();
  return readBytes;
}

/** The input of what cannot be opened again to look at its first bytes: standard input and named pipes. */
function readOnce(name: string, io: CommandIo): Pick<Source, "stdin"> {
  if (name === "-") return { stdin: toInput(io) };
  if (!isNamedPipe(name)) return {};
  const fd = openFile(name);
  return { stdin: { chunks: () => createReadStream(name, { fd }), fd } };
}

/** Pipes and files can be read by their descriptor; a terminal or a socket comes as chunks. */
function toInput(io: CommandIo): Input {
  const chunks = () => io.stdin;
  const { stdinFd: fd } = io;
  if (fd === undefined) return { chunks };
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isFile() ? { chunks, fd } : { chunks };
}

/** A page or a text is made to be handed on: what its lines quote is redacted. What stays on this terminal, or goes to a program, is as logged. */
async function toHandOn(report: Report): Promise<Report> {
  return (await import("../logs/report/redact-report.ts")).redactReport(report);
}

async function render(report: Report, options: LogsOptions, io: CommandIo): Promise<string> {
  if (options.output === "json") return `${toSafeJson(report, 2)}\n`;
  if (options.output === "markdown") return (await import("../logs/render/markdown.ts")).renderMarkdown(await toHandOn(report));
  if (options.output === "html") return (await import("../logs/render/html.ts")).renderHtml(await toHandOn(report));
  const { renderTerminal } = await import("../logs/render/terminal.ts");
  const hasColors = io.stdout.isTTY === true && io.env["NO_COLOR"] === undefined && io.env["TERM"] !== "dumb";
  return renderTerminal(report, { width: io.stdout.columns ?? 120, hasColors });
}

/** Lines inside `--from` and `--to` that are of the wanted route. */
function createFilter(options: LogsOptions): RecordFilter {
  const { route } = options;
  const tally = new Tally(options.limits);
  return (read) => {
    if (read.kind === "exchange")
      return (
        tally.isInside(read.exchange.timeMs) &&
        (route === undefined || `${read.exchange.method ?? "-"} ${read.exchange.path ?? ""}`.includes(route))
      );
    if (read.kind === "message")
      return tally.isInside(read.message.timeMs) && (route === undefined || (read.message.path ?? "").includes(route));
    return route === undefined;
  };
}

/** Reports what there is and goes on with what is written from then on, until a signal; then a report on a terminal is written once more. */
async function reportAndFollow(options: LogsOptions, io: CommandIo): Promise<void> {
  const files = options.files.filter((name) => existsSync(name));
  for (const name of options.files)
    if (!files.includes(name)) io.stderr.write(`faultline logs: ${name} is not there yet; waiting for it\n`);
  const { readBytes, tally = new Tally(options.limits) } =
    files.length === 0 ? { readBytes: new Map() } : await report({ ...options, files }, io);
  if (options.output !== "terminal") return await follow(options, io, { readBytes });
  const before = tally.lines;
  await follow(options, io, { readBytes, tally });
  if (tally.lines === before) return;
  tally.finish();
  io.stdout.write("\n");
  await writeReport(tally, options, io);
}

/** How far a report read each file, and its counts where they shall go on. */
type Reported = { readonly readBytes: ReadBytes; readonly tally?: Tally };

async function follow(options: LogsOptions, io: CommandIo, { readBytes, tally }: Reported): Promise<void> {
  const { createLineReader } = await import("@faultline/formats/access-log");
  const { followFiles } = await import("../logs/follow.ts");
  const { toRecordLines } = await import("../logs/records.ts");
  const { listenForStop } = await import("../stop-listener.ts");
  const stopping = listenForStop(io.env);
  const isWanted = createFilter(options);
  const readerOf = (name: string) => (existsSync(name) ? withColumnOrder(options, judgeFile(name)).reader : options.reader);
  const readers = new Map(options.files.map((name) => [name, createLineReader(readerOf(name))]));
  await followFiles({
    files: options.files.map((name) => ({ name, fromBytes: readBytes.get(name) ?? 0 })),
    everyMs: 250,
    signal: stopping.signal,
    onLine: (line, file) => {
      const reader = readers.get(file);
      if (reader === undefined) return;
      if (options.output === "records") {
        for (const text of toRecordLines(reader, line, isWanted)) io.stdout.write(`${text}\n`);
        return;
      }
      const read = reader.read(line);
      tally?.add(read, line, file);
      if (!isWanted(read)) return;
      const isFailure = read.kind === "exchange" && (read.exchange.status ?? 0) >= 500;
      if (isFailure || (read.kind === "message" && read.message.severity >= 17)) io.stdout.write(`${toVisible(line)}\n`);
    },
  });
  stopping.release();
}

/** Writes what the files hold by now. */
async function report(options: LogsOptions, io: CommandIo): Promise<Outcome> {
  if (options.output === "records") return await writeAllRecords(options, io);
  const { tally, readBytes, notUnderstood } = await analyzeAll(options, io);
  const { files, output } = options;
  const found = await writeReport(tally, options, io);
  // Of a single file the report on a terminal says it itself.
  if (files.length > 1 || output !== "terminal") for (const sentence of notUnderstood) io.stderr.write(`faultline logs: ${sentence}\n`);
  const isTelling = found.requests + found.messages > 0;
  if (!isTelling) await tellTimes(tally, options, io);
  return { isTelling, readBytes, tally };
}

/** Where nothing lies within `--from` and `--to`: which times there are. What was left out is not counted, so files are read once more; a pipe cannot be. */
async function tellTimes({ lines, unparsed, limits }: Tally, options: LogsOptions, io: CommandIo): Promise<void> {
  if (limits.fromMs === undefined && limits.toMs === undefined) return;
  if (lines === unparsed || options.follow || options.files.includes("-")) return;
  const { tally } = await analyzeAll({ ...options, limits: { fromMs: undefined, toMs: undefined } }, io);
  if (tally.firstMs === undefined || tally.lastMs === undefined) return;
  const times = formatSpan({ fromMs: tally.firstMs, toMs: tally.lastMs + 1 });
  io.stderr.write(`faultline logs: the times that there are: ${times}\n`);
}

async function writeReport(tally: Tally, options: LogsOptions, io: CommandIo): Promise<Report> {
  const { files, route, top, groupBy } = options;
  const found = buildReport(tally, { files, route, top, groupBy, hear: await findHearing(tally) });
  io.stdout.write(await render(found, options, io));
  return found;
}

/** Loads the playbook only if applications logged something: without it the report starts faster. */
async function findHearing({ messages, memory, kept, behind }: Tally): Promise<Hearing | undefined> {
  const isApplication = ({ exchange }: KeptExchange) => exchange.observer.kind === "app";
  if (messages.every(isOfServer) && behind.length === 0 && !kept.some(isApplication)) return undefined;
  const { createHearing } = await import("../logs/report/hear-applications.ts");
  return createHearing({ messages, memory });
}

async function writeAllRecords(options: LogsOptions, io: CommandIo): Promise<Outcome> {
  const { writeRecords } = await import("../logs/records.ts");
  const write = (text: string) => io.stdout.write(text);
  const filter = createFilter(options);
  let isTelling = false;
  const isWanted: RecordFilter = (read) => {
    const wanted = filter(read);
    if (wanted && (read.kind === "exchange" || read.kind === "message")) isTelling = true;
    return wanted;
  };
  const readBytes = await eachSource(options, io, (source) => writeRecords(source, { ...options, isWanted, write }));
  return { isTelling, readBytes };
}

const EXIT_NOTHING = 1;

/** `faultline logs` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const options = await parseLogsOptions(args, Date.now());
    if (options.follow) {
      await reportAndFollow(options, io);
      return 0;
    }
    const { isTelling } = await report(options, io);
    return isTelling ? 0 : EXIT_NOTHING;
  },
};
