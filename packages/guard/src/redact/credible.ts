import { isReplacement } from "./replacement.ts";
import type { Operator } from "./operator.ts";
import type { Scan } from "./finding.ts";
import { ALNUM, classOf, entropyOf, FOREIGN, UPPER } from "./character.ts";
import type { AssignedValue } from "./forms/assigned-value.ts";
import { isNameOf, type KeyClassifier, type KeyKind } from "./names/sensitive-key.ts";

type Claim = {
  readonly scan: Scan;
  readonly value: AssignedValue;
  readonly kind: KeyKind;
  readonly name: string;
  readonly operator: Operator;
};

const WORDS =
  "pending the your these masked undefined unset same-origin true string missing boolean nan nil false optional invalid omit bearer unchanged expired required n/a filtered removed null basic number none hidden todo present tbd include absent object redacted no error anonymous reset example should incorrect changed email failed unknown token valid private options valor apikey array placeholder cannot changeme local failure empty wrong bytes secret default username mandatory using active mismatch inactive password public".split(
    " ",
  );

/** Words that say something about a secret in the place where the secret itself could be: `token: expired`, `password=null`. */
const SAID_OF = new Set(WORDS);

/** The few of these words that are no secret even after `=` or in quotes. A password may well be "secret". */
export const NO_VALUE = new Set(WORDS.slice(0, WORDS.indexOf("no")));

