/**
 * Proves from the source that the request provoked an error: the functions that the stack names are run again in thought, with what is known of the request
 * and nothing else. Where a value of the request alone makes the place that threw fail in the very words, the request did it. See docs/decisions/0500.
 */
import { types } from "node:util";
import type { Exchange } from "../../exchange.ts";
import type { ErrorAnswer } from "../error-facts.ts";
import { believed, type Claim, OF_PACKAGES, OF_THE_APP, readClaim, type Refused, refusedBy } from "./claim.ts";
import { codesAround } from "./names/codes-around.ts";
import { enter, type Given } from "./enter.ts";
import { enterCaller, enterStack, findCallers } from "./enter-stack.ts";
import type { Question } from "./fault.ts";
import { judge } from "./judge-spot.ts";
import { Modules } from "./names/modules.ts";
import { isReplaced } from "./names/name-fate.ts";
import { findOrigin } from "./origin.ts";
import { piped } from "./piped.ts";
import type { Replay, World } from "./run/replay.ts";
import { Stop } from "./run/spot.ts";
import { StatementRunner } from "./run/statement-runner.ts";
import { type Body, readBodies, type RecordedInput, RequestParts } from "./request-parts.ts";
import type { ScriptTree } from "./parse/syntax.ts";

type Verdict = Stop["verdict"];

/** A replay that may ask the app's scripts and this request, and judges what it sees where the error was thrown. */
function makeReplay(question: Question, given: Given): Replay {
  const { plan, modules: scripts } = question.origin;
  const { parts } = given;
  const modules = new Modules(scripts);
  const world: World = {
    plan,
    find: (asking, script, name) => modules.find(asking, script, name),
    readHost: (asking, thing, key) =>
      thing.host === "module" ? modules.readExport(asking, thing.script as ScriptTree, key) : parts.member(asking, thing, key),
    ask: (asking, host, key) => parts.ask(asking, host, key),
    isReplaced,
    around: (code) =>
      codesAround(code.script, code.from)
        .filter((each) => each !== code && each.from <= code.from && code.end <= each.end)
        .toReversed(),
    findProto: (asking, code) => modules.findProto(asking, code),
    judge: (spot) => judge(replay, spot, question),
    enter: (asking, code) => enter(asking, code, given),
  };
  const replay = new StatementRunner(world);
  return replay;
}

/** The verdict of one replay; undefined where it did not come to the place that threw, or came upon something that it cannot run. */
function attempt(enterFirst: () => void): Verdict | undefined {
  try {
    enterFirst();
    return undefined;
  } catch (error) {
    return error instanceof Stop ? error.verdict : undefined;
  }
}

type Seen = { readonly verdict: Verdict; readonly isBodyRead: boolean };

/** Runs the functions of the stack again, with one way to read the body. Whoever calls the first of them by its name has to agree. */
function replayWith(body: Body | undefined, question: Question, { input, isPiped }: Asked): Seen {
  const { origin } = question;
  const parts = new RequestParts(input, body);
  const given = { parts, isPiped };
  const reached = findCallers(origin).flatMap((caller) => {
    const replay = makeReplay(question, given);
    return attempt(() => enterCaller(replay, caller, parts)) ?? [];
  });
  const replay = makeReplay(question, given);
  const verdict = reached.find((each) => /^[ru]/.test(each)) ?? reached[0] ?? attempt(() => enterStack(replay, origin, given)) ?? "unclear";
  return { verdict, isBodyRead: parts.isBodyRead };
}

/** The request that failed, and whether something that took its body as a stream may have made another of it. */
type Asked = { readonly input: RecordedInput; readonly isPiped: boolean };

function readInput({ view, request }: Exchange, bodyText: () => string | undefined): RecordedInput {
  const headers = view.headers(request);
  const isEmpty = !headers["transfer-encoding"] && !(Number(headers["content-length"]) > 0);
  return {
    method: view.method(request),
    parsed: view.parsedBody(request),
    text: bodyText() ?? (isEmpty ? "" : undefined),
    target: view.target(request),
    route: view.route(request),
    headers,
    hasPlainHeaders: !((request as { readonly request?: unknown }).request instanceof Request),
  };
}

