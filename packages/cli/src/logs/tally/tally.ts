import { CaddyPairs, type SeenExchange } from "./caddy-pairs.ts";
import { MemoryWarnings } from "./memory-warnings.ts";
import type { LogMessage, ReadLine } from "@faultline/formats/access-log";
import { anyOf, type Exchange } from "@faultline/model";
import { PathLeaves } from "./path-leaves.ts";
import type { RouteTally } from "./route-tally.ts";
import { RouteTrie } from "../routes/route-trie.ts";
import type { PlainLine } from "../shapes/line-shape.ts";
import { Names } from "./sample.ts";
import { Series } from "./series.ts";

/** A failing exchange, kept whole so that several logs can be joined. Their number is bounded. */
export type KeptExchange = { readonly exchange: Exchange; readonly format: string; readonly file: string };
/** A message of an application or error log, kept for the same reason and bounded as well. */
export type KeptMessage = { readonly message: LogMessage; readonly format: string; readonly file: string };

/** A moment at which a program logged that it started. */
export type Start = { readonly timeMs: number; readonly text: string };

const MAX_KEPT = 4000;
const LOG_ERROR = 17;
const MAX_MESSAGES = 8000;
const MAX_UNPARSED = 5;
const MAX_STARTS = 64;
const STARTED = new RegExp(
  anyOf(
    /start worker processes/,
    /signal process started/,
    /^Booting /,
    /Booting worker/,
    /Started \w+ in [\d.]+ seconds/,
    /listening (?:on|at) /,
    /server (?:is )?(?:running|started|listening)/,
    /Starting gunicorn/,
    /\bresuming normal operations\b/,
    /Proxy \S+ started/,
    /Application started/,
    /starting container process/,
    /Listening at: /,
  ),
  "i",
);

/** True for a message that is only counted and not kept. */
export function isCountedAlone({ severity, exceptionType, text }: LogMessage): boolean {
  return severity < LOG_ERROR && exceptionType === undefined && !STARTED.test(text);
}

/** Limits of what is counted, Unix ms. */
export type TimeLimits = { readonly fromMs: number | undefined; readonly toMs: number | undefined };

/**
 * The lines of the combined format that a scanner counted: `timed` of them have a duration, and `outside` further ones lie outside of the
 * limits. The times, Unix ms, are those of all lines that it counted.
 */
export type CombinedLines = {
  readonly lines: number;
  readonly timed: number;
  readonly outside: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly traffic: Series;
  readonly errors: Series;
};

/** Everything that is counted while lines are read. Its size does not depend on their number. */
export class Tally {
  readonly routes = new Map<string, RouteTrie<RouteTally>>();
  readonly formats = new Names(64);
  readonly traffic = new Series();
  readonly errors = new Series();
  readonly kept: KeptExchange[] = [];
  /** Failing exchanges in the logs of applications behind a proxy whose log is counted: they are not counted again. */
  readonly behind: KeptExchange[] = [];
  readonly messages: KeptMessage[] = [];
  readonly starts: Start[] = [];
  readonly unparsedLines: string[] = [];
  lines = 0;
  exchanges = 0;
  messageCount = 0;
  unparsed = 0;
  firstMs: number | undefined;
  lastMs: number | undefined;
  /** Errors of gRPC, JSON-RPC and GraphQL behind a status below 400. */
  readonly behindGoodStatus = new Names();
  readonly memory = new MemoryWarnings();
  readonly caddy = new CaddyPairs();
  private readonly leaves = new PathLeaves();
  readonly limits: TimeLimits;

  constructor(limits: TimeLimits) {
    this.limits = limits;
  }

  isInside(timeMs: number | undefined): boolean {
    if (timeMs === undefined) return this.limits.fromMs === undefined && this.limits.toMs === undefined;
    return (
      (this.limits.fromMs === undefined || timeMs >= this.limits.fromMs) && (this.limits.toMs === undefined || timeMs < this.limits.toMs)
    );
  }

