import { pbkdf2Sync } from "node:crypto";

/** Seals one page of an invoice over the seal of the page before. The work is done where it is asked for. */
export function sealPage(before: Buffer, page: number): Buffer {
  return pbkdf2Sync(before, `page-${page}`, 5_000, 32, "sha256");
}
