import type { Exchange } from "@faultline/model";
import { Names, Sample } from "./sample.ts";
import type { PlainRequest } from "../shapes/line-shape.ts";
import { Series } from "./series.ts";

const MAX_LINES = 3;

/** What is kept of one route's server errors with one status. */
export class FailureTally {
  count = 0;
  firstMs: number | undefined;
  lastMs: number | undefined;
  readonly series = new Series();
  readonly durations = new Sample();
  readonly requestBytes = new Sample();
  /** The makers of the response, by hop, with the sum of the lines' confidence. */
  readonly madeBy = new Map<string, { count: number; because: Names; confidence: number }>();
  readonly flags = new Names();
  readonly messages = new Names();
  readonly upstreams = new Names(64);
  readonly upstreamStatuses = new Names();
  readonly clients = new Names(64);
  readonly observers = new Names();
  /** The first lines, verbatim but cut to a length. */
  readonly lines: string[] = [];
  readonly requestIds: string[] = [];

  /** True once enough lines are kept to show some. */
  get isShown(): boolean {
    return this.lines.length >= MAX_LINES;
  }

  addTimed(timeMs: number | undefined, durationMs: number | undefined): void {
    this.count += 1;
    if (durationMs !== undefined) this.durations.add(durationMs);
    if (timeMs === undefined) return;
    this.series.add(timeMs);
    if (this.firstMs === undefined || timeMs < this.firstMs) this.firstMs = timeMs;
    if (this.lastMs === undefined || timeMs > this.lastMs) this.lastMs = timeMs;
  }

  /** Takes in a scanner's own counts. */
  addCounted(counted: Pick<FailureTally, "count" | "firstMs" | "lastMs" | "durations" | "series">): void {
    this.count += counted.count;
    this.firstMs = least(this.firstMs, counted.firstMs);
    this.lastMs = least(this.lastMs, counted.lastMs, -1);
    this.durations.merge(counted.durations);
    this.series.merge(counted.series);
  }

  /** Counts the message that a line gives for its failure. */
  addMessage(text: string): void {
    this.messages.add(text.slice(0, 200));
  }

  /** Takes in what only a fully read line tells. `addTimed` does the counting. */
  addDetail(exchange: Exchange, line: string): void {
    if (this.lines.length < MAX_LINES) this.lines.push(line.slice(0, 2000));
    if (exchange.requestId !== undefined && this.requestIds.length < MAX_LINES) this.requestIds.push(exchange.requestId);
    if (exchange.requestBytes !== undefined) this.requestBytes.add(exchange.requestBytes);
    if (exchange.flags !== undefined) this.flags.add(exchange.flags);
    if (exchange.errorMessage !== undefined) this.addMessage(exchange.errorMessage);
    if (exchange.clientAddress !== undefined) this.clients.add(exchange.clientAddress);
    this.observers.add(exchange.observer.name);
    const last = exchange.upstream?.at(-1);
    if (last?.address !== undefined) this.upstreams.add(last.address);
    if (last?.status !== undefined) this.upstreamStatuses.add(String(last.status));
    const { madeBy } = exchange;
    if (madeBy === undefined) return;
    const known = this.madeBy.get(madeBy.hop) ?? { count: 0, because: new Names(8), confidence: 0 };
    known.count += 1;
    known.because.add(madeBy.because);
    known.confidence += madeBy.confidence;
    this.madeBy.set(madeBy.hop, known);
  }

  merge(other: FailureTally): void {
    this.count += other.count;
    this.firstMs = least(this.firstMs, other.firstMs);
    this.lastMs = least(this.lastMs, other.lastMs, -1);
    this.series.merge(other.series);
    this.durations.merge(other.durations);
    this.requestBytes.merge(other.requestBytes);
    for (const [hop, theirs] of other.madeBy) {
      const ours = this.madeBy.get(hop);
      if (ours === undefined) this.madeBy.set(hop, theirs);
      else {
        ours.count += theirs.count;
        ours.confidence += theirs.confidence;
        ours.because.merge(theirs.because);
      }
    }
    for (const name of ["flags", "messages", "upstreams", "upstreamStatuses", "clients", "observers"] as const)
      this[name].merge(other[name]);
    this.lines.push(...other.lines.slice(0, MAX_LINES - this.lines.length));
    this.requestIds.push(...other.requestIds.slice(0, MAX_LINES - this.requestIds.length));
  }
}