/** Words of the app's own claim nothing of one value: only that it throws them on purpose is looked at. */
const NO_CLAIM: Claim = { holds: () => false, would: () => false, pick: () => undefined };
/** The errors of schemas that say what of a value they refuse. */
const OF_SCHEMAS = /^\$?(?:Zod|Vali)Error$/;

type Step = string | number | { readonly key: string | number };

/** The ways to what a schema refused; Valibot tells the steps with what stands there. */
function readRefused(thrown: unknown): readonly Refused[] {
  const { issues } = thrown as { readonly issues: readonly { readonly path?: readonly Step[] }[] };
  return issues.map(({ path = [] }) => path.map((step) => (typeof step === "object" ? step.key : step)));
}

/** What an error claims, and which kind of words it has; of one that a rule knows, what may speak against the rule. */
function readClaimed(thrown: unknown, isKnown: boolean): { readonly kind: number; readonly claim: Claim } | undefined {
  // An error that cannot be read so is given up with the rest.
  const { message, name, base } = thrown as Error & { readonly base?: unknown };
  if (!isKnown) return readClaim(message, name) ?? { kind: OF_THE_APP, claim: NO_CLAIM };
  if (OF_SCHEMAS.test(name)) return { kind: OF_PACKAGES, claim: { ...NO_CLAIM, pick: refusedBy(name, readRefused(thrown)) } };
  // A base that is one is told of, and is not what failed.
  const claimed = /^In(?:valid URL|corr)/.test(message) && base === undefined ? readClaim(message, name) : undefined;
  return claimed && { kind: -1, claim: { ...claimed.claim, pick: believed } };
}

/**
 * The status of the answer, where it was to be `known`. The stack and the request are read only where the words of the error can be about one value, and only
 * of a true error: the stack of anything else may be the request's own text, and name whatever file its sender likes.
 */
function findStatus(exchange: Exchange, bodyText: () => string | undefined, known: number): number {
  const { thrown, request } = exchange;
  const isKnown = known !== 500;
  const claimed = readClaimed(thrown, isKnown);
  const origin = claimed && findOrigin(claimed.kind, exchange);
  if (!origin) return known;
  const input = readInput(exchange, bodyText);
  const question = { claim: claimed.claim, message: (thrown as Error).message, isBelieved: isKnown, origin, input };
  const asked = { input, isPiped: piped.has(request as object) };
  const [first, ...others] = readBodies(input);
  const seen = replayWith(first, question, asked);
  const isSame = (each: Body): boolean => replayWith(each, question, asked).verdict === seen.verdict;
  const isSure = !seen.isBodyRead || (first !== undefined && others.every(isSame));
  if (isKnown) return seen.verdict === "refuted" && isSure ? 500 : known;
  if (!isSure || !/^[pa]/.test(seen.verdict)) return 500;
  return seen.verdict === "absent" ? 404 : 400;
}

/**
 * A 400 or a 404 for what an exchange has thrown and no rule knows, where the source proves that its request provoked it. It is told all the same, at once, as what is
 * thrown behind an answer is: should the code be what is mistaken, somebody can see it. What a rule has `known` for a 4xx stays one, unless the value was the app's.
 */
export function judgeBySource(exchange: Exchange, bodyText: () => string | undefined, known: ErrorAnswer): ErrorAnswer | undefined {
  if (!types.isNativeError(exchange.thrown)) return known;
  let status: number;
  try {
    status = findStatus(exchange, bodyText, known.status);
  } catch {
    // A script that cannot be read, or a value that cannot even be looked at, proves nothing.
    return known;
  }
  if (status === known.status) return known;
  if (status === 500) return undefined;
  exchange.ending = { status, isFailure: false, isAborted: false, endMs: performance.now() };
  exchange.owner.tellLate(exchange);
  return { status };
}
