import type { ReadLine } from "@faultline/formats/access-log";
import { findMethodSpots, findNumberSpots, findPathSpots, findTextSpots, findTimeSpots, type PathSpot } from "./field-spot.ts";
import { ABSENT, type LineTokens } from "./line-tokens.ts";
import type { Spot } from "./spot.ts";
import { type Example, MAX_EXAMPLE, MEMBERS as TAUGHT_MEMBERS, type Member as TaughtMember, type TaughtShape } from "./taught-shape.ts";
import type { ParseTime } from "./time-spot.ts";

/** What is counted of a request that needs no parser. For failing requests, neither the request's size nor the upstream is counted. */
export type PlainRequest = {
  readonly format: string;
  readonly status: number;
  readonly timeMs: number | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly durationMs: number | undefined;
  readonly requestBytes: number | undefined;
  readonly upstream: string | undefined;
  /** Only failing requests have one, which is the same in all lines of a shape. */
  readonly errorMessage: string | undefined;
};

/** The same members as positions among a line's bytes. One object serves all lines of a shape. */
export class PlainLine implements PlainRequest {
  readonly format: string;
  status = 0;
  timeMs: number | undefined;
  method: string | undefined;
  durationMs: number | undefined;
  requestBytes: number | undefined;
  upstream: string | undefined;
  errorMessage: string | undefined;
  bytes: Buffer = Buffer.alloc(0);
  /** The bounds of the path; both are 0 if there is none. */
  pathStart = 0;
  pathEnd = 0;

  constructor(format: string) {
    this.format = format;
  }

  get path(): string | undefined {
    return this.pathEnd === 0 ? undefined : this.bytes.toString("latin1", this.pathStart, this.pathEnd);
  }
}

/** The spots of the members. A list is empty if the lines do not have that member. */
type Spots = {
  readonly status: readonly Spot<number>[];
  readonly timeMs: readonly Spot<number>[];
  readonly method: readonly Spot<string>[];
  readonly path: readonly PathSpot[];
  readonly durationMs: readonly Spot<number>[];
  readonly requestBytes: readonly Spot<number>[];
  readonly upstream: readonly Spot<string>[];
  readonly errorMessage: readonly Spot<string>[];
};
type Member = keyof Spots;
const MEMBERS: readonly Member[] = [...TAUGHT_MEMBERS, "errorMessage"];

/**
 * The number of lines of one shape that the parsers must have read alike before the shape is trusted; afterwards they still read every
 * n-th.
 */
const LEARN_LINES = 64;
const CHECK_EVERY = 128;

/**
 * What is counted of a parsed line, if it is an ordinary request (without a retry, with nothing hidden behind its status) or a server
 * error.
 */
export function toPlainRequest(read: ReadLine): PlainRequest | undefined {
  if (read.kind !== "exchange" || read.format === "caddy-error") return undefined;
  const { format } = read;
  const { status, timeMs, method, path, route, durationMs, requestBytes, upstream, errorMessage } = read.exchange;
  if (status === undefined || status >= 600 || route !== undefined) return undefined;
  if (status < 500 && errorMessage !== undefined) return undefined;
  const members = { format, status, timeMs, method, path, durationMs };
  // For each of its failures, Caddy says who made it, and writes two lines.
  if (status >= 500) return format === "caddy" ? undefined : { ...members, requestBytes: undefined, upstream: undefined, errorMessage };
  return (upstream?.length ?? 0) > 1 ? undefined : { ...members, requestBytes, upstream: upstream?.[0]?.address, errorMessage };
}

/**
 * The shape of lines that are cut alike and have the same members, all of them failing or none. The shape knows which tokens never change,
 * what the others are made of, and where the members of the exchange are. It learns all this from the parsers' results. If a member may be
 * in several places, a line is only read if all of them agree.
 */
export class LineShape implements TaughtShape {
  readonly signature: number;
  private readonly line: LineTokens;
  private readonly parseTime: ParseTime;
  revision = 0;
  example: Example | undefined;
  private learned = 0;
  private accepted = 0;
  private isOff = false;
  readonly hashes: number[] = [];
  readonly areConstant: boolean[] = [];
  readonly classes: number[] = [];
  private spots: Spots | undefined;
  private plain = new PlainLine("");
  private isFailing = false;
  /** True if the parsers must read a line that this shape could read. */
  isChecking = false;

  /** A shape of lines that are cut like this one. */
  constructor(line: LineTokens, parseTime: ParseTime) {
    this.line = line;
    this.signature = line.signature;
    this.parseTime = parseTime;
  }

