import { type ExceptionRecord, readSpanExceptions } from "@faultline/model";
import { type StackFrame, parseStack } from "../../detect/parse-stack.ts";
import { isFailed, toTarget } from "../../isolate/call-fate.ts";
import type { Call, Hop } from "../../isolate/hops/hop-shape.ts";
import type { Occurrence } from "../../isolate/occurrence.ts";
import { readPartFailure } from "./part-failure.ts";
import { readLogError } from "../../isolate/words/log-words.ts";
import { isOfTrade, isOnlyOfMachines, isTechnical, isAnybodys } from "./technical-words.ts";

/**
 * What a program's own error says. Its technical words may be about its business: a swimming pool is full, a sponsor refused a connection.
 * `trade`: the type is the program's own too, and the program's own code threw it. `unsure`: nothing but the words points to a machine.
 */
export type OwnWords = { readonly type: string; readonly message: string; readonly kind: "trade" | "unsure" };

const LOG_ERROR = 17;
/** Shorter words appear in other errors by chance. */
const LEAST_LENGTH = 8;

/** The errors of a hop's own code without any sign of a machine beside them: no failed call, no driver's type, frame or cause. */
export function findOwnWords(hop: Hop, succeeding: readonly Occurrence[]): readonly OwnWords[] {
  if (hop.calls.some(isFailed)) return [];
  const good = succeeding.flatMap(({ entry }) => findHop(entry, hop.service) ?? []);
  const peers = new Set([hop, ...good].flatMap(({ calls }) => calls.map(({ peer }) => peer.name)));
  const types = hop.spans.flatMap(({ span }) => span.attributes["error.type"] ?? []).map(String);
  const thrown = [
    ...hop.spans.flatMap(({ span }) => readSpanExceptions(span)),
    ...hop.logs.filter(({ severity }) => severity >= LOG_ERROR).map((log) => qualify(readLogError(log), types)),
  ];
  // If there are two records of one error, that of a log may lack the type's package, or the stack.
  const ofMachines = new Set(thrown.filter(isOfMachine).map(({ message }) => message));
  return thrown.flatMap(({ type, message, stack }) => {
    const isHeld = ofMachines.has(message) || namesOne(message, peers) || message.length < LEAST_LENGTH;
    const kind = isHeld ? undefined : judgeThrown(type, readFrames(stack), () => madeAllCalls(hop, good));
    return kind === undefined ? [] : [{ type, message, kind }];
  });
}

/** The error with its type's full name, if its span has it. .NET's logs omit the namespace. */
function qualify(error: ExceptionRecord, types: readonly string[]): ExceptionRecord {
  const type = types.find((each) => error.type !== "" && each.endsWith(`.${error.type}`));
  return type === undefined ? error : { ...error, type };
}

/** True if the type, the words, the cause or the code that threw it shows that the error is technical. */
function isOfMachine(thrown: ExceptionRecord): boolean {
  const chain = parseStack(thrown.stack ?? "");
  if ([thrown, ...chain].some(isTechnical) || isOnlyOfMachines(thrown.message)) return true;
  if (readPartFailure(`${thrown.type}: ${thrown.message}`) !== undefined) return true;
  return chain.length > 1 || isOfLibrary(readFrames(thrown.stack));
}

function readFrames(stack = ""): readonly StackFrame[] {
  return parseStack(stack).find(({ frames }) => frames.length > 0)?.frames ?? [];
}

function judgeThrown(type: string, frames: readonly StackFrame[], isQuiet: () => boolean): OwnWords["kind"] | undefined {
  if (frames.length === 0) return isOfTrade(type) || isQuiet() ? "unsure" : undefined;
  return isAnybodys(type) ? "unsure" : "trade";
}

/** True if a package threw the error: a known one, or one with another author than the program's code. */
function isOfLibrary([thrower, ...callers]: readonly StackFrame[]): boolean {
  if (thrower === undefined) return false;
  if (!thrower.isInApp) return true;
  const caller = callers.find(({ isInApp }) => isInApp);
  const [of, by] = [thrower, caller].map((frame) => /^\w+\.\w+(?=\.\w+\.)/.exec(frame?.function ?? "")?.[0]);
  return of !== undefined && by !== undefined && of !== by;
}

/** A call that at least this share of good requests makes is expected. A request without it did not get that far. */
const MOST = 0.5;

/** True if the hop made all calls that it makes in good requests, with success, so that no call is left that could have failed. */
function madeAllCalls({ calls }: Hop, good: readonly Hop[]): boolean {
  if (calls.length === 0) return false;
  const counts = new Map<string, number>();
  for (const each of good) for (const key of new Set(each.calls.map(nameCall))) counts.set(key, (counts.get(key) ?? 0) + 1);
  const made = new Set(calls.map(nameCall));
  return [...counts].every(([key, count]) => count < good.length * MOST || made.has(key));
}

/** A message that names a callee is about that call. */
function namesOne(message: string, peers: ReadonlySet<string>): boolean {
  return [...peers].some((peer) => {
    const at = message.indexOf(peer);
    return at >= 0 && !/\w/.test(message[at - 1] ?? "") && !/\w/.test(message[at + peer.length] ?? "");
  });
}

function nameCall({ peer, operation }: Call): string {
  return `${peer.name} ${toTarget(operation)}`;
}

function findHop(hop: Hop, service: string): Hop | undefined {
  if (hop.service === service) return hop;
  for (const { callee } of hop.calls) {
    const found = callee === undefined ? undefined : findHop(callee, service);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The kind of error that a text repeats, if it repeats any. One record of an error may have more of it than another. */
export function findRepeated(text: string, own: readonly OwnWords[]): OwnWords["kind"] | undefined {
  const repeated = own.filter(({ type, message }) => text.includes(message) || (!isAnybodys(type) && text.includes(type)));
  return repeated.find(({ kind }) => kind === "trade")?.kind ?? repeated[0]?.kind;
}
