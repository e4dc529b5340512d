import type { Exchange } from "@faultline/model";

/** The longest time between two lines about one request. */
const CLOSE_MS = 1_500;

/** Merges two lines that one observer wrote about one request: the access line, and the error line that says why (Caddy writes both). */
export function mergeTwins(exchanges: readonly Exchange[]): readonly Exchange[] {
  if (!exchanges.some(({ errorMessage }) => errorMessage !== undefined)) return exchanges;
  const errors = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    if (exchange.errorMessage === undefined) continue;
    const known = errors.get(keyOf(exchange));
    if (known === undefined) errors.set(keyOf(exchange), [exchange]);
    else known.push(exchange);
  }
  const merged = new Set<Exchange>();
  const found = exchanges.map((exchange) => {
    if (exchange.errorMessage !== undefined) return exchange;
    const twin = errors.get(keyOf(exchange))?.find((each) => !merged.has(each) && isClose(each, exchange));
    if (twin === undefined) return exchange;
    merged.add(twin);
    return { ...twin, ...exchange, errorMessage: twin.errorMessage ?? "", ...chooseMaker(exchange, twin) };
  });
  return found.filter((exchange) => !merged.has(exchange));
}

function keyOf({ observer, method, path, status }: Exchange): string {
  return `${observer.name} ${method} ${path} ${status}`;
}

function isClose(a: Exchange, b: Exchange): boolean {
  return Math.abs((a.timeMs ?? 0) - (b.timeMs ?? 0)) <= CLOSE_MS + (a.durationMs ?? 0);
}

function chooseMaker(a: Exchange, b: Exchange): Pick<Exchange, "madeBy"> {
  const [first, second] = [a.madeBy, b.madeBy];
  const surer = (first?.confidence ?? 0) >= (second?.confidence ?? 0) ? first : second;
  return surer === undefined ? {} : { madeBy: surer };
}
