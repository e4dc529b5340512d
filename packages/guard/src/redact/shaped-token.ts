import { COST } from "./work.ts";
import { type Finding, type Scan, toFinding } from "./finding.ts";

/** A PuTTY key file, to its end. */
export function readPuttyKey(scan: Scan, start: number): Finding | undefined {
  if (!scan.text.startsWith("PuTTY-User-Key-File-", start)) return undefined;
  const mac = /Private-MAC:[ \t]*\w+/.exec(scan.text.slice(start, start + 16_384));
  const end = mac === null ? Math.min(scan.text.length, start + 16_384) : start + mac.index + mac[0].length;
  return toFinding(scan, "private-key", [start, end]);
}

const WEBHOOKS =
  /^(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|hooks\.zapier\.com\/hooks\/catch\/|webhookb2\/|webhooks\/\d{5,20}\/|softlayer\.com\/soap\/v\d[\w.]*\/|maker\.ifttt\.com\/trigger\/\w+\/with\/key\/)/;

/** The part of a webhook's address that lets anybody post to it. */
export function readWebhook(scan: Scan, start: number): Finding | undefined {
  const code = scan.text.charCodeAt(start);
  if (code !== 0x68 && code !== 0x77 && code !== 0x73 && code !== 0x6d) return undefined;
  scan.pass.work.left -= COST.words;
  const prefix = WEBHOOKS.exec(scan.text.slice(start, start + 96))?.[0];
  if (prefix === undefined) return undefined;
  const from = start + prefix.length;
  let to = from;
  while (to - from < 512 && /[\w@/%.-]/.test(scan.text.charAt(to))) to += 1;
  return to - from >= 8 ? toFinding(scan, "webhook", [from, to]) : undefined;
}

/** `110201543:AAHdqTcv...`: a Telegram bot's number and key. */
export function readBotToken(scan: Scan, start: number, end: number): Finding | undefined {
  if (scan.text.charCodeAt(end + 1) !== 0x41) return undefined;
  const match = /^(?:bot)?\d{5,16}:A[\w-]{33,36}(?![\w-])/.exec(scan.text.slice(start, start + 64));
  return match === null ? undefined : toFinding(scan, "telegram-token", [start, start + match[0].length]);
}

/** Forms known by their middle or end: Discord bots, Mailchimp's data centre, Terraform's `atlasv1`, MaxMind's `_mmk`. */
export function readShaped(scan: Scan, start: number, end: number): Finding | undefined {
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
