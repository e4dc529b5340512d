import type { Exchange } from "@faultline/model";
import type { KeptMessage, Tally } from "../tally/tally.ts";
import { joinByClient } from "./join-by-client.ts";
import type { JoinedMessage } from "./report.ts";

/** How far the clocks of two programs on one host may differ, plus the time between an error and the line of the request that it ended. */
const TOLERANCE_MS = 1500;

/** The messages that belong to one failing request, and what joins them to it. */
export type FoundMessages = { readonly messages: readonly KeptMessage[]; readonly by: JoinedMessage["by"] };

/** Caddy's error log has the duration of the request in nanoseconds, as its access log has. */
const TWIN = "caddy-error";

function toTwin({ method, path, clientAddress, durationMs }: Pick<Exchange, "method" | "path" | "clientAddress" | "durationMs">): string {
  return [TWIN, method, path, clientAddress, durationMs].join(" ");
}

/**
 * Finds the messages of a failing request by request id, else by path and time, else by client and time. Undefined if no message can be
 * joined.
 */
export function indexMessages(tally: Pick<Tally, "kept" | "messages">): ((exchange: Exchange) => FoundMessages) | undefined {
  const byId = new Map<string, KeptMessage[]>();
  const byPath = new Map<string, KeptMessage[]>();
  for (const kept of tally.messages) {
    const { requestId, traceId, path } = kept.message;
    for (const id of [requestId, traceId]) if (id !== undefined) push(byId, id, kept);
    if (kept.format === TWIN) push(byId, toTwin(kept.message), kept);
    else if (path !== undefined && kept.message.timeMs !== undefined) push(byPath, path, kept);
  }
  // Sorted for a binary search, because thousands of failing requests may have one path.
  for (const list of byPath.values()) list.sort((a, b) => toTime(a) - toTime(b));
  const byClient = joinByClient(tally);
  if (byId.size === 0 && byPath.size === 0 && byClient.size === 0) return undefined;
  return (exchange) => findMessages(exchange, { byId, byPath, byClient });
}

/** Finds what was logged beside the failures of a route with a status, most common first. */
export function createJoiner(
  tally: Tally,
): (method: string, matches: (path: string) => boolean, status: number) => readonly JoinedMessage[] {
  const find = indexMessages(tally);
  return (method, matches, status) => {
    if (find === undefined) return [];
    let lookedAt = 0;
    const found = new Map<string, { message: KeptMessage; count: number; by: JoinedMessage["by"] }>();
    for (const { exchange } of tally.kept) {
      if (exchange.status !== status || (exchange.method ?? "-") !== method || !matches(exchange.route ?? exchange.path ?? "/-")) continue;
      lookedAt += 1;
      const join = find(exchange);
      // Several messages about one failure may say the same, and failures are what is counted.
      const byText = new Map(join.messages.map((message) => [generalize(message.message.text), message]));
      for (const [key, message] of byText) {
        const known = found.get(key);
        if (known === undefined) found.set(key, { message, count: 1, by: join.by });
        else known.count += 1;
      }
    }
    return [...found.entries()]
      .sort((a, b) => b[1].count - a[1].count)
      .slice(0, 3)
      .map(([, { message, count, by }]) => {
        const { upstreamAddress } = message.message;
        const upstream = upstreamAddress === undefined ? {} : { upstream: upstreamAddress };
        return { text: describeMessage(message), format: message.format, count, lookedAt, by, ...upstream };
      });
  };
}

function push(map: Map<string, KeptMessage[]>, key: string, kept: KeptMessage): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [kept]);
  else list.push(kept);
}

type Index = {
  readonly byId: ReadonlyMap<string, KeptMessage[]>;
  readonly byPath: ReadonlyMap<string, KeptMessage[]>;
  readonly byClient: ReadonlyMap<Exchange, readonly KeptMessage[]>;
};

function findMessages(exchange: Exchange, { byId, byPath, byClient }: Index): FoundMessages {
  const same = byId.get(exchange.requestId ?? "") ?? byId.get(exchange.traceId ?? "") ?? byId.get(toTwin(exchange));
  if (same !== undefined) return { messages: same.slice(0, 4), by: "request id" };
  const { timeMs, durationMs = 0 } = exchange;
  const apartMs = durationMs + TOLERANCE_MS;
  const messages =
    timeMs === undefined ? [] : listFirst(byPath.get(exchange.path ?? "") ?? [], { fromMs: timeMs - apartMs, untilMs: timeMs + apartMs });
  if (messages.length > 0) return { messages, by: "time and path" };
  return { messages: byClient.get(exchange)?.slice(0, 2) ?? [], by: "time and client" };
}

/** The first two messages within a span of time. The list is sorted by time. */
export function listFirst(
  list: readonly KeptMessage[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): readonly KeptMessage[] {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toTime(list[middle]!) < fromMs) low = middle + 1;
    else high = middle;
  }
  return list.slice(low, low + 2).filter((kept) => toTime(kept) <= untilMs);
}

function toTime({ message }: KeptMessage): number {
  return message.timeMs ?? 0;
}

/** Makes messages equal that differ only in numbers, ids and quoted values. */
function generalize(text: string): string {
  return text
    .slice(0, 400)
    .replace(/0x[0-9a-f]+|[0-9a-f]{8,}|\d+/gi, "#")
    .replace(/"[^"]*"|'[^']*'/g, '""');
}

/** A message in one line. */
export function describeMessage({ message }: KeptMessage): string {
  const { exceptionType, exceptionMessage, text } = message;
  const own = text.split("\n", 1)[0] ?? "";
  // The program's own words about it seldom name the error.
  const first = exceptionMessage === undefined || own.includes(exceptionMessage) ? own : (exceptionMessage.split("\n", 1)[0] ?? own);
  return (exceptionType !== undefined && !first.includes(exceptionType) ? `${exceptionType}: ${first}` : first).slice(0, 240);
}
