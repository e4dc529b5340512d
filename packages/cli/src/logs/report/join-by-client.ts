import { anyOf, type Exchange } from "@faultline/model";
import type { KeptMessage, Tally } from "../tally/tally.ts";
import { findGivenUpStatuses } from "./given-up.ts";

/** The longest time between an error and the line of the request that it ended. */
const TOLERANCE_MS = 1500;
/** Most access logs write times in whole seconds. */
const SECOND_MS = 1000;
/** A thread writes the lines of one failure within this time. */
const AT_ONCE_MS = 10;
/** The number of requests of one client in one second that are considered. */
const MOST_NEAR = 64;
/** httpd's error log. The others name the request, or a client that asked for none. */
const FORMAT = "apache-error";
/** What httpd answers with a 4xx, as it does to strangers all day. Behind a load balancer, all clients share one address. */
const REFUSAL = new RegExp(
  anyOf(
    /\bAH(?:00035|00036|00126|00128|00130|00132|00135|01276|01617|01618|01630|01797|02032|02811|10244): /,
    /^(?:client denied by|File does not exist|Directory index forbidden|Invalid URI|Invalid method|user \S{1,64}:? (?:not found|authentication failure))/,
    /^script '[^']*' not found|Primary script unknown/,
    /^ModSecurity: .*\bcode 4\d\d\b/,
  ),
);

/**
 * Assigns httpd's messages that name a client but no request to that client's failing requests. A message goes to the request nearest in
 * time whose status fits its words, or to none. Requests that are equally near share their messages evenly.
 */
export function joinByClient({ kept, messages }: Pick<Tally, "kept" | "messages">): ReadonlyMap<Exchange, readonly KeptMessage[]> {
  const joined = new Map<Exchange, KeptMessage[]>();
  const nameless = [...messages.entries()].filter(([index, message]) => isNameless(message) && !isNamedNext(messages, index));
  if (nameless.length === 0) return joined;
  const bySecond = groupBySecond(kept.map(({ exchange }) => exchange));
  for (const [index, told] of nameless) {
    const { timeMs, clientAddress = "", text } = told.message;
    if (timeMs === undefined) continue;
    const statuses = findGivenUpStatuses(told.format, text) ?? [500];
    const [nearest] = [-2, -1, 0, 1]
      .flatMap((second) => bySecond.get(toKey(clientAddress, timeMs + second * SECOND_MS)) ?? [])
      .map((exchange) => ({ exchange, apartMs: findApart(exchange, timeMs), taken: joined.get(exchange)?.length ?? 0 }))
      .filter(({ exchange: { status = 0 }, apartMs }) => statuses.includes(status) && apartMs <= TOLERANCE_MS)
      .sort((a, b) => a.apartMs - b.apartMs || a.taken - b.taken);
    if (nearest === undefined) continue;
    const reason = findReason(told, [messages[index - 1], messages[index - 2]]);
    joined.set(nearest.exchange, [...(joined.get(nearest.exchange) ?? []), reason]);
  }
  return joined;
}

function isNameless({ format, message: { clientAddress, path, text } }: KeptMessage): boolean {
  return format === FORMAT && clientAddress !== undefined && path === undefined && !REFUSAL.test(text);
}

/**
 * True if the next line of the same client names the request. Both lines are then about that request, because httpd logs the reason first.
 */
function isNamedNext(messages: readonly KeptMessage[], index: number): boolean {
  const [told, next] = [messages[index], messages[index + 1]];
  if (told === undefined || next === undefined || next.file !== told.file || next.message.path === undefined) return false;
  const apartMs = (next.message.timeMs ?? Infinity) - (told.message.timeMs ?? 0);
  return next.message.clientAddress === told.message.clientAddress && apartMs <= AT_ONCE_MS;
}

/** The requests by client and by the seconds in which they began and ended. */
function groupBySecond(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Exchange[]> {
  const bySecond = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const { timeMs, durationMs = 0, clientAddress } = exchange;
    if (timeMs === undefined || clientAddress === undefined) continue;
    for (const key of new Set([toKey(clientAddress, timeMs), toKey(clientAddress, timeMs + durationMs)])) {
      const near = bySecond.get(key);
      if (near === undefined) bySecond.set(key, [exchange]);
      else if (near.length < MOST_NEAR) near.push(exchange);
    }
  }
  return bySecond;
}

function toKey(clientAddress: string, timeMs: number): string {
  return `${clientAddress} ${Math.floor(timeMs / SECOND_MS)}`;
}

/** The time between a moment and a request, whose time may be that of its beginning or of its end. */
function findApart({ timeMs = 0, durationMs = 0 }: Exchange, atMs: number): number {
  const atBegin = atMs - timeMs;
  return Math.max(0, Math.min(Math.abs(atBegin), Math.abs(atBegin - durationMs)) - SECOND_MS + 1, -atBegin);
}

/**
 * The preceding line, if it names neither a client nor a request: in it, httpd says why it reached nobody. If two different such lines
 * precede, several threads were writing, and either line may belong to another request.
 */
function findReason(told: KeptMessage, [before, further]: readonly (KeptMessage | undefined)[]): KeptMessage {
  if (before === undefined || !isReasonOf(before, told)) return told;
  const isShared = further !== undefined && isReasonOf(further, told) && further.message.text !== before.message.text;
  return isShared ? told : before;
}

function isReasonOf({ file, format, message: { clientAddress, path, timeMs, text } }: KeptMessage, told: KeptMessage): boolean {
  if (file !== told.file || format !== told.format || clientAddress !== undefined || path !== undefined) return false;
  return (told.message.timeMs ?? 0) - (timeMs ?? 0) <= AT_ONCE_MS && findGivenUpStatuses(format, text) !== undefined;
}
