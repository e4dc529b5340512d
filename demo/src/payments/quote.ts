/** Prices in the customer's currency. */
import { readFileSync } from "node:fs";

type Rates = { readonly perEuro: Readonly<Record<string, number>> };

const SYMBOLS: Readonly<Record<string, { readonly sign: string; readonly digits: number }>> = {
  EUR: { sign: "€", digits: 2 },
  USD: { sign: "$", digits: 2 },
  GBP: { sign: "£", digits: 2 },
};

/** What the finance team's job writes every hour: how much of each currency a euro buys. */
export function readRates(path: string): Rates {
  return JSON.parse(readFileSync(path, "utf8")) as Rates;
}

/** Turns an amount in the order's currency into euro cents, the currency of the books. */
export function toBookCents(amountCents: number, currency: string, rates: Rates): number {
  return Math.round(amountCents / rates.perEuro[currency]!);
}

/** The text a customer sees: `$12.50`. */
export function formatPrice(amountCents: number, currency: string): string {
  const symbol = SYMBOLS[currency]!;
  return `${symbol.sign}${(amountCents / 100).toFixed(symbol.digits)}`;
}
