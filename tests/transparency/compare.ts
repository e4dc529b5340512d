/** Puts the same bytes to an app with and without the guard, and gives the answers that differ. */
import type { RoutedHost } from "./hosts.ts";
import { exchangeRaw, withoutClock } from "./raw-exchange.ts";
import { REQUEST_KINDS, type RequestKind } from "./request-kinds.ts";

/** One kind of request to one route. */
export type Case = { readonly route: RoutedHost["routes"][number]; readonly kind: RequestKind };

/** Where an app listens, and what its paths begin with. */
export type Address = { readonly port: number; readonly prefix?: string };

/** The app bare, guarded, and guarded but answering its errors itself, which is compared where a route throws. */
export type Addresses = { readonly bare: Address; readonly guarded: Address; readonly handing: Address };

/** What was answered, where it is not the same. */
export type Difference = { readonly at: string; readonly bare: string; readonly guarded: string };

/** Who reads nothing may have answered before the torn end arrives, or not: such a pair says nothing about anybody. */
function isRace({ route, kind }: Case): boolean {
  return kind.isTorn === true && /^(never|begun)/.test(route.name);
}

/** All kinds of request to all routes, but those that are races. */
export function toCases(routes: RoutedHost["routes"]): Case[] {
  return routes.flatMap((route) => REQUEST_KINDS.map((kind) => ({ route, kind }))).filter((each) => !isRace(each));
}

type Answer = { readonly text: string; readonly isLeft: boolean };

async function ask({ port, prefix = "" }: Address, { route, kind }: Case, patienceMs: number): Promise<Answer> {
  const sent = kind.write(prefix + route.path);
  const { received, ending } = await exchangeRaw(port, { sent, isTorn: kind.isTorn === true, patienceMs });
  return { text: `${withoutClock(received)}[${ending}]`, isLeft: ending === "left open" };
}

/** How long a server may be silent, ms; the second time only for a pair of which a busy machine may have cut one side off. */
const PATIENCE_MS = 2_000;
const LONG_PATIENCE_MS = 20_000;

/** Asks both and gives the pairs that differ. Several cases at a time, each with its own connections. */
export async function compare(cases: readonly Case[], { bare, guarded, handing }: Addresses): Promise<Difference[]> {
  const differences: Difference[] = [];
  const waiting = [...cases];
  const askBoth = async (next: Case, patienceMs: number): Promise<readonly [Answer, Answer]> => [
    await ask(bare, next, patienceMs),
    await ask(next.route.throws ? handing : guarded, next, patienceMs),
  ];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [without, under] = await askBoth(next, PATIENCE_MS);
      if (without.text === under.text) continue;
      const [one, other] = without.isLeft || under.isLeft ? await askBoth(next, LONG_PATIENCE_MS) : [without, under];
      if (one.text !== other.text) differences.push({ at: `${next.kind.name} to ${next.route.name}`, bare: one.text, guarded: other.text });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return differences;
}