function least(a: number | undefined, b: number | undefined, sign = 1): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return sign * a <= sign * b ? a : b;
}

/** Half octaves of milliseconds, 1 ms to 12 days. */
export const LATENCY_BUCKETS = 62;

/** The half octave of a duration in whole ms. */
export function findLatencyBucket(durationMs: number): number {
  const value = durationMs | 1;
  const octave = 31 - Math.clz32(value);
  return 2 * octave + (octave === 0 ? 0 : (value >> (octave - 1)) & 1);
}

/** A failure that a retry hid from the client. */
export type HiddenTally = {
  count: number;
  firstMs: number | undefined;
  lastMs: number | undefined;
  readonly statuses: Names;
  readonly upstreams: Names;
  line: string;
};

/** The first digit of a server's errors. */
const SERVER_ERRORS = 5;
/** A plain array for the same reason as in `Series`. */
const NO_CLASSES: readonly number[] = Array.from({ length: 10 }, () => 0);
const NO_FAILURES: ReadonlyMap<number, FailureTally> = new Map();

/** Counts by `findLatencyBucket`, from the lowest used bucket to the highest. Most paths use one. */
class Latency {
  first = 0;
  counts: number[] = [];

  add(bucket: number, count: number): void {
    if (this.counts.length === 0) this.first = bucket;
    while (bucket < this.first) {
      this.counts.unshift(0);
      this.first -= 1;
    }
    while (bucket >= this.first + this.counts.length) this.counts.push(0);
    this.counts[bucket - this.first] = (this.counts[bucket - this.first] ?? 0) + count;
  }
}

/**
 * The counts of one route (or path, while routes are being learned). There may be tens of thousands, so rarely needed members are made
 * late.
 */
export class RouteTally {
  lines = 0;
  /** Lines by the first digit of the status; 0 stands for none. */
  readonly classes = NO_CLASSES.slice();
  /** The latencies of answers that were no server errors; absent until one has a duration. */
  private latency: Latency | undefined;
  private failuresByStatus: Map<number, FailureTally> | undefined;
  /** The request sizes and the upstreams of requests that did not fail. */
  okBytes: Sample | undefined;
  okUpstreams: Names | undefined;
  hidden: HiddenTally | undefined;

  get failures(): ReadonlyMap<number, FailureTally> {
    return this.failuresByStatus ?? NO_FAILURES;
  }

  /** The number of requests that failed at the server. */
  get failed(): number {
    return this.classes[SERVER_ERRORS] ?? 0;
  }

  getFailures(status: number): FailureTally {
    this.failuresByStatus ??= new Map();
    let tally = this.failuresByStatus.get(status);
    if (tally === undefined) {
      tally = new FailureTally();
      this.failuresByStatus.set(status, tally);
    }
    return tally;
  }

  addLatency(bucket: number, count: number): void {
    (this.latency ??= new Latency()).add(bucket, count);
  }

  /** Counts one fully read exchange. */
  add(exchange: Exchange, line: string): void {
    const { status, timeMs, durationMs } = exchange;
    this.lines += 1;
    const kind = status === undefined ? 0 : Math.floor(status / 100);
    this.classes[kind] = (this.classes[kind] ?? 0) + 1;
    if (status !== undefined && status >= 500 && status < 600) {
      const failures = this.getFailures(status);
      failures.addTimed(timeMs, durationMs);
      failures.addDetail(exchange, line);
      return;
    }
    this.addAnswer({ durationMs, requestBytes: exchange.requestBytes, upstream: exchange.upstream?.at(-1)?.address });
    this.addHidden(exchange, line);
  }

  /** Counts a request whose line needed no parser. */
  addPlain(request: PlainRequest): void {
    const { status, timeMs, durationMs } = request;
    this.lines += 1;
    const kind = Math.floor(status / 100);
    this.classes[kind] = (this.classes[kind] ?? 0) + 1;
    if (status < 500) return this.addAnswer(request);
    const failures = this.getFailures(status);
    failures.addTimed(timeMs, durationMs);
    if (request.errorMessage !== undefined) failures.addMessage(request.errorMessage);
  }

  private addAnswer({ durationMs, requestBytes, upstream }: Pick<PlainRequest, "durationMs" | "requestBytes" | "upstream">): void {
    if (durationMs !== undefined) this.addLatency(findLatencyBucket(Math.min(durationMs, 2 ** 30)), 1);
    if (requestBytes !== undefined) (this.okBytes ??= new Sample()).add(requestBytes);
    if (upstream !== undefined) this.addUpstream(upstream, 1);
  }

