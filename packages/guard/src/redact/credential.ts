import { classOf, SPACE } from "./character.ts";
import type { Finding, Scan } from "./finding.ts";
import { isReplacement, toMarker } from "./replacement.ts";

const LONGEST = 4_096;

function findTokenEnd(text: string, start: number): number {
  const most = Math.min(text.length, start + LONGEST);
  let at = start;
  while (at < most && /[\w.~+/=-]/.test(text.charAt(at))) at += 1;
  return at;
}

/** The credential behind a scheme's name in running text: `Bearer ab12...`, `Basic dXNlcjpwYXNz`. */
export function readCredential(scan: Scan, start: number, end: number): Finding | undefined {
  if (end - start < 5 || end - start > 6 || (classOf(scan.text.charCodeAt(end)) & SPACE) === 0) return undefined;
  const scheme = scan.text.slice(start, end).toLowerCase();
  if (scheme !== "bearer" && scheme !== "basic" && scheme !== "token") return undefined;
  const from = end + 1;
  const to = findTokenEnd(scan.text, from);
  const raw = scan.text.slice(from, to);
  const isRandom = raw.length >= 8 && (/\d/.test(raw) || (raw.length >= 20 && /[a-z][A-Z]/.test(raw)));
  if (!isRandom || isReplacement(raw) || (scheme === "token" && raw.length < 20)) return undefined;
  return { start: from, end: to, kind: "auth", replacement: toMarker("auth", raw, scan.pass.pseudonym) };
}
