/**
 * Proves from the source that the request provoked an error. The stack says which expression threw; where that leads back to the request, and the
 * same path into this very request gives exactly what the error's words state, the request did it. See docs/decisions/0335.
 */
import { types } from "node:util";
import type { Exchange } from "../../exchange.ts";
import type { ErrorAnswer } from "../error-facts.ts";
import { believed, type Claim, OF_PACKAGES, readClaim } from "./claim.ts";
import { findSurroundings, type Surrounding } from "./find-binding.ts";
import { readFrames, Scripts } from "./frames.ts";
import { Tracer } from "./input-path.ts";
import { bodiesFor, type Found, type InputPath, isNothing, type RecordedInput } from "./input-values.ts";
import { wouldAnotherDo } from "./misnamed.ts";
import { piped } from "./piped.ts";
import type { Token } from "./tokens.ts";

/** What is claimed by which kind of words. */
type Claimed = { readonly kind: number; readonly claim: Pick<Claim, "paths"> };

/** What was read of the scripts for one stack: the paths into a request that the failing expression comes from, and which names are read around it. */
type Origin = { readonly paths: readonly InputPath[]; readonly names: ReadonlySet<string>; readonly isPipeable: boolean };

const MAX_STACKS = 256;
/** Of how many values for which the words hold it is asked whether another would have done. */
const MAX_HOLDING = 8;

/** What became of each kind of words with each stack; all are let go when there are too many. */
const origins = new Map<string, Origin | undefined>();

/** Between what stands before a name and the two tokens behind it: does the code ask whether there is something of that name? */
const ASKED = /^typeof| (?:\?[.?]|&&|\|\||in |[!=]==? (?:null|void|.?(?:undef|obj)))|[^.] \? /;

/** Is a member of that name read, by a dot or a pattern? `{ to: list.map(...) }` makes one, which says nothing of what the request has. */
const READ = /^(?:\??\.|[{,](?! : \w+ [^,}=])) /;

/** The names of members that the code between two tokens reads; behind those that it asks for, in case there are none, with a question mark. */
function collectNames(tokens: readonly Token[], { parameters, end }: Surrounding): readonly string[] {
  return tokens.slice(parameters, end).flatMap((token, at, all) => {
    const before = all[at - 1]?.text ?? "";
    const name = token.kind === "string" ? token.text.slice(1, -1) : token.text;
    const around = `${before} ${all[at + 1]?.text} ${all[at + 2]?.text}`;
    if (ASKED.test(around) || all[(all[at + 1]?.pair ?? 0) - parameters - 1]?.text === "if") return [name, `${name}?`];
    return token.kind === "string" || (token.kind === "name" && READ.test(`${around} ${all[at + 3]?.text}`)) ? [name] : [];
  });
}

function readOrigin({ kind: words, claim }: Claimed, stack: string): Origin | undefined {
  const frames = readFrames(stack);
  const scripts = new Scripts(frames);
  // The innermost frame must be the app's, with nothing but Node, the language and a framework above it.
  const site = scripts.find(frames.findIndex(({ kind }) => kind === "app" || (kind === "package" && words !== OF_PACKAGES)));
  if (!site) return undefined;
  const tracer = new Tracer(scripts);
  const paths = claim.paths(tracer, site).filter((path) => !!path);
  if (paths.length === 0) return undefined;
  // Nothing fails outside of all functions that a request came to.
  const [owner] = findSurroundings(site.tokens, site.at);
  const read = owner ? [{ tokens: site.tokens, owner }, ...tracer.passed] : [];
  // What a type has that way need not be there either: `coupon?: Coupon`.
  const optional = site.tokens.flatMap(({ text }, at, all) => (all[at + 1]?.text === "?" && all[at + 2]?.text === ":" ? [`${text}?`] : []));
  return {
    paths,
    names: new Set([...read.flatMap(({ tokens, owner }) => collectNames(tokens, owner)), ...optional]),
    isPipeable: tracer.isPipeable,
  };
}

function findOrigin(claimed: Claimed, { accounts }: Exchange): Origin | undefined {
  const stack = accounts[0]?.stack?.frames ?? "";
  const key = claimed.kind + stack;
  if (!origins.has(key)) {
    if (origins.size >= MAX_STACKS) origins.clear();
    // A script that is gone, or that cannot be read, is not tried again.
    origins.set(key, undefined);
    origins.set(key, readOrigin(claimed, stack));
  }
  return origins.get(key);
}

type Question = { readonly claim: Claim; readonly names: ReadonlySet<string>; readonly input: RecordedInput };

/** The very value is there, in each way that the body is known, and nothing else would have done. */
function isProvenIn(path: InputPath, { claim, names, input }: Question): boolean {
  const bodies = bodiesFor(path, input);
  const isProven = (body: (typeof bodies)[number]): boolean => {
    const holding = path.find(input, body).filter(({ value, isText }: Found) => claim.holds(value, isText));
    const isAsked = names.has(path.asked as string);
    return (
      holding.length > 0 &&
      !holding.slice(0, MAX_HOLDING).some((found) => (isAsked && isNothing(found.value)) || wouldAnotherDo(found, claim, names))
    );
  };
  return bodies.length > 0 && bodies.every(isProven);
}

/**
 * The stack and the request are read only where the words of the error can be about one value, and only of a true error: the stack of anything else may be
 * the request's own text, and name whatever file its sender likes.
 */
function isProvoked(exchange: Exchange, bodyText: () => string | undefined, isKnown: boolean): boolean {
  const { thrown, view, request } = exchange;
  // An error that cannot be read so is given up with the rest.
  const { message, name, base } = thrown as Error & { readonly base?: unknown };
  // A base that is one is told of, and is not what failed.
  if (isKnown && (!/^In(?:valid URL|corr)/.test(message) || base !== undefined)) return true;
  const claimed = readClaim(message, name);
  if (!claimed) return isKnown;
  const { kind, claim } = isKnown ? { kind: -1, claim: { ...claimed.claim, paths: believed } } : claimed;
  const origin = findOrigin({ kind, claim }, exchange);
  if (!origin || (origin.isPipeable && piped.has(request as object))) return isKnown;
  const headers = view.headers(request);
  const isEmpty = !headers["transfer-encoding"] && !(Number(headers["content-length"]) > 0);
  const input: RecordedInput = {
    method: view.method(request),
    parsed: view.parsedBody(request),
    text: bodyText() ?? (isEmpty ? "" : undefined),
    target: view.target(request),
    headers,
    hasPlainHeaders: !((request as { readonly request?: unknown }).request instanceof Request),
  };
  return origin.paths.some((path) => isProvenIn(path, { claim, names: origin.names, input }));
}

/**
 * A 400 for what an exchange has thrown and no rule knows, where the source proves that its request provoked it. It is told all the same, at once, as what is
 * thrown behind an answer is: should the code be what is mistaken, somebody can see it. What a rule has `known` for a 400 stays one, unless the value was the app's.
 */
export function judgeBySource(exchange: Exchange, bodyText: () => string | undefined, known: ErrorAnswer): ErrorAnswer | undefined {
  if (!types.isNativeError(exchange.thrown)) return known;
  try {
    const isKnown = known.status === 400;
    if (!isProvoked(exchange, bodyText, isKnown)) return undefined;
    if (isKnown) return known;
  } catch {
    // A script that cannot be read, or a value that cannot even be looked at, proves nothing.
    return known;
  }
  exchange.ending = { status: 400, isFailure: false, isAborted: false, endMs: performance.now() };
  exchange.owner.tellLate(exchange);
  return { status: 400 };
}