  get format(): string {
    return this.plain.format;
  }

  /**
   * True if another reader may count these lines without a parser. Failing lines need JavaScript, and so do Caddy's, which may wait for
   * each other.
   */
  get isTeachable(): boolean {
    const { spots } = this;
    if (this.isOff || this.learned < LEARN_LINES || this.isFailing || spots === undefined || this.format === "caddy") return false;
    return spots.timeMs.length > 0 && spots.method.length > 0 && spots.path.length > 0;
  }

  /** True if this shape will not read any line before the other shapes of its kind are asked. */
  get isOutOfTheWay(): boolean {
    return this.isOff || this.isFailing || this.learned < LEARN_LINES;
  }

  places(member: TaughtMember): readonly (readonly number[])[] {
    const places = (this.spots?.[member] ?? []).map(({ place }) => place);
    return member === "timeMs" ? places.map(([first = 0, last = 0], index) => [first, last, index, 0, 0, -1, -1, 0]) : places;
  }

  readTime(index: number): number | undefined {
    return this.spots?.timeMs[index]?.read(this.line);
  }

  /**
   * Reads a line of this shape; the result is valid until the next one is read. Undefined if the parsers must read the line, as with
   * `isCheck`.
   */
  read(line: LineTokens, isCheck = false): PlainLine | undefined {
    if (this.isOff || this.learned < LEARN_LINES || !this.fits(line) || !this.extract(line)) return undefined;
    this.accepted += 1;
    this.isChecking = isCheck || this.accepted % CHECK_EVERY === 0;
    return this.isChecking ? undefined : this.plain;
  }

  private fits(line: LineTokens): boolean {
    const { classes, hashes, areConstant } = this;
    for (let token = 0; token < line.count; token += 1) {
      if (((line.classes[token] as number) & ~(classes[token] as number)) !== 0) return false;
      if (areConstant[token] === true && line.hashes[token] !== hashes[token]) return false;
    }
    return true;
  }

  /** Fills `plain`. False for a line that this shape does not count, or if the places of a member disagree. */
  private extract(line: LineTokens): boolean {
    const { spots, plain } = this;
    if (spots === undefined) return false;
    const status = agree(spots.status, line);
    const timeMs = agree(spots.timeMs, line);
    const method = agree(spots.method, line);
    const durationMs = agree(spots.durationMs, line);
    const requestBytes = agree(spots.requestBytes, line);
    const upstream = agree(spots.upstream, line);
    // Lines with another message are left to the parsers, until they have a shape of their own.
    if (agree(spots.errorMessage, line) !== plain.errorMessage) return false;
    if (timeMs === null || method === null || durationMs === null || requestBytes === null || upstream === null) return false;
    if (typeof status !== "number" || status < 100 || status >= 600 || status >= 500 !== this.isFailing) return false;
    // Caddy's reader takes whole seconds for another unit, or for no duration.
    if (plain.format === "caddy" && durationMs !== undefined && durationMs !== 0 && durationMs % 1000 === 0) return false;
    if (!this.extractPath(spots.path, line)) return false;
    plain.status = status;
    plain.timeMs = timeMs;
    plain.method = method;
    plain.durationMs = durationMs;
    plain.requestBytes = requestBytes;
    plain.upstream = upstream;
    return true;
  }

  private extractPath(spots: readonly PathSpot[], line: LineTokens): boolean {
    const { plain } = this;
    const { bytes } = line;
    const [first] = spots;
    plain.bytes = bytes;
    plain.pathStart = plain.pathEnd = 0;
    if (first === undefined) return true;
    if (!first.find(line)) return false;
    for (let index = 1; index < spots.length; index += 1) {
      const spot = spots[index] as PathSpot;
      if (!spot.find(line) || !isSameText(bytes, first, spot)) return false;
    }
    plain.pathStart = first.start;
    plain.pathEnd = first.end;
    return true;
  }

  /** Takes in what the parsers read of a line that no shape read. True if the line belongs to this shape. */
  learn(line: LineTokens, read: ReadLine): boolean {
    const request = toPlainRequest(read);
    if (request === undefined || !this.isOwn(request) || this.lacksStatus(line)) {
      // The shape would have counted this line as its own.
      if (!this.isOff && (this.isChecking || (this.learned > 0 && this.fits(line) && this.extract(line)))) this.isOff = true;
      return false;
    }
    if (this.isOff) return true;
    if (this.learned === 0) this.start(line, request);
    else if (this.narrow(line, request)) this.widen(line);
    else this.isOff = true;
    this.learned += 1;
    if (this.learned === LEARN_LINES) this.example = toExample(line);
    return true;
  }

