import { ALNUM, classOf, DIGIT, entropyOf, LOWER, QUOTE, SPACE, UNDERSCORE, UPPER } from "./character.ts";
import { isReadableBase64 } from "./encoded.ts";
import type { Finding, Scan } from "./finding.ts";
import { isReplacement, toMarker } from "./replacement.ts";

const LONGEST = 4_096;

function toFinding(scan: Scan, kind: string, [start, end]: readonly [number, number]): Finding {
  return { start, end, kind, replacement: toMarker(kind, scan.text.slice(start, end), scan.pass.pseudonym) };
}

/** End of a run of the characters that tokens are made of. */
function findTokenEnd(text: string, start: number): number {
  const most = Math.min(text.length, start + LONGEST);
  let at = start;
  while (at < most) {
    const code = text.charCodeAt(at);
    const isToken =
      (classOf(code) & (ALNUM | UNDERSCORE)) !== 0 || (code >= 0x2b && code <= 0x2f && code !== 0x2c) || code === 0x7e || code === 0x3d;
    if (!isToken) break;
    at += 1;
  }
  return at;
}

/** The credential behind a scheme's name in running text: `Bearer ab12...`, `Basic dXNlcjpwYXNz`. */
function readScheme(scan: Scan, start: number, end: number): Finding | undefined {
  if ((classOf(scan.text.charCodeAt(end)) & SPACE) === 0) return undefined;
  const scheme = scan.text.slice(start, end).toLowerCase();
  if (scheme !== "bearer" && scheme !== "basic" && scheme !== "token" && scheme !== "digest") return undefined;
  const from = end + 1;
  const to = findTokenEnd(scan.text, from);
  const raw = scan.text.slice(from, to);
  const isRandom = raw.length >= 8 && (/\d/.test(raw) || (raw.length >= 16 && /[a-z][A-Z]/.test(raw)));
  if (!isRandom || isReplacement(raw) || (scheme === "token" && raw.length < 20)) return undefined;
  return toFinding(scan, "auth", [from, to]);
}

