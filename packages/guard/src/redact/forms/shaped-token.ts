import { mayBegin, noteBeginning, SHAPED } from "./beginning.ts";
import { type Finding, findForm, lookAt, type Scan, type Word } from "../finding.ts";
import { ALNUM, classAt, classOf, DIGIT } from "../character.ts";
import { STEP_COST } from "../work.ts";

/**
 * Secrets that are recognised by their surroundings. If a form has a group, only the group is the secret. In turn:
 * - A PuTTY key file, to its end.
 * - `110201543:AAHdqTcv...`: a Telegram bot's number and key.
 * - `jdbc:oracle:thin:scott/Secret@//host`: a password before an `@` that is not in a URL.
 * - The part of a webhook's address that lets anybody post to it, and the token of a link in a mail that lets in whoever has it.
 * - A line of `.pgpass`, and a line with two hashes of a dump of Windows accounts.
 * - Commands that take a password as an argument (switches and routers, Windows accounts, Apache, Redis, mail) or through a pipe (Docker,
 *   Linux).
 * - A duplicate entry of MySQL and a value that Mongoose refuses, if the key or the path has the name of a secret.
 */
const FORM =
  /^(?:PuTTY-User-Key-File-(?:[^]{0,16384}?\nPrivate-MAC:[ \t]*\w+|[^]+)|(?:bot)?\d{5,16}:A[\w-]{33,36}(?![\w-])|thin:[^/@\s"']{1,64}\/([^\s"'(]{1,128})(?=@)|(?:slack\.com\/(?:services|workflows|triggers)\/|hooks\/catch\/|webhookb2\/|infura\.io\/v3\/|alchemy\.com\/v2\/|office\w{0,3}\.com\/webhook\/|webhooks\/\d{5,20}\/|softlayer\.com\/soap\/v\d[\w.]{0,8}\/|trigger\/\w{1,64}\/with\/key\/|hook\/(?=\S{0,64}[A-Z\d])|(?:reset|verify|confirm|activat|invit|unsubscribe|link|login|magic(?=\/\w{16})|token)[\w-]{0,9}\/(?:\w{1,12}\/){0,2}(?=[\w-]{20})(?=[\w-]{0,64}\d)(?![\da-f]{8}-[\da-f]{4}-))([\w@/%.-]{8,512})|(?!(?:[\da-fA-F]{1,4}(?::|\b)){5})\w{1,64}:(?:(?:\d{4,5}|\*):[\w*-]{1,40}:[\w.*@-]{1,40}:(?=\S{0,40}\d)|\d{3,5}:(?=[\da-f]{32}:[\da-f]{32}:::))([^\s:]{6,64}(?::[\da-f]{32})?)(?![^\s:])|(?:snmp-server community |enable (?:secret|password) (?:\d )?|neighbor \S{1,40} password (?:\d )?|net use(?:r \S{1,40}| \S{1,64}(?: \\\S{1,80})?(?: \/user:\S{1,64})?) |htpasswd (?:-\w+ ){1,3}(?:\S{1,80} ){2}|AUTH"?,? (?:\S{1,40} )?|ACL SETUSER [^>\n]{1,80}>|(?:Duplicate entry|Cast to \w{1,16} failed for value) (?=["'][^"'\n]{1,200}["'][^"'\n]{0,40} (?:for key|at path) ["'][\w.]*(?:[tT]oken|[sS]ecret|[pP]assw|[aA]pi_?[kK]ey))|LOGIN \S{1,64} |echo (?=\S{1,200} \|[^|\n]{0,120}(?:passw(?:d|ord-)|sudo -S))["']?(?:\w{1,32}:(?=.{0,200}chp))?)["']?((?=[^\s"']{0,64}[\d!-&*+@]|[A-Z]{0,40}[a-z]+[A-Z])[^\s"'$|<=:/][^\s"'|=:/]{5,127}(?:\/[\w+/]{8,512}={0,2})?))/;

/** Tokens of Discord, Terraform, Mailchimp, MaxMind and Azure, and PostgreSQL's `md5` hashes: apart, since few words can be one of them. */
const WHOLE =
  /^(?:[MNO]\w{23,25}\.[\w-]{6}\.[\w-]{27,38}|\w{14}(?:\.atlasv1\.[\w=-]{60,70}|\w{22}(?:_mmk|\w{16}(?:JQQJ\w{28}|\w{24}AZDO\w{4,5})))|[\da-f]{32}-us\d{1,2}|\w{0,3}\dQ~[\w~.-]{31,34}|md5[\da-f]{32})(?![\w~-])/;

/** Words after which a form looks far ahead. */
const COMMAND = /AUTH|LOGIN|net |htp/y;

// Each alternative begins with letters of its own, or continues after a colon with three digits, a `*` or an `A`.
for (const [letters] of FORM.source.matchAll(/(?<=[:|])[a-z]{3}/gi)) noteBeginning(letters, SHAPED);

/** Finds a secret that is recognised by its surroundings. */
export function readShaped(scan: Scan, { start, end }: Word): Finding | undefined {
  const { codes } = scan;
  const next = codes[end + 1];
  // After its colon, a place in a file has at most three digits and no hash.
  const fourth = codes[end + 37] === 0x3a ? DIGIT : classAt(codes, end + 4);
  const isNumbered = codes[end] === 0x3a && (next === 0x41 || next === 0x2a || (classAt(codes, end + 3) & fourth & DIGIT) !== 0);
  if (!isNumbered && !mayBegin(codes, start, SHAPED)) return undefined;
  if (lookAt(scan.text, start, COMMAND)) scan.pass.work.left -= STEP_COST;
  return findForm(scan, "secret", [start, 16_384, FORM]);
}

/** Finds a token that is recognised by its whole form. */
export function readWhole(scan: Scan, { start }: Word): Finding | undefined {
  return findForm(scan, "secret", [start, 16_384, WHOLE]);
}

const HASH =
  /^\$\$?(?:[15-9y]|apr1|2[abxy]|argon2(?:id?|d)|scrypt|pbkdf2[\w-]{0,16}|\d{4,6}:[\w+/=]{22,44}|\d{5,7}|[A-Za-z\d]{8,22}(?=\$[\da-f]{64}))\$[\w./=,+$-]{22,256}(?::[\w+/]{43}=)?/;

/** A hash of a password as `crypt`, PostgreSQL, Django and Werkzeug write it, since an attacker can guess against it. `at` is its first `$`. */
export function readPasswordHash(scan: Scan, at: number): Finding | undefined {
  return (classOf(scan.codes[at + 1]) & ALNUM) === 0 ? undefined : findForm(scan, "password", [at, 280, HASH]);
}
