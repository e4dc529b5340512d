import { COST } from "./work.ts";
import { type Finding, type Scan, toFinding, type Word } from "./finding.ts";

/** A PuTTY key file, to its end. */
export function readPuttyKey(scan: Scan, { start }: Word): Finding | undefined {
  if (!scan.text.startsWith("PuTTY-User-Key-File-", start)) return undefined;
  const mac = /Private-MAC:[ \t]*\w+/.exec(scan.text.slice(start, start + 16_384));
  const end = mac === null ? Math.min(scan.text.length, start + 16_384) : start + mac.index + mac[0].length;
  return toFinding(scan, "private-key", [start, end]);
}

const WEBHOOKS =
  /^(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|hooks\.zapier\.com\/hooks\/catch\/|webhookb2\/|webhooks\/\d{5,20}\/|softlayer\.com\/soap\/v\d[\w.]*\/|maker\.ifttt\.com\/trigger\/\w+\/with\/key\/)/;

/** The part of a webhook's address that lets anybody post to it. */
export function readWebhook(scan: Scan, { start }: Word): Finding | undefined {
  scan.pass.work.left -= COST.words;
  const prefix = WEBHOOKS.exec(scan.text.slice(start, start + 96))?.[0];
  if (prefix === undefined) return undefined;
  const from = start + prefix.length;
  let to = from;
  while (to - from < 512 && /[\w@/%.-]/.test(scan.text.charAt(to))) to += 1;
  return to - from >= 8 ? toFinding(scan, "webhook", [from, to]) : undefined;
}

/** A reader of what is known by its whole form. */
function createFormReader(kind: string, form: RegExp): (scan: Scan, word: Word) => Finding | undefined {
  return (scan, { start }) => {
    scan.pass.work.left -= COST.words;
    const raw = form.exec(scan.text.slice(start, start + 128))?.[0];
    return raw === undefined ? undefined : toFinding(scan, kind, [start, start + raw.length]);
  };
}

/** `110201543:AAHdqTcv...`: a Telegram bot's number and key. */
export const readBotToken = createFormReader("telegram-token", /^(?:bot)?\d{5,16}:A[\w-]{33,36}(?![\w-])/);
/** Forms known by their middle or end: Discord bots, Terraform's `atlasv1`, Mailchimp's data centre, MaxMind's `_mmk`. */
export const readShaped = createFormReader(
  "work-token",
  /^(?:[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}|[A-Za-z\d]{14}\.atlasv1\.[\w=-]{60,70}|[\da-f]{32}-us\d{1,2}|\w{36}_mmk)(?![\w-])/,
);

/** Azure's client secrets: three characters, a digit, `Q~`, and 31 to 34 more. `at` is the tilde. */
export function readAzureSecret(scan: Scan, at: number): Finding | undefined {
  const { text } = scan;
  if (text.charCodeAt(at - 1) !== 0x51) return undefined;
  const match = /^[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/.exec(text.slice(at - 5, at + 40));
  return match === null || at - 5 < scan.taken ? undefined : toFinding(scan, "azure-secret", [at - 5, at - 5 + match[0].length]);
}