  /** Counts one line that was read in full. */
  add(read: ReadLine, line: string, file: string): void {
    if (read.kind === "blank" || read.kind === "partial") return;
    this.lines += 1;
    if (read.kind === "unparsed") this.addUnparsed(read.text);
    else if (read.kind === "exchange") {
      if (!read.format.startsWith("caddy")) this.addExchange({ read, line, file });
      else this.addOfCaddy({ read, line, file });
    } else if (read.kind === "message") {
      this.memory.add(line, read.message.timeMs);
      this.addMessage(read, file);
    }
  }

  private addOfCaddy(seen: SeenExchange): void {
    const { exchange, format } = seen.read;
    const { errorMessage: text } = exchange;
    if (text !== undefined && this.caddy.isRepeated(seen))
      this.addMessage({ kind: "message", format, message: toReason(exchange, text) }, seen.file);
    for (const each of this.caddy.take(seen)) this.addExchange(each);
  }

  /** Takes note of a line that was counted elsewhere, for the sake of the lines that follow it. */
  recall(seen: SeenExchange): void {
    if (seen.read.format.startsWith("caddy")) this.caddy.take(seen);
  }

  /** From here on, whatever waits for another line is left to the next part of the file. */
  startTail(): void {
    this.caddy.startTail();
  }

  /** Counts a request whose line needed no parser. */
  addPlain(line: PlainLine): void {
    const { timeMs } = line;
    this.lines += 1;
    if (!this.isInside(timeMs)) return;
    this.exchanges += 1;
    this.formats.add(line.format);
    this.addTime(timeMs, 1);
    if (line.status >= 500 && timeMs !== undefined) this.errors.add(timeMs);
    this.getLeafAt(line).addPlain(line);
  }

  /** True if failures on the line's path with its status were already read in full. */
  hasShown(line: PlainLine): boolean {
    return this.getLeafAt(line).failures.get(line.status)?.isShown === true;
  }

  private getLeafAt(line: PlainLine): RouteTally {
    if (this.leaves.isFull) this.flush();
    return this.leaves.getAt(line);
  }

  addUnparsed(text: string): void {
    this.unparsed += 1;
    if (this.unparsedLines.length < MAX_UNPARSED) this.unparsedLines.push(text.slice(0, 300));
  }

  /** Counts what was waiting for lines that did not come. */
  finish(): void {
    for (const seen of this.caddy.release()) this.addExchange(seen);
    this.flush();
  }

  private addExchange({ read, line, file }: SeenExchange): void {
    const { exchange, format } = read;
    if (!this.isInside(exchange.timeMs)) return;
    this.exchanges += 1;
    this.formats.add(format);
    this.addTime(exchange.timeMs, 1);
    this.getLeaf(exchange.method, exchange.route ?? exchange.path).add(exchange, line);
    if (exchange.errorMessage !== undefined && (exchange.status ?? 500) < 400 && HIDDEN.test(exchange.errorMessage))
      this.behindGoodStatus.add(exchange.errorMessage);
    if (exchange.status !== undefined && exchange.status >= 500 && exchange.status < 600) {
      if (exchange.timeMs !== undefined) this.errors.add(exchange.timeMs);
      this.keep({ exchange, format, file });
    }
  }

  /** The tally of one path. Paths move into the trie in batches, so that the tally of a recurring path is made once. */
  private getLeaf(method: string | undefined, path: string | undefined): RouteTally {
    if (this.leaves.isFull) this.flush();
    return this.leaves.get(method, path);
  }

  /** Moves the counts by path into the tries. */
  flush(): void {
    this.leaves.flush((method) => this.getTrie(method));
  }

  /** Takes in a scanner's counts. */
  addCombined({ lines, timed, outside, firstMs, lastMs, traffic, errors }: CombinedLines): void {
    this.lines += lines + outside;
    this.exchanges += lines;
    if (lines > 0) this.formats.add(timed > 0 ? "combined with time" : "combined", lines);
    if (traffic.total === 0) return;
    this.firstMs = Math.min(this.firstMs ?? firstMs, firstMs);
    this.lastMs = Math.max(this.lastMs ?? lastMs, lastMs);
    this.traffic.merge(traffic);
    this.errors.merge(errors);
  }

