/**
 * The ten faults, and what really happens when one is switched on: customers send something else, an operator does something,
 * a file is published, a transaction stays open. No service is told that a fault is on, so no telemetry can say so.
 */
import pg from "pg";
import { GOOD_RATES, GOOD_RELEASE, type Shop } from "../shop/shop.ts";
import type { TrafficRates } from "../load/traffic.ts";

/** One fault that can be switched. `switchOn` resolves to what switches it off. */
export type DemoFault = {
  readonly name: string;
  /** What a person reads before it is switched on: what happens, not where it will show. */
  readonly story: string;
  switchOn(shop: Shop): Promise<() => Promise<void>>;
};

/** A fault that only customers bring about: they send `rates` besides the ordinary traffic. */
function sendMore(rates: TrafficRates): DemoFault["switchOn"] {
  const none = Object.fromEntries(Object.keys(rates).map((kind) => [kind, 0]));
  return (shop) => {
    shop.tellLoad({ extra: rates });
    return Promise.resolve(() => Promise.resolve(shop.tellLoad({ extra: none })));
  };
}

/** A maintenance job takes a table lock and forgets to commit. */
async function lockOrders(shop: Shop): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: shop.databaseUrl });
  await client.connect();
  await client.query("begin");
  await client.query("lock table orders in access exclusive mode");
  return async () => {
    await client.query("rollback");
    await client.end();
  };
}

/** The faults in the order in which the demo plays them. */
export const DEMO_FAULTS: readonly DemoFault[] = [
  {
    name: "unhandled-exception",
    story: "The shop opens in Japan: customers ask for prices in yen.",
    switchOn: sendMore({ quoteInYen: 3 }),
  },
  {
    name: "blocked-query",
    story: "A maintenance job locks the orders table and forgets to commit.",
    switchOn: lockOrders,
  },
  {
    name: "bad-deploy",
    story: "The American storefront gets release 2.5.0; its deployment forgot a secret.",
    async switchOn(shop) {
      await shop.deployStorefront({ version: "2.5.0" });
      return () => shop.deployStorefront(GOOD_RELEASE);
    },
  },
  {
    name: "large-body",
    story: "A new telephone is out: customers attach larger photos to their reviews.",
    switchOn: sendMore({ largeReview: 2 }),
  },
  {
    name: "pool-exhaustion",
    story: "A sale begins: eight times as many customers check out.",
    switchOn: sendMore({ checkout: 15 }),
  },
  {
    name: "third-party",
    story: "The payment company has an outage: its API answers 500.",
    switchOn(shop) {
      shop.tellProvider({ outage: true });
      return Promise.resolve(() => Promise.resolve(shop.tellProvider({ outage: false })));
    },
  },
  {
    name: "gateway-html",
    story: "The gateway gets pretty error pages, on the day the gift card partner's answers lack a balance.",
    switchOn(shop) {
      shop.tellGateway({ hideErrors: true });
      shop.tellProvider({ giftCardsPending: true });
      return Promise.resolve(() => {
        shop.tellProvider({ giftCardsPending: false });
        shop.tellGateway({ hideErrors: false });
        return Promise.resolve();
      });
    },
  },
  {
    name: "masked-error",
    story: "Customers who joined long ago look at their recommendations.",
    switchOn: sendMore({ recommendToEarly: 3 }),
  },
  {
    name: "cascade",
    story: "The finance job publishes a file of exchange rates without any rates.",
    async switchOn(shop) {
      await shop.publishRates(undefined);
      return () => shop.publishRates(GOOD_RATES);
    },
  },
  {
    name: "blocked-loop",
    story: "An accountant asks for an invoice of ten years, again and again.",
    switchOn: sendMore({ longInvoice: 0.2 }),
  },
];
