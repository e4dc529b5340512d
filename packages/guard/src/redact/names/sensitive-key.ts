import { NAME_COST, type Work } from "../work.ts";
import { remember } from "./remember.ts";

/** Why a value under a name is redacted; the kind is part of the marker. */
export type KeyKind =
  | "password"
  | "secret"
  | "token"
  | "key"
  | "auth"
  | "cookie"
  | "session"
  | "csrf"
  | "signature"
  | "card"
  | "code"
  | "national-id"
  | "bank"
  | "personal";

/** A kind and its words, or expressions that match them. */
type Row = string;

/** Stems that have one meaning anywhere in a name, with or without separators: `userpassword2`, `MyApiKey`. */
const STEMS: readonly Row[] = [
  "password masterauth dbpass pas+o?wr?o?r?d securestring passwort passord(?!er|i) adgangskode passphrase passkey kennwort contrasen contraseña motdepasse wachtwoord l[öo]senord has[łl]o(?!ad[ei]|c|g[^l]|ng) parola [şs]ifre(?!f|[gq]$) heslo salasana jelsz[oó] lozinka пароль 密码 密碼 口令 パスワード 비밀번호 비번 암호 패스워드 토큰 暗証番号 密钥 令牌 كلمةالمرور סיסמה m[ậa]tkh[ẩa]u katasandi",
  "secret secret credential securityanswer geheimnis segredo mnemonic (?:seed|recovery|backup)(?:phrase|words)",
  "key (?:signing|rsa|shared|deploy|account|license|write|api|access|activation|user|server|ssh|private|app|encryption|master|client|licence|application|unseal|auth|priv|subscription|consumer|storage)key",
  "auth databaseurl authorisation connstr redisurl amqpurl authorization connectionstring mongodburi mongouri",
  "session sessionid sessid",
  "csrf csrf xsrf",
  // A message's signature, `X-Hub-Signature-256`; by itself the word is as often a function's signature.
  "signature .signature(?:v?\\d+)?$ hmac(?!key|secret)",
  "code passcode",
  "card cardno cardnum cardpan ccnum cardcvv cardcvc creditcard kartennummer debitcard kreditkarte",
  "bank kontonummer accountnumber accountno bankaccount routingnumber acctnum sortcode",
  "national-id socialsecurity nationalid driverlicen drivinglicen taxid driverslicen taxpayerid sozialversicherung nationalinsurance",
  // Pairs of words that mean a secret only together and at the end of a name.
  "card (?:cardsecurity|securitynumber)$",
  "personal (?:birthdate|dateofbirth|(?:phone|mobile)number)$",
];

/** Whole words of a name: `db_pwd`, `card.cvv`, `X-Auth`. They are too short to be searched for inside other words. */
const WORDS = toTable([
  "password passe passw pwd pass clave psw pw mdp pswd senha",
  "secret creds cred psk",
  "token token tokens jwt bearer",
  "auth auth authz authn dsn sas",
  "cookie cookie cookies",
  "session session sid phpsessid sess",
  "code otp totp mfa 2fa tan pincode pin puk",
  "card cvv cvc cvn csc pan",
  "bank iban bic blz rib swift",
  "national-id sin aadhaar ahv ssn nino cnpj nric bsn nif itin cuit pesel cpf dni passport tckn curp",
  "personal birthday phone mobile telephone msisdn dob",
]);

/** Last words which say that the value is about the secret and not the secret: `token_type`, `passwordResetAt`. Participles do the same. */
const ABOUT = new Set(
  "url address change failure help toggle tooshort budget bus class prefix count ref uri method error encryption exception expiresin kind expiration column version expires expiry factory format region trigger username generator endpoint hasher header helper hour encoder identity name forgot handler issuer index label len backend level lifetime filename manager age max rotation alg date maxage mismatch missing mode toolong model line ms optional invalid arg origin plugin parameter arn path min param pattern placeholder day policies policy position at present priority attempt prompt project provider reset algorithm rule schema role scope field sec suffix size socket bucket service source state mechanism status sock second length description minute stdin storage valid store strength dir set time timeout strategy title type exp usage variable ttl limit".split(
    " ",
  ),
);

/** Words before `key` or `token` that make the name harmless. */
const HARMLESS =
  /^(?:keyid|(?:single|two)pass|pass(?:on|through|over|rate)|secretary|secretsmanager|cookie(?:consent|banner)|(?:next(?:page)?|page|continuation|max|total|prompt|completion|input|output|unexpected)tokens?)$/;

/** The rows with their kinds apart. */
function toRows(rows: readonly Row[]): (readonly [KeyKind, string[]])[] {
  return rows.map((row) => {
    const [kind, ...words] = row.split(" ");
    // Each row above begins with a kind.
    return [kind as KeyKind, words] as const;
  });
}

