import { ALNUM, classOf } from "../character.ts";
import { type Finding, findForm, type Scan, type Word } from "../finding.ts";

/** A reader of what is known by its whole form; a group, where there is one, is the secret in it. */
function createFormReader(kind: string, form: RegExp, length = 128): (scan: Scan, word: Word) => Finding | undefined {
  return (scan, { start }) => findForm(scan, kind, [start, length, form]);
}

/** A PuTTY key file, to its end. */
export const readPuttyKey = createFormReader("private-key", /^PuTTY-User-Key-File-(?:[^]{0,16384}?\nPrivate-MAC:[ \t]*\w+|[^]+)/d, 16_384);

/** The part of a webhook's address that lets anybody post to it. */
export const readWebhook = createFormReader(
  "webhook",
  /^(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|hooks\.zapier\.com\/hooks\/catch\/|webhookb2\/|outlook\.office(?:365)?\.com\/webhook\/|webhooks\/\d{5,20}\/|softlayer\.com\/soap\/v\d[\w.]{0,8}\/|maker\.ifttt\.com\/trigger\/\w{1,64}\/with\/key\/|hook\/|(?:reset|verify|confirm|activate|invite|unsubscribe)\w{0,8}\/(?=[\w-]{0,64}\d[\w-]{20})(?![\da-f]{8}-[\da-f]{4}-))([\w@/%.-]{8,512})/d,
  608,
);

/** `110201543:AAHdqTcv...`: a Telegram bot's number and key. */
export const readBotToken = createFormReader("telegram-token", /^(?:bot)?\d{5,16}:A[\w-]{33,36}(?![\w-])/d);

/** `jdbc:oracle:thin:scott/Secret@//host`: a password in front of an `@` without a URL. The word is `thin`. */
export const readOracle = createFormReader("password", /^thin:[^/@\s"']{1,64}\/([^\s"'(]{1,128})@/d, 208);

/** Forms known by their middle or end: Discord bots, Terraform's `atlasv1`, Mailchimp's data centre, MaxMind's `_mmk`, Azure's keys. */
export const readShaped = createFormReader(
  "work-token",
  /^(?:[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}|[A-Za-z\d]{14}\.atlasv1\.[\w=-]{60,70}|[\da-f]{32}-us\d{1,2}|\w{36}_mmk|[A-Za-z\d]{52}JQQJ[A-Za-z\d]{28}|[A-Za-z\d]{76}AZDO[A-Za-z\d]{4,5})(?![\w-])/d,
);

const HASH = /^\$\$?(?:[156-8y]|apr1|2[abxy]|argon2(?:id?|d)|scrypt|pbkdf2[\w-]{0,16})\$[\w./=,+$-]{22,256}/d;

/** A password's hash in the notation of `crypt`: it is what an attacker guesses against. `at` is its first sign. */
export function readPasswordHash(scan: Scan, at: number): Finding | undefined {
  return (classOf(scan.text.charCodeAt(at + 1)) & ALNUM) === 0 ? undefined : findForm(scan, "password", [at, 280, HASH]);
}

/** Azure's client secrets: three characters, a digit, `Q~`, and 31 to 34 more. `at` is the tilde. */
export function readAzureSecret(scan: Scan, at: number): Finding | undefined {
  return scan.text.charCodeAt(at - 1) !== 0x51 || at - 5 < scan.taken
    ? undefined
    : findForm(scan, "azure-secret", [at - 5, 45, /^[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/d]);
}
