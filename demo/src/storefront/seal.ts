import { pbkdf2Sync } from "node:crypto";

/** Seals one page of an invoice over the seal of the page before. The work is done where it is asked for. */
export function sealPage(before: Buffer, page: number): Buffer {
  return pbkdf2Sync(before, `page-${page}`, 5_000, 32, "sha256");
}

/** Seals an invoice page by page. */
export function sealInvoice(id: string, pages: number): string {
  let seal: Buffer = Buffer.from(id);
  for (let page = 0; page < pages; page += 1) seal = sealPage(seal, page);
  return seal.toString("hex");
}