function toTable(rows: readonly Row[]): ReadonlyMap<string, KeyKind> {
  return new Map(toRows(rows).flatMap(([kind, words]) => words.map((word) => [word, kind] as const)));
}

const ANY_STEM = toRows(STEMS).map(([kind, stems]) => [kind, new RegExp(stems.join("|"))] as const);

const SHARED = "id number value key code string hash";

/** Names that mean nothing alone and a secret under a certain parent: `card.number`, `session.id`. */
export const DEPENDENT: ReadonlySet<string> = new Set(`${SHARED} data raw content`.split(" "));

/** Last words whose meaning depends on the word before them. */
export const TAILS: ReadonlySet<string> = new Set(
  `${SHARED} args content keys codes str text is was const phrase secret default khẩu المرور`.split(" "),
);

/** The parts that give a name its meaning: every name with a verdict contains one of them, once its separators are removed. */
export const NAME_PARTS: readonly string[] = [
  ...STEMS.flatMap((row) => row.split(/[^\p{L}\p{M}]+/u)).filter((part) => part.length > 2),
  ...WORDS.keys(),
  ...DEPENDENT,
  "pw",
];

/** The words of a name in lower case, split at separators and where the case changes: `HTTPServerKey` has three. */
function splitName(name: string): string[] {
  const parted = name.replace(/([\p{Ll}\p{Lo}\p{N}])(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1$2 ");
  return parted.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function normalise(name: string): string {
  return splitName(name).join("");
}

/**
 * True for a text that is a secret's name, or whose words begin like parts of the name that it is stored under: `Confirm your password`.
 */
export function isNameOf(text: string, name: string): boolean {
  const words = splitName(text.replace(/\b(?:your|the) /gi, ""));
  const joined = words.join("");
  // A single word may be a password: `Admin` under `adminPassword`.
  return (
    (words.length > 1 && words.every((word) => normalise(name).includes(word.slice(0, 5)))) ||
    // Of several words, or in an alphabet without spaces, one is of a language in which nobody's password is named.
    (/[^a-z]/.test(joined) && ANY_STEM[0]?.[1].test(joined)) ||
    ANY_STEM.some(([, any]) => any.exec(joined)?.[0] === joined)
  );
}

function classifyWords(words: readonly string[], joined: string): KeyKind | undefined {
  if (joined === "" || HARMLESS.test(joined)) return undefined;
  const last = words.at(-1) ?? "";
  const lastTwo = words.length > 2 ? (words.at(-2) ?? "") + last : joined;
  if (
    words.includes("existing") ||
    (words.length > 1 &&
      (/(?:[bgksu]l?|ir|ort|nn|(?<!pe)at)ed$|file$/.test(last) ||
        ABOUT.has(last.replace(/s$/, "")) ||
        ABOUT.has(last) ||
        ABOUT.has(lastTwo) ||
        HARMLESS.test(lastTwo)))
  )
    return undefined;
  const stem = ANY_STEM.find(([, any]) => any.test(joined));
  if (stem !== undefined) return stem[0];
  if (
    /(?:your|auth|login|confirmation|verification|security|backup|sms|2fa|access|activation|factor|onetime|recovery)(?:code|(?<=recovery)key)s?$/.test(
      joined,
    )
  )
    return "code";
  for (const word of [last, ...words]) {
    const kind = WORDS.get(word) ?? WORDS.get(word.replace(/\d+$/, ""));
    if (kind !== undefined) return kind;
  }
  if (/(?:ps?wd|pw|(?<!by|com|get|tres)pass)$/.test(joined)) return "password";
  return /(?:token|cookie)$/.test(joined) ? "token" : undefined;
}

/** What a name says about its value. */
export type NameVerdict = { readonly kind: KeyKind | undefined };

/** Decides from the name alone whether a value is secret; the parent's name counts where the name itself says nothing. */
export type KeyClassifier = (name: string, parent?: string) => NameVerdict;

const MOST_REMEMBERED = 2_000;

/** Creates a classifier that charges the cost of each new name; `extra` and `safe` are the policy's names. */
export function createKeyClassifier(extra: readonly string[], safe: readonly string[], work: Work): KeyClassifier {
  const extraNames = extra.map(normalise);
  const safeNames = safe.map(normalise);
  const judge = (name: string): NameVerdict => {
    work.left -= NAME_COST;
    const words = splitName(name);
    const joined = words.join("");
    if (safeNames.includes(joined)) return { kind: undefined };
    return { kind: extraNames.includes(joined) ? "secret" : classifyWords(words, joined) };
  };
  const recall = remember(judge, MOST_REMEMBERED);
  return (name, parent) => {
    const verdict = recall(name);
    if (verdict.kind !== undefined || parent === undefined || !DEPENDENT.has(name.toLowerCase())) return verdict;
    return recall(`${parent}_${name}`);
  };
}
