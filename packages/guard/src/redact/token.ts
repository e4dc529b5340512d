import { ALNUM, classOf, UNDERSCORE } from "./character.ts";
import type { Finding, Scan } from "./finding.ts";
import { toMarker } from "./replacement.ts";
import { TOKEN_FORMS, type TokenForm } from "./token-forms.ts";

/** Forms by their first two characters, so that most words are passed over after one look. */
const BY_START = new Map<number, TokenForm[]>();
for (const form of TOKEN_FORMS) {
  const key = (form.prefix.charCodeAt(0) << 7) | form.prefix.charCodeAt(1);
  BY_START.set(key, [...(BY_START.get(key) ?? []), form]);
}

/** Longest token that is read; a longer run is taken up to here and goes on being read. */
const LONGEST = 8_192;

const SETS: Readonly<Record<TokenForm["set"], RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  word: /[\w-]/,
  hex: /[0-9a-fA-F]/,
  base64: /[\w+/=-]/,
  dotted: /[\w.+/=~:-]/,
};

function findRunEnd(text: string, start: number, set: RegExp): number {
  const most = Math.min(text.length, start + LONGEST);
  let at = start;
  while (at < most && set.test(text.charAt(at))) at += 1;
  return at;
}

/** A token that its issuer made recognisable by a prefix: `ghp_...`, `AKIA...`, `eyJ...`. */
export function readVendorToken(scan: Scan, start: number): Finding | undefined {
  const { text } = scan;
  const forms = BY_START.get((text.charCodeAt(start) << 7) | text.charCodeAt(start + 1));
  if (forms === undefined) return undefined;
  for (const form of forms) {
    if (!text.startsWith(form.prefix, start)) continue;
    const from = start + form.prefix.length;
    const end = findRunEnd(text, from, SETS[form.set]);
    const length = end - from;
    if (length < form.least || length > (form.most ?? LONGEST)) continue;
    if ((classOf(text.charCodeAt(end)) & (ALNUM | UNDERSCORE)) !== 0 && end - from < LONGEST) continue;
    const raw = text.slice(start, end);
    if (form.check !== undefined && !form.check.test(raw.slice(0, 512))) continue;
    return { start, end, kind: form.kind, replacement: toMarker(form.kind, raw, scan.pass.pseudonym) };
  }
  return undefined;
}

const BEGIN = "-----BEGIN ";

/** A PEM block of a private key, to its end line or, when that is missing, as far as its lines go. */
export function readPrivateKey(scan: Scan, at: number): Finding | undefined {
  const { text } = scan;
  if (!text.startsWith(BEGIN, at)) return undefined;
  const label = /^[A-Z0-9 ]{0,40}/.exec(text.slice(at + BEGIN.length, at + BEGIN.length + 48))?.[0] ?? "";
  if (!label.includes("PRIVATE KEY")) return undefined;
  const close = `-----END ${label.trimEnd()}-----`;
  const closeAt = text.indexOf(close, at);
  const end = closeAt < 0 ? text.length : closeAt + close.length;
  return { start: at, end, kind: "private-key", replacement: toMarker("private-key", text.slice(at, end), scan.pass.pseudonym) };
}