  private isOwn(request: PlainRequest): boolean {
    const { spots } = this;
    if (spots === undefined) return true;
    if (request.format !== this.plain.format || request.status >= 500 !== this.isFailing) return false;
    if (request.errorMessage !== this.plain.errorMessage) return false;
    return MEMBERS.every((member) => (request[member] === undefined) === (spots[member].length === 0));
  }

  /**
   * True if a place is empty that gave the status so far. What the parsers took for the status then is not the status of the other lines.
   */
  private lacksStatus(line: LineTokens): boolean {
    return this.spots?.status.some((spot) => spot.read(line) === undefined) === true;
  }

  private start(line: LineTokens, request: PlainRequest): void {
    this.plain = new PlainLine(request.format);
    this.plain.errorMessage = request.errorMessage;
    this.isFailing = request.status >= 500;
    for (let token = 0; token < line.count; token += 1) {
      this.hashes.push(line.hashes[token] ?? 0);
      this.areConstant.push(true);
      this.classes.push(line.classes[token] ?? 0);
    }
    const whole = () => findNumberSpots(line, [1]);
    const all: Readonly<Record<Member, () => readonly Spot<number | string>[]>> = {
      status: whole,
      timeMs: () => findTimeSpots(line, this.parseTime),
      method: () => findMethodSpots(line),
      path: () => findPathSpots(line),
      // Of Caddy's units, only seconds are recognisable by a number alone.
      durationMs: () => findNumberSpots(line, request.format === "caddy" ? [1000] : undefined),
      requestBytes: whole,
      upstream: () => findTextSpots(line),
      errorMessage: () => findTextSpots(line),
    };
    const found = MEMBERS.map((member) => [member, request[member] === undefined ? [] : all[member]()]);
    // Each list has the kind of its member.
    this.spots = Object.fromEntries(found) as Spots;
    this.isOff = !this.narrow(line, request);
  }

  /** Drops the spots that are wrong about a line; false if a member has none left. */
  private narrow(line: LineTokens, request: PlainRequest): boolean {
    const { spots } = this;
    if (spots === undefined) return false;
    const right = MEMBERS.map((member) => [member, keepRight(spots[member], line, request[member])] as const);
    if (right.some(([member, list]) => list !== spots[member])) {
      this.revision += 1;
      // Each list has the kind of its member.
      this.spots = Object.fromEntries(right) as Spots;
    }
    return right.every(([member, list]) => request[member] === undefined || list.length > 0);
  }

  private widen(line: LineTokens): void {
    for (let token = 0; token < line.count; token += 1) {
      const isConstant = this.areConstant[token] === true && line.hashes[token] === this.hashes[token];
      const classes = (this.classes[token] ?? ABSENT) | (line.classes[token] ?? 0);
      if (isConstant === this.areConstant[token] && classes === this.classes[token]) continue;
      this.areConstant[token] = isConstant;
      this.classes[token] = classes;
      this.revision += 1;
    }
  }
}

/** The current line as an example, if it is not too long. */
function toExample({ bytes, start, end, starts, ends, count }: LineTokens): Example | undefined {
  if (end - start > MAX_EXAMPLE) return undefined;
  const fromStart = (bounds: Int32Array) => bounds.slice(0, count).map((at) => at - start);
  return { bytes: Uint8Array.from(bytes.subarray(start, end)), starts: fromStart(starts), ends: fromStart(ends) };
}

function keepRight(spots: readonly Spot<number | string>[], line: LineTokens, value: number | string | undefined) {
  return spots.every((spot) => spot.read(line) === value) ? spots : spots.filter((spot) => spot.read(line) === value);
}

/** The value on which all spots of a member agree: null if they differ or one is empty, undefined if the lines do not have the member. */
function agree<T extends number | string>(spots: readonly Spot<T>[], line: LineTokens): T | null | undefined {
  const [first] = spots;
  if (first === undefined) return undefined;
  const value = first.read(line);
  if (value === undefined) return null;
  for (let index = 1; index < spots.length; index += 1) if (spots[index]?.read(line) !== value) return null;
  return value;
}

type Bounds = { readonly start: number; readonly end: number };

function isSameText(bytes: Buffer, one: Bounds, other: Bounds): boolean {
  if (one.end - one.start !== other.end - other.start) return false;
  for (let at = 0; at < one.end - one.start; at += 1) if (bytes[one.start + at] !== bytes[other.start + at]) return false;
  return true;
}
