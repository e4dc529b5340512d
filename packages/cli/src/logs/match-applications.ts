import type { KeptExchange } from "./tally/tally.ts";

/** The applications' lines that describe a request which a proxy in front logged as well. */
export type Matched = {
  readonly matched: ReadonlySet<KeptExchange>;
  /** The application's line for each of the proxy's lines. */
  readonly answers: ReadonlyMap<KeptExchange, KeptExchange>;
};

/** Clocks of two programs on one host, and times that are whole seconds. */
const TOLERANCE_MS = 1500;
/** An id of this length is drawn at random. Two programs may both count up to a shorter one, as Fastify does (`req-1`). */
const DRAWN_LENGTH = 16;

/** Lists of lines, sorted by time, by what they have in common. */
type Lists = ReadonlyMap<string, KeptExchange[]>;

/**
 * Matches the lines that applications wrote about their own answers with the lines of the proxies in front of them, which are in another file: by
 * request or trace id, otherwise by method, path, status and time. Each line is matched once, so that a request counts once: attempts that have
 * one id are matched in their order, and of services that logged one id, the one that was asked for the same path.
 */
export function matchApplications(exchanges: readonly KeptExchange[]): Matched {
  const [own, inFront] = [exchanges.filter(isOfApplication), exchanges.filter((kept) => !isOfApplication(kept))];
  if (own.length === 0 || inFront.length === 0) return { matched: new Set(), answers: new Map() };
  const matched = new Set<KeptExchange>();
  const answers = new Map<KeptExchange, KeptExchange>();
  const sorted = inFront.toSorted(byTime);
  for (const listKeys of [listIdsAndPlace, listIds, listPlace]) {
    const lists = groupAll(own, listKeys);
    for (const front of sorted) {
      if (answers.has(front)) continue;
      const answer = takeFirst(lists, listKeys(front), { front, matched });
      if (answer === undefined) continue;
      matched.add(answer);
      answers.set(front, answer);
    }
  }
  return { matched, answers };
}

/** True for an exchange that was logged by the application that answered it. */
export function isOfApplication({ exchange: { observer } }: Pick<KeptExchange, "exchange">): boolean {
  return observer.kind === "app" || observer.kind === "app-server";
}

/** What two lines about one request have in common. Lines with a key that `isSure` were written about one request, whatever their times. */
type Key = { readonly text: string; readonly isSure: boolean };

function listIds({ exchange: { requestId, traceId } }: KeptExchange): readonly Key[] {
  return [requestId, traceId].filter((id) => id !== undefined).map((text) => ({ text, isSure: text.length >= DRAWN_LENGTH }));
}

function listPlace({ exchange: { method, path, status } }: KeptExchange): readonly Key[] {
  return [{ text: `${method} ${path} ${status}`, isSure: false }];
}

function listIdsAndPlace(kept: KeptExchange): readonly Key[] {
  return listIds(kept).flatMap((id) => listPlace(kept).map(({ text }) => ({ ...id, text: `${id.text} ${text}` })));
}

function groupAll(own: readonly KeptExchange[], listKeys: (kept: KeptExchange) => readonly Key[]): Lists {
  const lists = new Map<string, KeptExchange[]>();
  for (const kept of own.toSorted(byTime)) {
    for (const text of new Set(listKeys(kept).map((key) => key.text))) {
      const list = lists.get(text);
      if (list === undefined) lists.set(text, [kept]);
      else list.push(kept);
    }
  }
  return lists;
}

function byTime(a: KeptExchange, b: KeptExchange): number {
  return (a.exchange.timeMs ?? 0) - (b.exchange.timeMs ?? 0);
}

type Front = { readonly front: KeptExchange; readonly matched: ReadonlySet<KeptExchange> };

function takeFirst(lists: Lists, keys: readonly Key[], front: Front): KeptExchange | undefined {
  for (const { text, isSure } of keys) {
    const taken = takeNext(lists.get(text), isSure, front);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

/** Takes the first entry from a list sorted by time that is not matched and in time. Entries before it match no later request either. */
function takeNext(list: KeptExchange[] | undefined, isSure: boolean, { front, matched }: Front): KeptExchange | undefined {
  const { timeMs, durationMs = 0 } = front.exchange;
  if (list === undefined || (timeMs === undefined && !isSure)) return undefined;
  const apartMs = isSure ? Infinity : durationMs + TOLERANCE_MS;
  const laterMs = ({ exchange }: KeptExchange): number => (exchange.timeMs ?? 0) - (timeMs ?? 0);
  while (list[0] !== undefined && (matched.has(list[0]) || laterMs(list[0]) < -apartMs)) list.shift();
  const [first] = list;
  return first === undefined || first.file === front.file || laterMs(first) > apartMs ? undefined : list.shift();
}