  /** Takes in the number of lines of another format that a scanner counted. Their times are among those of `addCombined`. */
  addTaught(format: string, lines: number): void {
    this.lines += lines;
    this.exchanges += lines;
    this.formats.add(format, lines);
  }

  /** Takes in the number of messages that a scanner counted without keeping them. */
  addMessages(format: string, count: number): void {
    if (count === 0) return;
    this.lines += count;
    this.messageCount += count;
    this.formats.add(format, count);
  }

  /** True once enough failing exchanges are kept. */
  get isKeepingEnough(): boolean {
    return this.kept.length >= MAX_KEPT;
  }

  /** Keeps a failing exchange for joins with other logs. The first ones of each path come first. */
  keep(kept: KeptExchange): void {
    if (this.kept.length < MAX_KEPT) this.kept.push(kept);
  }

  private addMessage(read: ReadLine & { readonly kind: "message" }, file: string): void {
    const { message, format } = read;
    if (!this.isInside(message.timeMs)) return;
    this.formats.add(format);
    this.messageCount += 1;
    if (message.timeMs !== undefined && STARTED.test(message.text) && this.starts.length < MAX_STARTS) {
      this.starts.push({ timeMs: message.timeMs, text: message.text.slice(0, 160) });
    }
    if ((message.severity >= LOG_ERROR || message.exceptionType !== undefined) && this.messages.length < MAX_MESSAGES)
      this.messages.push({ message, format, file });
  }

  /** Takes in the counts of a later part, which must not be used any more. */
  merge(later: Tally): void {
    this.exchanges += later.exchanges;
    for (const name of ["traffic", "errors"] as const) this[name].merge(later[name]);
    this.widenWindow(later.firstMs);
    this.widenWindow(later.lastMs);
    this.kept.push(...later.kept.slice(0, MAX_KEPT - this.kept.length));
    for (const [method, trie] of later.routes) this.getTrie(method).merge(trie);
    this.mergeLines(later);
  }

  /** Takes in the log of an application whose requests are counted at the proxy in front: its lines and words, but not its requests. */
  addBehind(application: Tally): void {
    this.behind.push(...application.kept);
    this.mergeLines(application);
  }

  private mergeLines(later: Tally): void {
    for (const name of ["lines", "messageCount", "unparsed"] as const) this[name] += later[name];
    for (const name of ["formats", "behindGoodStatus"] as const) this[name].merge(later[name]);
    this.messages.push(...later.messages.slice(0, MAX_MESSAGES - this.messages.length));
    this.starts.push(...later.starts.slice(0, MAX_STARTS - this.starts.length));
    this.unparsedLines.push(...later.unparsedLines.slice(0, MAX_UNPARSED - this.unparsedLines.length));
    this.memory.merge(later.memory);
    this.caddy.merge(later.caddy);
  }

  private widenWindow(timeMs: number | undefined): void {
    if (timeMs === undefined) return;
    if (this.firstMs === undefined || timeMs < this.firstMs) this.firstMs = timeMs;
    if (this.lastMs === undefined || timeMs > this.lastMs) this.lastMs = timeMs;
  }

  addTime(timeMs: number | undefined, count: number): void {
    if (timeMs === undefined) return;
    this.traffic.add(timeMs, count);
    this.widenWindow(timeMs);
  }

  getTrie(method: string): RouteTrie<RouteTally> {
    const key = this.routes.size < MAX_METHODS || this.routes.has(method) ? method : "-";
    let trie = this.routes.get(key);
    if (trie === undefined) {
      trie = new RouteTrie<RouteTally>();
      this.routes.set(key, trie);
    }
    return trie;
  }
}

/** An error line about a request that is counted already, as a message about that request. */
function toReason({ timeMs, durationMs, method, path, clientAddress }: Exchange, text: string): LogMessage {
  return {
    severity: LOG_ERROR,
    text,
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(clientAddress === undefined ? {} : { clientAddress }),
  };
}

/** Hostile requests invent methods; the real ones are few. */
const MAX_METHODS = 24;
/** The line readers' messages about errors behind a good status. */
const HIDDEN = /^(?:gRPC status|JSON-RPC error|GraphQL error) /;