/** The password of `curl -u name:password`, in quotes or not. */
function readUserOption(scan: Scan, start: number, end: number): Finding | undefined {
  const { text } = scan;
  const isShort = end - start === 1 && text.charCodeAt(start - 1) === 0x2d && (classOf(text.charCodeAt(start - 2)) & SPACE) !== 0;
  const isLong = end - start === 4 && text.startsWith("--user", start - 2);
  if (!isShort && !isLong) return undefined;
  const option = /^(?:=|[ \t]{0,5})(["']?)/.exec(text.slice(end, end + 8));
  const quote = option?.[1] ?? "";
  const from = end + (option?.[0].length ?? 0);
  const line = text.slice(from, from + 512);
  const pair = (
    quote === '"' ? /^([^":\n]*)(:?)([^"\n]*)/ : quote === "'" ? /^([^':\n]*)(:?)([^'\n]*)/ : /^([\w$@.{}-]+)(:)("[^"\n]*"|'[^'\n]*'|\S*)/
  ).exec(line);
  const [, name = "", colon = "", password = ""] = pair ?? [];
  if (pair === null || colon === "") return readQuotedPair(scan, from - quote.length);
  const at = from + name.length + 1;
  if (password === "")
    return name.length >= 16 && /\d/.test(name)
      ? toFinding(scan, "auth", [from, from + name.length])
      : readQuotedPair(scan, from - quote.length);
  if (/^\d+$/.test(password) || /^["']?(?:\$|<|\[|\{\{|\*+$)/.test(password) || isReplacement(password)) return undefined;
  return toFinding(scan, "password", [at, at + password.length]);
}

/** `"name":"password"`, each in quotes of its own. */
function readQuotedPair(scan: Scan, from: number): Finding | undefined {
  const match = /^(["'])[^"'\n]{1,100}\1:(["'])([^"'\n]{3,200})\2/.exec(scan.text.slice(from, from + 320));
  const password = match?.[3];
  if (match === null || password === undefined || /^[$<{[]/.test(password)) return undefined;
  const start = from + match[0].length - 1 - password.length;
  return toFinding(scan, "password", [start, start + password.length]);
}

/** Parts of a name that say the rest is a key: `acme_live_...`, `x-secret-...`. */
const KEY_PART = /(?:^|[_-])(?:live|test|prod|sandbox|secret|sk|rk|pat|tok|token|key|apikey|api|access|auth|priv)(?:[_-]|$)/i;

/** A token with a readable beginning of its own, as most services issue them today, whoever the issuer is. */
function readPrefixed(scan: Scan, start: number): Finding | undefined {
  const { text } = scan;
  let end = start;
  let tail = start;
  for (; end - start < 512; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x5f || code === 0x2d) tail = end + 1;
    else if ((classOf(code) & ALNUM) === 0) break;
  }
  if (end - tail < 20 || tail - start < 3 || tail - start > 32) return undefined;
  const random = text.slice(tail, end);
  return isMixed(random) && KEY_PART.test(text.slice(start, tail)) ? toFinding(scan, "key", [start, end]) : undefined;
}

function isMixed(text: string): boolean {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits |= classOf(text.charCodeAt(at));
  return (bits & DIGIT) !== 0 && (bits & (UPPER | LOWER)) !== 0 && entropyOf(text) >= 3;
}

/** Lengths of base64 digests: SHA-1, SHA-256, SHA-384, SHA-512. Those are no secrets. */
const DIGEST_LENGTHS = new Set([27, 28, 43, 44, 64, 86, 88]);

/** True where a text of its own begins or ends: at a quote, a space, or the whole text's edge. */
function isEdge(code: number): boolean {
  return Number.isNaN(code) || (classOf(code) & (QUOTE | SPACE)) !== 0;
}

/**
 * A text that stands alone and is nothing but random base64, of a key's length and no digest's: in quotes, or with its padding. Base64
 * of readable text is none: that was read decoded.
 */
function readLoneRandom(scan: Scan, start: number): Finding | undefined {
  const { text } = scan;
  if (!isEdge(text.charCodeAt(start - 1))) return undefined;
  const most = start + 129;
  let end = start;
  let bits = 0;
  for (; end < most; end++) {
    const code = text.charCodeAt(end);
    const kind = classOf(code);
    if ((kind & (ALNUM | UNDERSCORE)) === 0 && code !== 0x2b && code !== 0x2f && code !== 0x2d && code !== 0x3d) break;
    bits |= kind;
  }
  const length = end - start;
  if (length < 40 || length > 128 || !isEdge(text.charCodeAt(end))) return undefined;
  const isBase64 = (bits & DIGIT) !== 0 && (bits & UPPER) !== 0 && (bits & LOWER) !== 0;
  const raw = text.slice(start, end);
  const isQuoted = (classOf(text.charCodeAt(start - 1)) & QUOTE) !== 0;
  if (!isBase64 || !(isQuoted || raw.endsWith("=")) || (DIGEST_LENGTHS.has(length) && !isAzureNear(text, start))) return undefined;
  if (entropyOf(raw) < 4.5 || isReadableBase64(raw) || /^sha\d{1,3}-|^[A-Za-z]+(?:[-_/][A-Za-z]+)+$|^[a-z0-9-]+(?:\/[\w-]+){2,}$/.test(raw))
    return undefined;
  return toFinding(scan, "key", [start, end]);
}

/** An Azure storage key looks like a SHA-512 digest; what is around it tells. */
function isAzureNear(text: string, start: number): boolean {
  return /azure/i.test(text.slice(Math.max(0, start - 240), start));
}

/** A PuTTY key file, to its end. */
function readPuttyKey(scan: Scan, start: number): Finding | undefined {
  if (!scan.text.startsWith("PuTTY-User-Key-File-", start)) return undefined;
  const mac = /Private-MAC:[ \t]*\w+/.exec(scan.text.slice(start, start + 16_384));
  const end = mac === null ? Math.min(scan.text.length, start + 16_384) : start + mac.index + mac[0].length;
  return toFinding(scan, "private-key", [start, end]);
}

const WEBHOOKS =
  /^(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|hooks\.zapier\.com\/hooks\/catch\/|webhookb2\/|webhooks\/\d{5,20}\/|softlayer\.com\/soap\/v\d[\w.]*\/|maker\.ifttt\.com\/trigger\/\w+\/with\/key\/)/;

/** The part of a webhook's address that lets anybody post to it. */
function readWebhook(scan: Scan, start: number): Finding | undefined {
  const prefix = WEBHOOKS.exec(scan.text.slice(start, start + 96))?.[0];
  if (prefix === undefined) return undefined;
  const from = start + prefix.length;
  let to = from;
  while (to - from < 512 && /[\w@/%.-]/.test(scan.text.charAt(to))) to += 1;
  return to - from >= 8 ? toFinding(scan, "webhook", [from, to]) : undefined;
}

/** `110201543:AAHdqTcv...`: a Telegram bot's number and key. */
function readBotToken(scan: Scan, start: number, end: number): Finding | undefined {
  if (scan.text.charCodeAt(end) !== 0x3a || scan.text.charCodeAt(end + 1) !== 0x41) return undefined;
  const match = /^(?:bot)?\d{5,16}:A[\w-]{33,36}(?![\w-])/.exec(scan.text.slice(start, start + 64));
  return match === null ? undefined : toFinding(scan, "telegram-token", [start, start + match[0].length]);
}

/** Forms known by their middle or end: Discord bots, Mailchimp's data centre, Terraform's `atlasv1`, MaxMind's `_mmk`. */
function readShaped(scan: Scan, start: number, end: number): Finding | undefined {
  const length = end - start;
  const { text } = scan;
  const next = text.charCodeAt(end);
  if (next === 0x2e && (length === 14 || (length >= 23 && length <= 28))) {
    const match = /^(?:[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70})(?![\w-])/.exec(
      text.slice(start, start + 128),
    );
    if (match !== null) return toFinding(scan, "work-token", [start, start + match[0].length]);
  }
  if (next === 0x2d && length === 32) {
    const match = /^[0-9a-f]{32}-us\d{1,2}(?!\w)/.exec(text.slice(start, start + 40));
    if (match !== null) return toFinding(scan, "mail-token", [start, start + match[0].length]);
  }
  return length === 40 && text.startsWith("_mmk", end - 4) ? toFinding(scan, "work-token", [start, end]) : undefined;
}

/** Azure's client secrets: three characters, a digit, `Q~`, and 31 to 34 more. `at` is the tilde. */
export function readAzureSecret(scan: Scan, at: number): Finding | undefined {
  const { text } = scan;
  if (text.charCodeAt(at - 1) !== 0x51) return undefined;
  const match = /^[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/.exec(text.slice(at - 5, at + 40));
  return match === null || at - 5 < scan.taken ? undefined : toFinding(scan, "azure-secret", [at - 5, at - 5 + match[0].length]);
}

/** What a word may begin that needs no name before it. */
export function readCredential(scan: Scan, start: number, end: number): Finding | undefined {
  const length = end - start;
  if (length <= 6)
    return length === 1 || length === 4
      ? readUserOption(scan, start, end)
      : length === 5 || length === 6
        ? (readScheme(scan, start, end) ?? readHooks(scan, start) ?? readPuttyKey(scan, start))
        : undefined;
  const found = readBotToken(scan, start, end) ?? readHooks(scan, start) ?? (length >= 14 ? readShaped(scan, start, end) : undefined);
  if (found !== undefined) return found;
  // A word carries its own underscores; only a hyphen can make it longer.
  const isLong = length >= 23 || scan.text.charCodeAt(end) === 0x2d;
  return (isLong ? readPrefixed(scan, start) : undefined) ?? readLoneRandom(scan, start);
}

function readHooks(scan: Scan, start: number): Finding | undefined {
  const code = scan.text.charCodeAt(start);
  return code === 0x68 || code === 0x77 || code === 0x73 || code === 0x6d ? readWebhook(scan, start) : undefined;
}