  /** Counts an upstream of requests that did not fail. */
  addUpstream(name: string, count: number): void {
    (this.okUpstreams ??= new Names(64)).add(name, count);
  }

  /** Takes in the sizes of requests that did not fail. */
  addSizes(sizes: Sample): void {
    if (this.okBytes === undefined) this.okBytes = sizes;
    else this.okBytes.merge(sizes);
  }

  /** Counts an earlier try that failed before one that did not; the client never saw the failure. */
  private addHidden(exchange: Exchange, line: string): void {
    const failed = exchange.upstream?.slice(0, -1).filter((attempt) => attempt.answered === false || (attempt.status ?? 0) >= 500) ?? [];
    if (failed.length === 0 || exchange.status === undefined) return;
    const hidden = (this.hidden ??= {
      count: 0,
      firstMs: undefined,
      lastMs: undefined,
      statuses: new Names(),
      upstreams: new Names(32),
      line: line.slice(0, 2000),
    });
    hidden.count += 1;
    hidden.firstMs = least(hidden.firstMs, exchange.timeMs);
    hidden.lastMs = least(hidden.lastMs, exchange.timeMs, -1);
    for (const attempt of failed) {
      hidden.statuses.add(attempt.status === undefined ? "no answer" : String(attempt.status));
      if (attempt.address !== undefined) hidden.upstreams.add(attempt.address);
    }
  }

  merge(other: RouteTally): void {
    this.lines += other.lines;
    addArrays(this.classes, other.classes);
    if (this.latency === undefined) this.latency = other.latency;
    else other.latency?.counts.forEach((count, index) => this.addLatency((other.latency?.first ?? 0) + index, count));
    if (other.failuresByStatus !== undefined) this.mergeFailures(other.failuresByStatus);
    if (other.okBytes !== undefined) this.addSizes(other.okBytes);
    if (this.okUpstreams === undefined) this.okUpstreams = other.okUpstreams;
    else if (other.okUpstreams !== undefined) this.okUpstreams.merge(other.okUpstreams);
    this.mergeHidden(other.hidden);
  }

  private mergeFailures(theirs: ReadonlyMap<number, FailureTally>): void {
    this.failuresByStatus ??= new Map();
    for (const [status, failures] of theirs) {
      const ours = this.failuresByStatus.get(status);
      if (ours === undefined) this.failuresByStatus.set(status, failures);
      else ours.merge(failures);
    }
  }

  /** Restores a tally from its structured clone, and its failures by `reviveFailures`. The clone must not be used any more. */
  static revive(copy: RouteTally, reviveFailures: (copy: FailureTally) => FailureTally): RouteTally {
    const failures = copy.failuresByStatus;
    return Object.assign(new RouteTally(), copy, {
      latency: copy.latency === undefined ? undefined : Object.assign(new Latency(), copy.latency),
      failuresByStatus: failures === undefined ? undefined : new Map([...failures].map(([status, each]) => [status, reviveFailures(each)])),
      okBytes: copy.okBytes === undefined ? undefined : Object.assign(new Sample(), copy.okBytes),
      okUpstreams: copy.okUpstreams === undefined ? undefined : Object.assign(new Names(), copy.okUpstreams),
    });
  }

  private mergeHidden(theirs: HiddenTally | undefined): void {
    if (theirs === undefined) return;
    if (this.hidden === undefined) {
      this.hidden = theirs;
      return;
    }
    this.hidden.count += theirs.count;
    this.hidden.firstMs = least(this.hidden.firstMs, theirs.firstMs);
    this.hidden.lastMs = least(this.hidden.lastMs, theirs.lastMs, -1);
    this.hidden.statuses.merge(theirs.statuses);
    this.hidden.upstreams.merge(theirs.upstreams);
  }

  /** The latency in ms below which `ratio` of the answers without a server error lie. */
  findLatency(ratio: number): number | undefined {
    if (this.latency === undefined) return undefined;
    const { first, counts } = this.latency;
    const total = counts.reduce((sum, count) => sum + count, 0);
    let below = 0;
    const index = counts.findIndex((count) => (below += count) >= ratio * total);
    return index === -1 ? undefined : 2 ** ((first + index) / 2) * 1.2;
  }
}

function addArrays(into: number[], from: readonly number[]): void {
  from.forEach((count, index) => {
    into[index] = (into[index] ?? 0) + count;
  });
}
