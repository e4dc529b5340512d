import { pbkdf2Sync } from "node:crypto";

/** An invoice that takes longer stays unfinished, ms. It helps nobody: the process does nothing else meanwhile, and its callers are gone. */
const MOST_MS = 5_000;

/** Seals an invoice page by page, each over the seal of the page before. The work is done where it is asked for. */
export function sealInvoice(id: string, pages: number): string {
  const giveUpMs = performance.now() + MOST_MS;
  let seal: Buffer = Buffer.from(id);
  for (let page = 0; page < pages && performance.now() < giveUpMs; page += 1) seal = pbkdf2Sync(seal, `page-${page}`, 5_000, 32, "sha256");
  return seal.toString("hex");
}
