/** For tests of the guard: all exchanges off the beaten track, by name. */
import { ODD_EXPRESS_EXCHANGES, ODD_FASTIFY_EXCHANGES } from "./odd-express-fastify-exchanges.ts";
import { ODD_EXCHANGES, type OddExchange } from "./odd-exchanges.ts";
import { ODD_HONO_EXCHANGES, ODD_KOA_EXCHANGES } from "./odd-koa-hono-exchanges.ts";

/** Those of no framework in particular first. */
export const ALL_ODD_EXCHANGES: Readonly<Record<string, OddExchange>> = {
  ...ODD_EXCHANGES,
  ...ODD_EXPRESS_EXCHANGES,
  ...ODD_FASTIFY_EXCHANGES,
  ...ODD_KOA_EXCHANGES,
  ...ODD_HONO_EXCHANGES,
};
