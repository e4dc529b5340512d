import type { ReadLine } from "@faultline/formats/access-log";
import { findMethodSpots, findNumberSpots, findPathSpots, findTextSpots, findTimeSpots, type Spot } from "./field-spot.ts";
import { ABSENT, type LineTokens } from "./line-tokens.ts";

/** What is counted of a request that did not fail. */
export type PlainRequest = {
  readonly format: string;
  readonly status: number;
  readonly timeMs: number | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly durationMs: number | undefined;
  readonly requestBytes: number | undefined;
  readonly upstream: string | undefined;
};

type Member = Exclude<keyof PlainRequest, "format">;
const MEMBERS: readonly Member[] = ["status", "timeMs", "method", "path", "durationMs", "requestBytes", "upstream"];

/** Lines of one shape that the parsers must have read alike before it is trusted, and then every how many-th they read still. */
const LEARN_LINES = 64;
const CHECK_EVERY = 128;

/** What is counted of a parsed line, when it is a request like most: no server error, no retry, nothing hidden behind its status. */
export function toPlainRequest(read: ReadLine): PlainRequest | undefined {
  if (read.kind !== "exchange" || read.format.startsWith("caddy")) return undefined;
  const { status, timeMs, method, path, route, durationMs, requestBytes, upstream, errorMessage } = read.exchange;
  if (status === undefined || status >= 500 || errorMessage !== undefined || route !== undefined) return undefined;
  if ((upstream?.length ?? 0) > 1) return undefined;
  return { format: read.format, status, timeMs, method, path, durationMs, requestBytes, upstream: upstream?.[0]?.address };
}

/**
 * Lines that are cut alike: which of their tokens never change, what the others are made of, and where the members of their exchange stand.
 * All of it is learned from what the parsers read. Where a member may stand in several places, a line is only read if they all say the same.
 */
export class LineShape {
  private readonly parseTime: (text: string) => number | undefined;
  private format = "";
  private learned = 0;
  private accepted = 0;
  private isOff = false;
  private readonly hashes: number[] = [];
  private readonly areConstant: boolean[] = [];
  private readonly classes: number[] = [];
  /** Empty lists are of members that the lines do not have. */
  private readonly spots = new Map<Member, readonly Spot<number | string>[]>();
  /** Lines that were none of the plain ones, seen before the shape was trusted. */
  private checking = false;

  constructor(parseTime: (text: string) => number | undefined) {
    this.parseTime = parseTime;
  }

  /** Reads a line of this shape; undefined when the parsers must. */
  read(line: LineTokens): PlainRequest | undefined {
    this.checking = false;
    if (this.isOff || this.learned < LEARN_LINES || !this.fits(line)) return undefined;
    const request = this.extract(line);
    if (request === undefined) return undefined;
    this.accepted += 1;
    this.checking = this.accepted % CHECK_EVERY === 0;
    return this.checking ? undefined : request;
  }

  private fits(line: LineTokens): boolean {
    const { classes, hashes, areConstant } = this;
    for (let token = 0; token < line.count; token += 1) {
      if (((line.classes[token] as number) & ~(classes[token] as number)) !== 0) return false;
      if (areConstant[token] === true && line.hashes[token] !== hashes[token]) return false;
    }
    return true;
  }

  private extract(line: LineTokens): PlainRequest | undefined {
    const status = this.readMember("status", line);
    if (typeof status !== "number" || status < 100 || status >= 500) return undefined;
    const timeMs = this.readMember("timeMs", line);
    const method = this.readMember("method", line);
    const path = this.readMember("path", line);
    const durationMs = this.readMember("durationMs", line);
    const requestBytes = this.readMember("requestBytes", line);
    const upstream = this.readMember("upstream", line);
    if ([timeMs, method, path, durationMs, requestBytes, upstream].includes(null)) return undefined;
    // Their spots read what `findSpots` looked for.
    return { format: this.format, status, timeMs, method, path, durationMs, requestBytes, upstream } as PlainRequest;
  }

  /** What all spots of a member say; null when they differ, undefined when it has none. */
  private readMember(member: Member, line: LineTokens): number | string | null | undefined {
    const spots = this.spots.get(member) ?? [];
    if (spots.length === 0) return undefined;
    const value = spots[0]?.read(line);
    if (value === undefined) return null;
    for (let index = 1; index < spots.length; index += 1) if (spots[index]?.read(line) !== value) return null;
    return value;
  }

  /** Hears what the parsers read of a line that this shape did not. */
  learn(line: LineTokens, read: ReadLine): void {
    if (this.isOff) return;
    const request = toPlainRequest(read);
    const isPlain = request !== undefined && this.isOfFormat(request);
    if (!isPlain) {
      // It would have been taken for one of the plain ones.
      if (this.checking || (this.learned > 0 && this.fits(line) && this.extract(line) !== undefined)) this.isOff = !isFailure(read);
      return;
    }
    if (this.learned === 0) this.start(line, request);
    else if (!MEMBERS.every((member) => this.narrow(member, line, request))) this.isOff = true;
    else this.widen(line);
    this.learned += 1;
  }

  private isOfFormat(request: PlainRequest): boolean {
    if (this.learned === 0) return true;
    return (
      request.format === this.format &&
      MEMBERS.every((member) => (request[member] === undefined) === (this.spots.get(member)?.length === 0))
    );
  }

  private start(line: LineTokens, request: PlainRequest): void {
    this.format = request.format;
    for (let token = 0; token < line.count; token += 1) {
      this.hashes.push(line.hashes[token] ?? 0);
      this.areConstant.push(true);
      this.classes.push(line.classes[token] ?? 0);
    }
    for (const member of MEMBERS) {
      const value = request[member];
      this.spots.set(member, value === undefined ? [] : this.findSpots(member, line).filter((spot) => spot.read(line) === value));
      if (value !== undefined && this.spots.get(member)?.length === 0) this.isOff = true;
    }
  }

  private findSpots(member: Member, line: LineTokens): Spot<number | string>[] {
    if (member === "timeMs") return findTimeSpots(line, this.parseTime);
    if (member === "path") return findPathSpots(line);
    if (member === "method") return findMethodSpots(line);
    if (member === "upstream") return findTextSpots(line);
    return findNumberSpots(line, member === "durationMs" ? undefined : [1]);
  }

  /** Drops the spots that are wrong about a line; false when none is left. */
  private narrow(member: Member, line: LineTokens, request: PlainRequest): boolean {
    const value = request[member];
    const spots = this.spots.get(member) ?? [];
    if (value === undefined) return spots.length === 0;
    const right = spots.filter((spot) => spot.read(line) === value);
    if (right.length < spots.length) this.spots.set(member, right);
    return right.length > 0;
  }

  private widen(line: LineTokens): void {
    for (let token = 0; token < line.count; token += 1) {
      if (line.hashes[token] !== this.hashes[token]) this.areConstant[token] = false;
      this.classes[token] = (this.classes[token] ?? ABSENT) | (line.classes[token] ?? 0);
    }
  }
}

function isFailure(read: ReadLine): boolean {
  return read.kind === "exchange" && (read.exchange.status ?? 0) >= 500;
}