// The expressions below are applied to the first 128 characters of a value.
/** Values that only say where the secret comes from, and up to three signs. None begins with a letter or a digit. */
const PLACEHOLDER =
  /^(?:["']?(?:\\?\$\{[^}]+\}[:@/.=-]?)+["']?|#\{[^}]*\}|\$\([\w. :/=-]+\)|["']?\$\$?(?:[A-Za-z_]\d?){1,64}["']?|\$?\{\{[^{}]+\}\}|<\/?[\w -]{1,64}>(?:\W.*)?|&lt;[\w -]{1,64}&gt;|%(?!\d)[\w()]{1,32}%?|@(?:[\w.-]{1,32}@|[a-z_]{1,32})|\{[ $]?[\w.>-]{0,32}(?:[!:][\w.<>]{1,9})? ?\}|\?|:\w{1,32}|\$\d{1,3}|[^\p{L}\p{N}]{1,3})$/iu;

/** Text in place of a secret: a mask, or a placeholder for somebody to fill in. */
export const BLANK =
  /^[[(]?(?:(?:[a-z]{2,4}[-_]){0,2}[*.•x]{3,}|[0-]{8,64}|<[a-z_ -]{1,64}>|\[(?:\w+ed|hidden|object object)\]|[_[<{]{0,4}(?:your|replace|insert|enter)[-_ ][a-z_ -]{1,40}[\]}>]{0,4}|change(?:.me|me[-_ ][a-z_ -]{1,40})|[$#]\{[\w.:]+\}|\{\{[\w. -]+\}\}|%s|[(*]+[a-z ]+[*)]+)[\]>)}]?$/i;

/**
 * Text after a quote that closed a string instead of opening one: `"password: " + get() + "`, `"Password:",next:"`. And values that are
 * recognisably public: a place in a file, a path of words, a selector, the name of a resource.
 */
const NO_SECRET =
  /^(?:\/\^[\\([]|(?:required|nullable|string)\||(?:argon2|[bs]crypt|pbkdf2|sha\d|md5)\w{0,9}$|[a-z][\w.-]{0,64}:\d+\.\d+[\w.]*$|\(\?[:=!]|; ?[A-Z][A-Za-z-]+(?:=|$)|\.\/|\/\*@|\[\d{0,3}$|\d{1,6}\]=|\]\?\.|["']?(?:\s{0,4}[+.,;)]){1,3}\s{0,4}(?!\d)[\w$]+[ ([:.=]|\d{1,6}:(?:\d{1,5}\)?|[a-z]+)$|[a-z]+:"|0x[\da-fA-F]{1,8}$|(?:arn|env|file|op|vault):(?:[A-Z_]+$|aws|[\w.-]*\/)|(?:[A-Z][a-z]+\.)?_*[A-Z]+\d{0,4}_[A-Z_]+$|(?:amd|arm)64$|S-1-5-|[a-z]\}\([a-z]+,|[a-z-]{3,}\{[a-z-]{3,}:|[a-z]{2,32}(?:\/[a-z\d_.-]{1,64}){2,8}$|[#./]{0,2}[a-z_]{1,32}(?:[/#][a-z_-]{1,64}){1,8}$|[#.][a-z]{1,32}(?:-[a-z]{1,32}){1,4}$|\/(?:[a-z][\w.@-]{0,64}\/){1,8}[\w.@-]{0,64}(?::r[ow])?$|(?:[a-z][\w.-]{0,32} | ?-)-[a-z][\w-]{0,32}[= ])/;

/** A template, an expression, a map or a YAML tag that begins in a value's place and continues after it. */
const EXPRESSION =
  /^\\?(?:[#$][{(]{1,2}[^{}]+(?:[})"'[]|$)|\{\{[^{}]+\}\}|\(|&|(?:await|new|async|function|typeof|void|yield|lambda|null|this|return|undefined|true|false)(?:[;,)}]|$)|\{[\w-]+:$|\[(?:[a-z_]+$|[A-Z][a-z]+(?:[:\]]|$))|![01]$|\[\](?:\)|[a-z]+$)|!{1,2}[A-Za-z]{2,20}$|(?:Add|ConvertTo|Get|New|Read)-[A-Z]|\$(?:[A-Za-z_]\d?){1,64}(?:->|[[{.:/),]|$))/;

/**
 * An identifier. Each word but the first begins with a sign or a capital, so that a run of small letters can be matched in one way only.
 */
export const IDENTIFIER = /^_?[A-Z]{0,6}[a-z]{2,32}(?:\d{0,3}(?:_[A-Z]{0,2}|[A-Z]{1,2})[a-z]{2,32}){0,9}[A-Z]{0,4}$/;

/** What code puts behind a name: `process.env.TOKEN`, `getSecret()`, `request.body['x']`, `config.password`. */
const REFERENCE =
  /^(?:[A-Za-z_$][\w$]*(?:\?\.|\.#?|->|::))+[A-Za-z_$][\w$]*(?:\[[^\]]*\]|(?<=[A-Z_]{2})!)?$|^[A-Za-z_$](?:[\w$.#>:-]|\?\.)*\(|^[A-Za-z_$][\w$.]*\[/;

/** The words of a label or a sentence, with numbers of at most two digits. */
const WRITTEN = /^(?:[\p{L}\p{M}' .,:?()-]|\b\d{1,2}\b){3,80}$/u;

/**
 * True for a sentence that says what a secret is or must be: `is too short`, `can't be blank`. Sentences used as passphrases lack these
 * words.
 */
export function isSentence(text: string): boolean {
  return WRITTEN.test(text) && /\b(?:is|are|has|been?|must|can|cannot|not|too|doesn|invalid|incorrect|required)\b/i.test(text);
}

/** Validation messages stored under a field's name: `{"password": "must be at least 8 characters"}`. */
const SAID_OF_FIELD =
  /^(?:is (?:too|not|required|invalid|missing|incorrect|weak|expired)|(?:must|should|can(?:not|'t)) (?:be|have|contain|match|include|not|differ)|has (?:been|already)|do(?:es)?(?:n't| not) match|not (?:set|provided)|too (?:short|long|weak))\b/;

/** True for such a message, which nobody uses as a passphrase. */
export function isSaidOfField(text: string): boolean {
  return SAID_OF_FIELD.test(text) && WRITTEN.test(text);
}

/**
 * True for a secret's label, or a sentence about it, in the secret's place: `"password": "Passwort"`. It begins with a
 * capital letter, or a letter of an alphabet without cases. Since a password may be any word, only its own name or a sentence is a label of it.
 */
export function isLabel(text: string, [name, kind]: readonly [name: string, kind: KeyKind], classify: KeyClassifier): boolean {
  // Most values begin with a small letter or a digit, which a table tells faster than an expression over all alphabets.
  if (
    (classOf(text.charCodeAt(0)) & (UPPER | FOREIGN)) === 0 ||
    !/^[\p{Lu}\p{Lo}]/u.test(text) ||
    !WRITTEN.test(text) ||
    /[a-z][A-Z]/.test(text)
  )
    return false;
  return kind === "password" && !isSentence(text) && !/forgot|wrong/i.test(name)
    ? isNameOf(text, name)
    : classify(`${text} x`).kind !== undefined;
}

/** True for a long, random text without spaces: not a word, path, date, version or name. */
export function isTokenLike(text: string, leastLength: number): boolean {
  if (text.length < leastLength || !/^[\w.=~+/-]+$/.test(text)) return false;
  if (!/\d/.test(text)) return text.length >= 20 && /[a-z]/.test(text) && /[A-Z]/.test(text) && entropyOf(text) >= 3.9;
  return /[a-z]/i.test(text) && entropyOf(text) >= (/[^\da-f]/i.test(text) ? Math.min(3, Math.log2(text.length) - 0.5) : 2.5);
}

/** Participles that say what was done to a secret: `token: revoked`. A password may be such a word, except for those used of passwords. */
export const DONE = /^[a-z]{3,}ed$/;
const DONE_TO_PASSWORD = /(?:abl|ypt|[iou]s|tt|c[ht]|i[dlrz]|at|ng|[eo]ck|[os]k|sh|ov|ear|r[tv]|ifi|ass|nd)ed$|ailable$/;

const LONGEST_SAID = 24;

/** True for a word of the list, with or without punctuation after it. None of them contains a digit. */
export function isSaidOf(text: string, words: ReadonlySet<string> = SAID_OF): boolean {
  if (text.length > LONGEST_SAID || /[\d_]/.test(text)) return false;
  const lower = text.toLowerCase();
  if (words === SAID_OF && /^[a-z]{1,4}[.,;:!?)]?$/.test(lower)) return true;
  return words.has(lower.replace(/[.,;:!?)]{1,4}$/, ""));
}

/** True when more plain words follow the value, so that it is a sentence and not an assignment. */
function isProse(scan: Scan, value: AssignedValue, raw: string): boolean {
  if (!/^[A-Za-z]+(?:'[a-z]+)?[.,;:!?]?$/.test(raw)) return false;
  return /^[ \t]+(?:[a-z]|$)/.test(scan.text.slice(value.end, value.end + 8));
}

/** What code puts behind a name, and no text of its own. */
function isReference(raw: string, kind: KeyKind, ahead: string): boolean {
  // A call ends on its line, or continues after a bracket or a comma.
  if (raw.includes("(") && !/^[^(\n]*\(.*\)|^.*[({[,] {0,9}(?:\r?\n|$)/.test(ahead)) return false;
  // `Fl0ppy.Disk` is not a member access, and `x9(a)b` is not a call.
  return REFERENCE.test(raw) && !/(?=[\w-]*\d)[\w-]{40}|\)\w/.test(raw) && !(kind === "password" && /[a-z]\d[a-z]|\w\$/.test(raw));
}

/** `token: InjectionToken;`, `session = open_session,`: a type or a variable, in code; `self.token = token`: the same name again. */
function isVariable({ scan, value, name, operator }: Claim, kind: KeyKind, raw: string): boolean {
  const { text } = scan;
  if (operator === "assign" && text.charCodeAt(value.start - 1) !== 0x20) return false;
  if (name.endsWith(`.${raw}`) || name.endsWith(`_${raw}`)) return true;
  // `tokens.map(token => token.value)`
  if (raw.startsWith(`${name}.`)) return true;
  if (name.endsWith(raw) && name.length > raw.length && (/^(?:self|this|cls)\./.test(name) || /[a-z][A-Z_]/.test(raw))) return true;
  const behind = text.slice(value.end, value.end + 2);
  if (kind === "password")
    return (
      (/^(?:[A-Z]{1,4}[a-z]{2,}){2,4}$/.test(raw) && /^(?:[;)]| \|)/.test(behind)) ||
      // `password: hashedPassword,`, `password = pass;`, `password = args => {`
      (/^(?:(?:[a-z]*(?:ed|new)P|p)(?:ass(?:w(?:or)?d)?|wd)|args|SecretString)$/.test(raw) && /^(?:[,;)]| [=}])/.test(behind))
    );
  return IDENTIFIER.test(raw) && ((LONG_KINDS.test(kind) && !/[a-z]{16}/.test(raw)) || /^(?:[;,)|=<[&]| [|=&+?!}])/.test(behind));
}

/** Without quotes. */
function isCredibleBare(claim: Claim, kind: KeyKind, raw: string): boolean {
  const { scan, value, operator, name } = claim;
  if (
    EXPRESSION.test(raw) ||
    (operator !== "tag" && isReference(raw, kind, scan.text.slice(value.start, value.start + 240))) ||
    (kind !== "password" && DONE.test(raw)) ||
    (raw.length < 4 && LONG_KINDS.test(kind))
  )
    return false;
  // `auth: method=password`: pairs after the name of the logger. `arn:aws:secretsmanager:eu-west-1`: parts of one name.
  if (
    operator === "colon" &&
    (kind === "secret" ? scan.codes[scan.chain - 1] === 0x3a : kind === "auth" && /^[a-z]+(?:=(?!")| [a-z]+ )/.test(raw))
  )
    return false;
  if (
    operator === "tag" &&
    (!/^(?:&#?\w{2,4};)?\s{0,32}(?:<|$)/.test(scan.text.slice(value.end, value.end + 40)) ||
      /[a-z]{2} [a-z]{2}| .* .* |^\D* \D*$|^ |^@[\w-]+\./.test(raw))
  )
    return false;
  if (((kind === "session" || kind === "auth") && /^[a-z\d]{1,7}$/.test(raw)) || isVariable(claim, kind, raw)) return false;
  // `db_password: Modifying...`, as Terraform goes on; `doesn't match`, `Change your password`: sentences. `enter the dragon` is none.
  if (/^[A-Z][a-z]+\.{3}|^[A-Za-z]+(?:sn't| (?:your|the) pass)/.test(raw + scan.text.slice(value.end, value.end + 10))) return false;
  if (operator === "assign" || operator === "tag")
    // `password= stores a digest`: Ruby's name of a method.
    return (
      !(/\w= $/.test(scan.text.slice(value.start - 3, value.start)) && isProse(scan, value, raw)) &&
      !isSaidOf(raw, kind === "auth" ? SAID_OF : NO_VALUE) &&
      !(kind === "session" && /^[a-z]{1,12}$/.test(raw))
    );
  // `MYSQL_ROOT_PASSWORD: root`, in a file of settings.
  const isSetting = kind === "password" && /^(?!INVA)[A-Z]+_[A-Z_]+$/.test(name);
  // A word of another language, which says that it is required, forgotten or wrong.
  if (isSaidOf(raw, isSetting ? NO_VALUE : SAID_OF) || /^[A-Za-z]*(?![A-Za-z])\p{L}[\p{L}\p{M}]*$/u.test(raw)) return false;
  if (isProse(scan, value, raw)) return false;
  // `password: 8-64 characters` says how long it is.
  if (kind === "password") return !DONE_TO_PASSWORD.test(raw) && !/^\d+[+-]\d* ch/.test(scan.text.slice(value.start, value.end + 3));
  return /\d/.test(raw) || /[a-z][A-Z]|[^\w.,:]/.test(raw) || raw.length >= 16;
}

/** Kinds whose secrets are never short words or short numbers: `session: "active"`, `token: 3`. */
export const LONG_KINDS = /^(?:session|auth|cookie|csrf|token|key|signature)$/;

/**
 * Values that may be passwords but never tokens: where a secret is stored, `TOKEN_KEY = "auth.token"`, a colour, `token-color: #1f2328`, or
 * a regular expression literal with signs that no key has.
 */
const NO_TOKEN = /^(?:[a-z]+(?:\.[a-z]+)+|\[(?:\.{3})?[a-z_$.]+\]|#[\da-f]{3,6}|\/[^\\^([]*[\\^([].*\/[a-z]*)$/i;

/**
 * Words, apart by blanks or signs, and values that count something: durations, amounts of money, lists of numbers. What is issued at
 * random has digits or both cases in it.
 */
const WORDING =
  /^(?:[ '"<([./]{0,2}(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15})(?:[ ._/|<>,-]{1,2}(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15})|[A-Z][a-z]{2,15}){0,9}[ '">)\].:;,]{0,2}|[A-Z]+_[A-Z_]*\d{0,2}|(?=.*[^ -~])[\p{L}\p{M} .-]+|(?:[\d.]+(?:[mnuµ]?s|[dhm]))+|[$€£][\d.,]+|\[[-\d.,\s]+\]?)$/u;

/** True for words where only something random could be a secret of this kind. A key may be a phrase that somebody chose. */
export function isWording(raw: string, kind: KeyKind): boolean {
  return LONG_KINDS.test(kind) && WORDING.test(raw) && !/^key[ -~]*$/.test(kind + raw);
}

/**
 * True for a word in place of a code, a label in place of a number, or a text that is not random in place of a signature. A passcode may be a
 * word, and a bank's code consists of capitals.
 */
export function isNoNumber(text: string, kind: KeyKind, name: string): boolean {
  if (kind === "signature") return !/\b(?![a-z]*\d*_)(?=[\w+/-]{0,19}\d)[\w+/-]{20}/i.test(text);
  return /^(?:card|bank|national-id)$/.test(kind)
    ? !/\d|^[A-Z]{8,11}$/.test(text)
    : kind === "code" && !/pass/i.test(name) && /^[A-Z]?[a-z]+$/.test(text);
}

/** Names under which a word says something about a secret, while any other value may be one. */
const TOLD_OF = /(?:reason|message|response|result)$/i;

/** True for what no secret of this kind looks like, whatever leads to it. */
function isPublic({ name, value }: Claim, kind: KeyKind, raw: string): boolean {
  return (
    // ASP.NET's cookies begin with a dot.
    (NO_SECRET.test(raw) && !(kind === "cookie" && raw.startsWith("."))) ||
    isVersion(raw, kind) ||
    // OAuth's codes and OpenWeather's ids are long and random; error codes are words.
    (/^(?:code|appid)$/i.test(name) && !isTokenLike(raw, 16)) ||
    isNoNumber(raw, kind, name) ||
    // A single word without quotes may be a variable's value: `TOKEN=tiger`.
    (isWording(raw, kind) && !(value.isQuoted ? /^[a-z]{13}/ : /^(?!dummy)(?=.*[a-z])[A-Za-z_]+$/).test(raw)) ||
    (kind !== "password" && ((IDENTIFIER.test(raw) && TOLD_OF.test(name)) || NO_TOKEN.test(raw)))
  );
}

/** Whether a number is a secret, by its length: counts and amounts are short. */
function isCredibleNumber({ scan, value, operator }: Claim, kind: KeyKind, raw: string): boolean {
  return (
    !(kind === "code" ? raw.includes(".") : /^\d?\.\d+$/.test(raw)) &&
    raw.length >= (operator === "weak" ? 15 : LONG_KINDS.test(kind) ? 8 : 3) &&
    !scan.text.startsWith(", fail", value.end)
  );
}

/** `cookies: 3, session: none` counts cookies. */
function isAboutCookies(operator: Operator, raw: string): boolean {
  return (
    operator === "colon" &&
    (/^\w+ = |^[^=]*=(?:\.{3})?; ?(?:max|exp|path|dom|http|sec|same)/i.test(raw) || (!raw.includes("=") && /[ ,]/.test(raw)))
  );
}

/** Behind a sign that only joins. */
function isCredibleJoined({ scan, value, name }: Claim, kind: KeyKind, raw: string): boolean {
  // A constant and its value: `define('DB_PASSWORD', 'LongAndRandom')`. A list of field names would be in small letters.
  if (value.isQuoted && /^[A-Z]+_[A-Z_]+$/.test(name) && /[a-z]/.test(raw) && !IDENTIFIER.test(raw)) return true;
  return (
    !(IDENTIFIER.test(raw) && (kind !== "password" || !value.isQuoted)) &&
    !/^[a-z]+=\w+-/.test(raw) &&
    (value.isQuoted || !(REFERENCE.test(raw) || /^[A-Z]?[a-z]+[A-Z]{0,4}\d{1,3}[A-Z][a-z]{3,}[A-Za-z]*$/.test(raw))) &&
    isTokenLike(raw.replace(/[!|@#$%^*]/g, "."), kind === "password" || name.endsWith("SecretStr") ? 8 : 12) &&
    // `setPassword("blue-horse-42")`, `set("password", "blue-horse-42")`.
    (!/^(?:\d{4}-\d\d-\d\d|[a-z]{2,}(?:-[a-z]{2,})+(?:-\d+)?$)/.test(raw) ||
      /(?<![a-z])set[A-Z(]/.test(scan.text.substring(scan.chain - 6, value.start)))
  );
}

/** Behind a command's option and a blank. */
function isCredibleOption({ scan, value }: Claim, kind: KeyKind, raw: string): boolean {
  // `--password     prompt for one`: the description in a help text.
  const isHelp = scan.codes[value.start - 2] === 0x20 && isProse(scan, value, raw);
  return (
    !/^-|:\/\/|^[a-z]{1,12}=./.test(raw) &&
    !isSaidOf(raw) &&
    !isHelp &&
    (kind === "password" || isTokenLike(raw.replace(/[!|@#$%^*]/g, "."), 8))
  );
}

/** Directly behind a name, in quotes, or compared with it. */
function isCredibleBeside({ value, name }: Claim, kind: KeyKind, raw: string): boolean {
  // `secret "tls-2026"`: the name of a secret.
  if (kind !== "password" && /^[a-z]+(?:[-.][a-z\d]+)+$/.test(raw)) return false;
  const isTold = kind === "password" && / (?:is|was)$/.test(name);
  const isLikely = value.isQuoted && /\d|[^\w.:/'-]/.test(raw) && !/^--|^-\w{1,20}=|^[\w.]+\(/.test(raw);
  return raw.length >= (kind === "password" ? 4 : 6) && !/\s/.test(raw) && !isSaidOf(raw) && (isTold || isLikely);
}

/** In quotes. */
function isCredibleQuoted({ scan, value }: Claim, kind: KeyKind, raw: string): boolean {
  // A template of the program, with what it is filled with.
  if (scan.codes[value.end] === 0x60 && raw.includes("${")) return false;
  // `"application:" + key`: a label before what is joined to it.
  const behind = scan.text.slice(value.end, value.end + 6);
  if ((/[:=]$/.test(raw) && /^['"]\s{0,4}[+.]/.test(behind)) || /^['"] {0,3}=> ?['"]/.test(behind)) return false;
  // A passphrase consists of words too, but they are no statement.
  const mayBePhrase = kind === "password" || kind === "secret";
  const prose =
    (kind === "password" ? /^(?:\p{L}+ ){2}/u : /^\p{L}+ \p{Ll}/u).test(raw) &&
    (!mayBePhrase || isSentence(raw) || /^\P{Ll}|\b(?:your|the|to)\b|pass|secret/u.test(raw));
  const isState = LONG_KINDS.test(kind) ? isSaidOf(raw) || DONE.test(raw) : isSaidOf(raw, NO_VALUE) || isSaidOfField(raw);
  return !isState && raw.length >= (kind === "password" ? 1 : 3) && !prose;
}

/** By the form of the value first, then by what joins it to its name. */
function isCredibleNamed(claim: Claim, kind: KeyKind, raw: string): boolean {
  const { value, operator, name, scan } = claim;
  if (isPublic(claim, kind, raw)) return false;
  if (/^-?[\d.,]+$/.test(raw)) return isCredibleNumber(claim, kind, raw);
  if (kind === "cookie" && isAboutCookies(operator, raw)) return false;
  if ((raw === name && operator !== "colon") || isLabel(raw, [name, kind], scan.pass.classify)) return false;
  if (operator === "weak") return isCredibleJoined(claim, kind, raw);
  if (operator === "flag") return isCredibleOption(claim, kind, raw);
  if (operator === "quote" || operator === "compare") return isCredibleBeside(claim, kind, raw);
  return value.isQuoted ? isCredibleQuoted(claim, kind, raw) : isCredibleBare(claim, kind, raw);
}

/**
 * True for a version of a package named like a secret: `"cookie": "^0.7.1"`. A password may look like a plain version, but not like a
 * range.
 */
export function isVersion(raw: string, kind: KeyKind): boolean {
  return (kind !== "password" || /^[~^]/.test(raw)) && /^(?:\*|[~^v]?\d+\.\d+\.\d+)(?:-[\w.]+|(?:\.\d+){2,}| \|\|.*)?$/.test(raw);
}

/** Decides whether the value after a name is a secret, by the name's kind, the operator, and the value itself. */
export function isCredible(claim: Claim): boolean {
  const { value, kind, scan } = claim;
  const raw = scan.text.slice(value.start, Math.min(value.end, value.start + 128));
  return (
    raw !== "" &&
    !isReplacement(raw) &&
    !BLANK.test(raw) &&
    !((classOf(raw.charCodeAt(0)) & ALNUM) === 0 && PLACEHOLDER.test(raw)) &&
    isCredibleNamed(claim, kind, raw)
  );
}
