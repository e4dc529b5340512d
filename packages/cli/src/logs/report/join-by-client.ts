import type { Exchange } from "@faultline/model";
import type { KeptMessage, Tally } from "../tally/tally.ts";
import { findGivenUpStatuses } from "./given-up.ts";

/** Between an error and the line of the request that it ended. */
const TOLERANCE_MS = 1500;
/** The times of most access logs are whole seconds. */
const SECOND_MS = 1000;
/** A thread writes the lines of one failure at once. */
const AT_ONCE_MS = 10;
/** Requests of one client in one second that are looked at. */
const MOST_NEAR = 64;

/**
 * Messages that name a client and no request, as most of httpd's do, by the failing request of that client which is nearest in time: each
 * message belongs to one, and to none whose status its words do not lead to. Several requests at once share their messages evenly.
 */
export function joinByClient({ kept, messages }: Pick<Tally, "kept" | "messages">): ReadonlyMap<Exchange, readonly KeptMessage[]> {
  const joined = new Map<Exchange, KeptMessage[]>();
  const nameless = messages.filter(
    ({ message: { clientAddress, path } }, index) => clientAddress !== undefined && path === undefined && !isNamedNext(messages, index),
  );
  if (nameless.length === 0) return joined;
  const bySecond = groupBySecond(kept.map(({ exchange }) => exchange));
  for (const each of nameless) {
    const { timeMs, clientAddress = "", text } = each.message;
    if (timeMs === undefined) continue;
    const statuses = findGivenUpStatuses(each.format, text) ?? [500];
    const [nearest] = [-2, -1, 0, 1]
      .flatMap((second) => bySecond.get(toKey(clientAddress, timeMs + second * SECOND_MS)) ?? [])
      .map((exchange) => ({ exchange, apartMs: findApart(exchange, timeMs), taken: joined.get(exchange)?.length ?? 0 }))
      .filter(({ exchange: { status = 0 }, apartMs }) => statuses.includes(status) && apartMs <= TOLERANCE_MS)
      .sort((a, b) => a.apartMs - b.apartMs || a.taken - b.taken);
    if (nearest !== undefined) joined.set(nearest.exchange, [...(joined.get(nearest.exchange) ?? []), findReason(each, messages)]);
  }
  return joined;
}

/** Does the line of the same client that stands right behind name the request? Then both are about that one: httpd tells the reason first. */
function isNamedNext(messages: readonly KeptMessage[], index: number): boolean {
  const [told, next] = [messages[index], messages[index + 1]];
  if (told === undefined || next === undefined || next.file !== told.file || next.message.path === undefined) return false;
  const apartMs = (next.message.timeMs ?? Infinity) - (told.message.timeMs ?? 0);
  return next.message.clientAddress === told.message.clientAddress && apartMs <= AT_ONCE_MS;
}

/** Requests by client and by the seconds in which they began and ended. */
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

/** How far a moment lies from a request, whose time may be that of its begin or of its end. */
function findApart({ timeMs = 0, durationMs = 0 }: Exchange, atMs: number): number {
  const atBegin = atMs - timeMs;
  return Math.max(0, Math.min(Math.abs(atBegin), Math.abs(atBegin - durationMs)) - SECOND_MS + 1, -atBegin);
}

/** The line that stands right before and names neither a client nor a request, where there is one: httpd says in it why it reached nobody. */
function findReason(told: KeptMessage, messages: readonly KeptMessage[]): KeptMessage {
  const before = messages[messages.indexOf(told) - 1];
  if (before === undefined || before.file !== told.file || before.format !== told.format) return told;
  const { clientAddress, path, timeMs } = before.message;
  const isOfIt = clientAddress === undefined && path === undefined && (told.message.timeMs ?? 0) - (timeMs ?? 0) <= AT_ONCE_MS;
  return isOfIt && findGivenUpStatuses(before.format, before.message.text) !== undefined ? before : told;
}
