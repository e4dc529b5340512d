/** What the shop's customers send. Ordinary traffic never fails; the rest is what some day's customers do besides. */

/** One request of a customer. */
export type ShopRequest = { readonly method: "GET" | "POST"; readonly path: string; readonly body?: unknown };

type Draw = (random: () => number) => ShopRequest;

function pick<T>(random: () => number, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

function drawNumber(random: () => number, below: number): number {
  return 1 + Math.floor(random() * below);
}

const checkout: Draw = (random) => ({
  method: "POST",
  path: "/api/checkout",
  body: {
    customer: `c${drawNumber(random, 900)}`,
    totalCents: 500 + drawNumber(random, 9_000),
    currency: pick(random, ["EUR", "EUR", "USD", "GBP"]),
    method: pick(random, ["card", "card", "transfer"]),
  },
});

const sendReview = (random: () => number, sizeBytes: number): ShopRequest => ({
  method: "POST",
  path: "/api/reviews",
  body: { product: `p${drawNumber(random, 40)}`, stars: drawNumber(random, 5), photo: "A".repeat(sizeBytes) },
});

const KINDS = {
  browse: () => ({ method: "GET", path: "/api/products" }),
  product: (random) => ({ method: "GET", path: `/api/products/p${drawNumber(random, 40)}` }),
  cart: (random) => ({
    method: "POST",
    path: "/api/cart",
    body: { items: [{ id: `p${drawNumber(random, 40)}`, count: drawNumber(random, 3) }] },
  }),
  checkout,
  status: (random) => ({ method: "GET", path: `/api/orders/o${drawNumber(random, 500)}` }),
  review: (random) => sendReview(random, drawNumber(random, 60_000)),
  recommend: (random) => ({ method: "GET", path: `/api/recommendations?customer=c${drawNumber(random, 900)}` }),
  quote: (random) => ({
    method: "POST",
    path: "/api/quotes",
    body: { amountCents: drawNumber(random, 20_000), currency: pick(random, ["EUR", "USD", "GBP"]) },
  }),
  giftCard: (random) => ({ method: "GET", path: `/api/gift-cards/G${drawNumber(random, 9_999)}` }),
  invoice: (random) => ({ method: "GET", path: `/api/orders/o${drawNumber(random, 500)}/invoice?pages=${drawNumber(random, 4)}` }),
  /** Customers from a country the shop has just opened in. */
  quoteInYen: (random) => ({ method: "POST", path: "/api/quotes", body: { amountCents: drawNumber(random, 20_000), currency: "JPY" } }),
  /** Photos of a new telephone. */
  largeReview: (random) => sendReview(random, 180_000 + drawNumber(random, 200_000)),
  /** Customers who joined long ago. */
  recommendToEarly: (random) => ({ method: "GET", path: `/api/recommendations?customer=c${900 + drawNumber(random, 100)}` }),
  /** An accountant who wants ten years in one document: more pages than any machine seals before the gateway gives up. */
  longInvoice: (random) => ({ method: "GET", path: `/api/orders/o${drawNumber(random, 500)}/invoice?pages=100000` }),
} as const satisfies Record<string, Draw>;

/** A kind of request. */
export type TrafficKind = keyof typeof KINDS;

/** Requests per second of each kind. */
export type TrafficRates = Readonly<Partial<Record<TrafficKind, number>>>;

/** The shares of an ordinary day; they add up to one. */
export const ORDINARY_SHARES: TrafficRates = {
  browse: 0.16,
  product: 0.16,
  cart: 0.14,
  checkout: 0.1,
  status: 0.14,
  review: 0.06,
  recommend: 0.08,
  quote: 0.05,
  giftCard: 0.08,
  invoice: 0.03,
};

/** The next request of a kind. */
export function drawRequest(kind: TrafficKind, random: () => number): ShopRequest {
  return KINDS[kind](random);
}
