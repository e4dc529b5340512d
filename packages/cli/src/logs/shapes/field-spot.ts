import { isTextAt, KnownTexts, type LineTokens } from "./line-tokens.ts";
import { readDecimal } from "./decimal.ts";
import type { Spot } from "./spot.ts";
import { type ParseTime, TimeSpot } from "./time-spot.ts";

/** A piece of a token: all of it, one of its words, or the text between two of its slashes. */
type Piece = { readonly token: number; readonly divider: number; readonly index: number };

/** The bounds of the piece that was found last. */
let from = 0;
let to = 0;

function findPiece({ bytes, starts, ends }: LineTokens, { token, divider, index }: Piece): boolean {
  from = starts[token] as number;
  to = ends[token] as number;
  if (divider === 0) return true;
  const end = to;
  for (let left = index; left > 0; left -= 1) {
    while (from < end && bytes[from] !== divider) from += 1;
    if (from === end) return false;
    from += 1;
  }
  to = from;
  while (to < end && bytes[to] !== divider) to += 1;
  return true;
}

function listPieces(line: LineTokens): Piece[] {
  const pieces: Piece[] = [];
  for (let token = 0; token < line.count; token += 1) {
    pieces.push({ token, divider: 0, index: 0 });
    const text = line.text(token);
    for (const divider of [" ", "/"]) {
      const parts = text.split(divider).length;
      if (parts < 2 || parts > 6) continue;
      for (let index = 0; index < parts; index += 1) pieces.push({ token, divider: divider.charCodeAt(0), index });
    }
  }
  return pieces;
}

function toPlace({ token, divider, index }: Piece): readonly number[] {
  return [token, divider, index, 0, 0, -1, -1, 0];
}

/** The units of durations, in ms, and the letters that follow the number. */
const UNITS = [1, 1000, 0.001, 1e-6];
const SUFFIX = /(?:ms|us|s)$/;
const SUFFIXES = ["", "ms", "us", "s"];

function scale(number: number, unit: number): number {
  return Math.round(number * unit * 1e6) / 1e6;
}

type NumberSpot = { readonly piece: Piece; readonly unit: number; readonly suffix: string; readonly others: readonly number[] };

/** The decimal within the bounds, before `suffix`; NaN for anything else. */
function readSuffixed(bytes: Uint8Array, suffix: string): number {
  const end = to - suffix.length;
  for (let index = 0; index < suffix.length; index += 1) if (bytes[end + index] !== suffix.charCodeAt(index)) return Number.NaN;
  return readDecimal(bytes, from, end);
}

/** The spot of a number. With `others`, the number is the sum of it and of other tokens. */
function toNumberSpot({ piece, unit, suffix, others }: NumberSpot): Spot<number> {
  return {
    place: [...toPlace(piece).slice(0, 3), UNITS.indexOf(unit), SUFFIXES.indexOf(suffix), others[0] ?? -1, others[1] ?? -1, 0],
    read(line) {
      if (!findPiece(line, piece)) return undefined;
      let sum = readSuffixed(line.bytes, suffix);
      for (let index = 0; index < others.length; index += 1) {
        const token = others[index] as number;
        from = line.starts[token] as number;
        to = line.ends[token] as number;
        sum += readSuffixed(line.bytes, suffix);
      }
      return Number.isNaN(sum) ? undefined : scale(sum, unit);
    },
  };
}

/** The spots where a number may be, in any of `units`. */
export function findNumberSpots(line: LineTokens, units: readonly number[] = UNITS): Spot<number>[] {
  return listPieces(line).flatMap((piece) => {
    findPiece(line, piece);
    const suffix = SUFFIX.exec(line.bytes.toString("latin1", from, to))?.[0] ?? "";
    const { token } = piece;
    const sums = piece.divider === 0 && units.length > 1 ? [[token + 1, token + 2], [token + 2]] : [];
    return [[], ...sums.filter((others) => others.every((other) => other < line.count))].flatMap((others) =>
      units.map((unit) => toNumberSpot({ piece, unit, suffix, others })),
    );
  });
}

const texts = new KnownTexts();

/** The spots where a text may be. */
export function findTextSpots(line: LineTokens): Spot<string>[] {
  return listPieces(line).map((piece) => ({
    place: toPlace(piece),
    read: (each) => (findPiece(each, piece) ? texts.read(each.bytes, from, to) : undefined),
  }));
}

/** The spots where a method may be: at least three capital letters. */
export function findMethodSpots(line: LineTokens): Spot<string>[] {
  return listPieces(line).map((piece) => ({
    place: toPlace(piece),
    read(each) {
      if (!findPiece(each, piece) || to - from < 3) return undefined;
      for (let at = from; at < to; at += 1) if ((each.bytes[at] as number) < 65 || (each.bytes[at] as number) > 90) return undefined;
      return texts.read(each.bytes, from, to);
    },
  }));
}

/** True if a token's last word, after `at`, is the protocol of a request line: `HTTP/1.1`. */
function isProtocol(bytes: Uint8Array, at: number, end: number): boolean {
  if (!isTextAt(bytes, at, " HTTP/")) return false;
  for (let digit = at + 6; digit < end; digit += 1) {
    const code = bytes[digit] as number;
    if (code !== 46 && (code < 48 || code > 57)) return false;
  }
  return end > at + 6;
}

/** A spot where a path may be: a request's target, which may be a URL and ends before the query. */
export class PathSpot implements Spot<string> {
  private readonly piece: Piece;
  readonly place: readonly number[];
  /** The bounds of the path that `find` found last. */
  start = 0;
  end = 0;

  constructor(piece: Piece) {
    this.piece = piece;
    this.place = toPlace(piece);
  }

  read(line: LineTokens): string | undefined {
    return this.find(line) ? texts.read(line.bytes, this.start, this.end) : undefined;
  }

  /** Finds the path's bounds; false if there is no path. */
  find(line: LineTokens): boolean {
    const { piece } = this;
    if (!findPiece(line, piece)) return false;
    const { bytes } = line;
    if (piece.divider === 32 && !isProtocol(bytes, to, line.ends[piece.token] as number)) return false;
    if (bytes[from] !== 47 && !skipHost(bytes)) return false;
    let end = from;
    while (end < to && bytes[end] !== 63 && bytes[end] !== 35) end += 1;
    this.start = from;
    this.end = end;
    return true;
  }
}

/** Moves the start past a URL's scheme and host; false for text that is no URL, or a URL without a path. */
function skipHost(bytes: Uint8Array): boolean {
  let at = from;
  while (at < to && !isTextAt(bytes, at, "://")) at += 1;
  for (at += 3; at < to; at += 1) {
    if (bytes[at] !== 47) continue;
    from = at;
    return true;
  }
  return false;
}

/** The spots where a path may be. */
export function findPathSpots(line: LineTokens): PathSpot[] {
  return listPieces(line).map((piece) => new PathSpot(piece));
}

/** The spots where a time may be: in one token, or in two adjacent ones. */
export function findTimeSpots(line: LineTokens, parse: ParseTime): Spot<number>[] {
  return Array.from({ length: line.count }, (_, token) => [token, token + 1])
    .flatMap(([first = 0, second = 0]) => [
      { first, last: first },
      { first, last: second },
    ])
    .filter(({ last }) => last < line.count)
    .map(({ first, last }) => new TimeSpot(first, last, parse));
}
