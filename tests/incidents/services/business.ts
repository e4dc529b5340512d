/**
 * The business code of the services: small functions as one finds them, each with the flaw that such code has. Which request
 * meets a flaw is up to what it carries.
 */
import { execFileSync } from "node:child_process";
import { createHmac, pbkdf2Sync } from "node:crypto";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

/** A customer's cart as the shop sends it. */
type Cart = { items?: { sku: string; cents: number }[]; discount?: { percent: number } | null; total?: number };

const CATALOGUE = new Map([
  ["tea", { name: "Tea", cents: 450, weightG: 100 }],
  ["mug", { name: "Mug", cents: 1250, weightG: 380 }],
  ["pot", { name: "Pot", cents: 3900, weightG: 900 }],
]);
const CUSTOMERS: readonly { id: string; address?: { city: string; zip: string } }[] = [
  { id: "c1", address: { city: "Lyon", zip: "69001" } },
  { id: "c2", address: { city: "Bergen", zip: "5003" } },
  { id: "c3" },
];
let report: Buffer[] = [];
const sessions = new Map<string, object[]>();

function priceCart(kind: string | undefined): number {
  const cart: Cart =
    kind === "gift" ? { items: [{ sku: "tea", cents: 450 }] } : { items: [{ sku: "tea", cents: 450 }], discount: { percent: 5 } };
  return (cart.items ?? []).reduce((sum, { cents }) => sum + cents, 0) * (1 - cart.discount!.percent / 100);
}

function weighParcel(sku: string | undefined): number {
  return CATALOGUE.get(sku ?? "tea")!.weightG + 40;
}

function addressLabel(customer: string | undefined): string {
  const found = CUSTOMERS.find(({ id }) => id === (customer ?? "c1"));
  return `${found!.address!.zip} ${found!.address!.city}`;
}

function cheapest(kind: string | undefined): number {
  const offers = kind === "rare" ? [] : [450, 1250];
  return offers.reduce((least, each) => Math.min(least, each));
}

function choosePlan(plan: string | undefined): string {
  const plans: Record<string, () => string> = { basic: () => "9.00", team: () => "29.00" };
  return plans[plan ?? "basic"]();
}

function splitInvoice(parts: string | undefined): number[] {
  const count = Number(parts ?? 2);
  const shares = Array.from({ length: count }, () => 10000 / count);
  if (shares.reduce((sum, each) => sum + each, 0) !== 10000) throw new Error("invariant violated: the shares do not add up to the total");
  return shares;
}

function deliveryDate(date: string | undefined): string {
  return new Date(date ?? "2026-05-01").toISOString().slice(0, 10);
}

function decodeName(name: string | undefined): string {
  return decodeURIComponent(name ?? "Ada").toUpperCase();
}

function orderNumber(number: string | undefined): string {
  return (BigInt(number ?? "17") * 97n).toString();
}

function roundPrice(digits: string | undefined): string {
  return (12.3456).toFixed(Number(digits ?? 2));
}

function pageOf(size: string | undefined): number {
  return Array.from({ length: 1 }).concat(Array(Number(size ?? 10))).length;
}

function requireName(name: string | undefined): string {
  if (name === undefined || name === "") throw new ValidationError('"customer" is required and must be a string');
  return name.trim();
}

/** What a validation library throws. */
class ValidationError extends Error {
  override readonly name = "ValidationError";
}

function signSession(): string {
  return createHmac("sha256", process.env["SESSION_SECRET"] as string)
    .update("session")
    .digest("hex");
}

function readApiKey(): string {
  const key = process.env["PROVIDER_API_KEY"];
  if (key === undefined || key === "") throw new Error("PROVIDER_API_KEY is not set");
  return key;
}

function readLimits(): number {
  const limits = JSON.parse(process.env["LIMITS"] ?? "{}") as { maxItems?: number };
  if (limits.maxItems === undefined) throw new Error("configuration value limits.maxItems is missing");
  return limits.maxItems;
}

function hashPassword(rounds: string | undefined): string {
  return pbkdf2Sync("password", "salt", Number(rounds ?? 1), 64, "sha512").toString("hex");
}

/** Large pictures are scaled by another program, and everything waits for it. */
function scalePicture(size: string | undefined): string {
  return execFileSync("sleep", [size === "large" ? "1.6" : "0"]).toString();
}

function matchCoupon(code: string | undefined): boolean {
  return /^(?:[A-Z0-9]+)+-[0-9]$/.test(code ?? "TEA-1");
}

/** A report of all years is held in memory until the next one. */
function renderReport(years: string | undefined): number {
  report = Array.from({ length: years === "all" ? 120 : 1 }, (_, index) => Buffer.alloc(5_000_000, index + 1));
  return report.length;
}

function cacheReport(id: string | undefined): number {
  sessions.set(
    `${id}-${sessions.size}`,
    Array.from({ length: 60_000 }, (_, index) => ({ index, id, at: index * 17 })),
  );
  return sessions.size;
}

function exportReport(): void {
  writeFileSync("/dev/full", "id;total\n".repeat(2000));
}

/** Half of what is opened for a request is never closed, unless it could not have all its files. */
function openAttachment(): number {
  const handles: number[] = [];
  try {
    for (let count = 0; count < 24; count += 1) handles.push(openSync("/dev/null", "r"));
    for (const handle of handles.slice(12)) closeSync(handle);
    return handles.length;
  } catch (error) {
    for (const handle of handles) closeSync(handle);
    throw error;
  }
}

function readRates(): number {
  return (JSON.parse(readFileSync(process.env["RATES_FILE"] ?? `${tmpdir()}/rates.json`, "utf8")) as { rate: number }).rate;
}

function parseImport(text: string | undefined): unknown {
  return JSON.parse(text ?? "{}");
}

/** Renames since the last release: the new code asks for a field that the old one called otherwise. */
function renderProfile(): string {
  const profile = { name: "Ada", contact: { mail: "ada@shop.example" } } as { name: string; emails?: string[] };
  return profile.emails!.join(", ");
}

function roundTotals(): number {
  const totals = { net: 100, tax: undefined as unknown as { amount: number } };
  return totals.net + totals.tax.amount;
}

function loadPlugin(): string {
  const registry: { [name: string]: { render(): string } } = {};
  return registry["banner-v2"].render();
}

/** By the name that a plan uses. */
export const BUSINESS: Readonly<Record<string, (input: string | undefined) => unknown>> = {
  priceCart,
  weighParcel,
  addressLabel,
  cheapest,
  choosePlan,
  splitInvoice,
  deliveryDate,
  decodeName,
  orderNumber,
  roundPrice,
  pageOf,
  requireName,
  signSession,
  readApiKey,
  readLimits,
  hashPassword,
  scalePicture,
  matchCoupon,
  renderReport,
  cacheReport,
  exportReport,
  openAttachment,
  readRates,
  parseImport,
  renderProfile,
  roundTotals,
  loadPlugin,
};
