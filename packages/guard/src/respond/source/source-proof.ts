/**
 * Proves from the source that the request provoked an error. The stack says which expression threw; where that leads back to the request, and the
 * same path into this very request gives exactly what the error's words state, the request did it. See docs/decisions/0335.
 */
import { performance } from "node:perf_hooks";
import { readMember, readTextMember } from "../../capture/throwable.ts";
import type { Exchange, IncomingHeaders } from "../../exchange.ts";
import type { ErrorAnswer } from "../error-facts.ts";
import { type Claim, readClaim } from "./claim.ts";
import { findSurroundings, type Surrounding } from "./find-binding.ts";
import { type Frame, readFrames, Scripts } from "./frames.ts";
import { type InputPath, Tracer } from "./input-path.ts";
import { bodiesFor, type Found, findValues, type RecordedInput } from "./input-values.ts";
import { wouldAnotherDo } from "./misnamed.ts";
import type { Token } from "./tokens.ts";

/** What was read of the scripts for one stack: the paths into a request that the failing expression comes from, and which names are read around it. */
type Origin = { readonly paths: readonly InputPath[]; readonly names: ReadonlySet<string> };

const MAX_STACKS = 256;
/** Of how many values for which the words hold it is asked whether another would have done. */
const MAX_HOLDING = 8;

/** What became of each stack, by the kind of words; all are let go when there are too many. */
const origins = new Map<string, Map<number, Origin | undefined>>();

/** The names of members that the code between two tokens reads. */
function collectNames(tokens: readonly Token[], { parameters, end }: Surrounding): readonly string[] {
  return tokens.slice(parameters, end).flatMap((token, at, all) => {
    if (token.kind === "string") return [token.text.slice(1, -1)];
    return token.kind === "name" && /^(?:\??\.|[{,])$/.test(all[at - 1]?.text ?? "") ? [token.text] : [];
  });
}

/** The innermost frame of the app, with nothing but Node and the language above it. */
function findInnermost(frames: readonly Frame[]): number | undefined {
  const at = frames.findIndex(({ kind }) => kind === "app" || kind === "package");
  return frames[at]?.kind === "app" ? at : undefined;
}

function readOrigin(claim: Claim, stack: string): Origin | undefined {
  const frames = readFrames(stack);
  const frame = findInnermost(frames);
  if (frame === undefined) return undefined;
  const scripts = new Scripts();
  const place = scripts.find(frames[frame]);
  if (place === undefined) return undefined;
  const tracer = new Tracer(frames, scripts);
  const paths = claim.paths(tracer, { place, frame }).filter((path) => path !== undefined);
  if (paths.length === 0) return undefined;
  const around = findSurroundings(place.tokens, place.at).slice(0, 1);
  const read = [...around.map((owner) => ({ tokens: place.tokens, owner })), ...tracer.passed];
  return { paths, names: new Set(read.flatMap(({ tokens, owner }) => collectNames(tokens, owner))) };
}

function findOrigin({ kind, claim }: { readonly kind: number; readonly claim: Claim }, stack: string): Origin | undefined {
  let known = origins.get(stack);
  if (known === undefined) {
    if (origins.size >= MAX_STACKS) origins.clear();
    origins.set(stack, (known = new Map<number, Origin | undefined>()));
  }
  if (known.has(kind)) return known.get(kind);
  let origin: Origin | undefined;
  try {
    origin = readOrigin(claim, stack);
  } catch {
    // A script that is gone, or that cannot be read, proves nothing.
  }
  known.set(kind, origin);
  return origin;
}

type Question = { readonly claim: Claim; readonly names: ReadonlySet<string>; readonly input: RecordedInput };

/** The very value is there, in each way that the body is known, and nothing else would have done. */
function isProvenIn(path: InputPath, { claim, names, input }: Question): boolean {
  const bodies = bodiesFor(path, input);
  const isProven = bodies.map((body) => {
    const holding = findValues(path, input, body).filter(({ value, isText }: Found) => claim.holds(value, isText));
    return holding.length > 0 && !holding.slice(0, MAX_HOLDING).some((found) => wouldAnotherDo(found, claim, names));
  });
  return isProven.length > 0 && !isProven.includes(false);
}

function isProvenBy(path: InputPath, question: Question): boolean {
  try {
    return isProvenIn(path, question);
  } catch {
    // A value that cannot even be looked at proves nothing.
    return false;
  }
}

function hasBody(headers: IncomingHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** The stack and the request are read only where the words of the error can be about one value. */
function isProvoked(exchange: Exchange, bodyText: () => string | undefined): boolean {
  const { thrown, view, request } = exchange;
  const known = readClaim(readTextMember(thrown, "message") ?? "", readTextMember(thrown, "name") ?? "");
  const stack = known === undefined ? undefined : exchange.account?.stack?.frames;
  const origin = known === undefined || stack === undefined ? undefined : findOrigin(known, stack);
  if (known === undefined || origin === undefined) return false;
  const headers = view.headers(request);
  const text = bodyText() ?? (hasBody(headers) ? undefined : "");
  const input: RecordedInput = {
    method: view.method(request),
    parsed: view.parsedBody(request),
    text,
    target: view.target(request),
    headers,
    hasPlainHeaders: !(readMember(request, "request") instanceof Request),
  };
  return origin.paths.some((path) => isProvenBy(path, { claim: known.claim, names: origin.names, input }));
}

/**
 * A 400 for what an exchange has thrown and no rule knows, where the source proves that its request provoked it. It is told all the same, at once, as what is
 * thrown behind an answer is: should the code be what is mistaken, somebody can see it.
 */
export function judgeBySource(exchange: Exchange, bodyText: () => string | undefined): ErrorAnswer | undefined {
  if (!isProvoked(exchange, bodyText)) return undefined;
  exchange.ending = { status: 400, isFailure: false, isAborted: false, endMs: performance.now() };
  exchange.owner.tellLate(exchange);
  return { status: 400 };
}
