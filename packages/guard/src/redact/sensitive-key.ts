import { ALNUM, classOf, DIGIT, FOREIGN, UPPER } from "./character.ts";
import { createWordFinder } from "./word-finder.ts";

/** Why a value under a name is taken out: the kind goes into the marker. */
export type KeyKind =
  | "password"
  | "secret"
  | "token"
  | "key"
  | "auth"
  | "cookie"
  | "session"
  | "csrf"
  | "card"
  | "code"
  | "national-id"
  | "bank"
  | "personal";

/** Stems that mean the same wherever they stand in a name, run together or not: `userpassword2`, `MyApiKey`. */
const STEMS: readonly (readonly [KeyKind, readonly string[]])[] = [
  [
    "password",
    "requirepass masterauth dbpass keypass storepass userpass rootpass adminpass sqlpass password passwd passwort passphrase passcode passkey kennwort contrasen contraseña motdepasse wachtwoord lösenord losenord hasło haslo parola şifre sifre heslo salasana jelszo jelszó lozinka пароль 密码 密碼 口令 パスワード 비밀번호 كلمةالمرور סיסמה สั่งผ่าน mậtkhẩu matkhau katasandi".split(
      " ",
    ),
  ],
  ["secret", ["secret", "credential", "geheimnis", "segredo"]],
  [
    "key",
    "apikey accesskey privatekey privkey signingkey encryptionkey masterkey accountkey sharedkey storagekey subscriptionkey authkey licensekey licencekey consumerkey sshkey writekey servicekey deploykey appkey applicationkey clientkey functionkey databasekey dbkey hostkeyb hmackey aeskey rsakey kmskey sessionkey serverkey webhookkey instrumentationkey ingestionkey userkey apitoken awskey".split(
      " ",
    ),
  ],
  [
    "token",
    "accesstoken authtoken refreshtoken idtoken bearertoken sessiontoken securitytoken usertoken privatetoken jobtoken devicetoken logintoken resettoken".split(
      " ",
    ),
  ],
  [
    "auth",
    ["authorization", "authorisation", "connectionstring", "connstr", "databaseurl", "mongouri", "mongodburi", "redisurl", "amqpurl"],
  ],
  ["session", ["sessionid", "sessid"]],
  ["csrf", ["csrf", "xsrf", "requestverificationtoken", "authenticitytoken"]],
  [
    "card",
    "creditcard debitcard cardnum ccnum cardno cardcvc cardcvv cardpan kreditkarte kartennummer tarjetadecredito cartedecredit numerocarte".split(
      " ",
    ),
  ],
  ["bank", ["accountnumber", "bankaccount", "routingnumber", "sortcode", "kontonummer", "accountno", "acctnum"]],
  [
    "national-id",
    [
      "socialsecurity",
      "nationalid",
      "nationalinsurance",
      "taxpayerid",
      "taxid",
      "passportnumber",
      "driverslicense",
      "driverlicense",
      "driverslicence",
      "drivinglicence",
      "sozialversicherung",
    ],
  ],
];

/** Whole words of a name: `db_pwd`, `card.cvv`, `X-Auth`. Too short to be looked for inside other words. */
const WORDS = toTable([
  ["password", "pwd pass pw passw pswd psw passwrd senha mdp wachtwoord clave"],
  ["secret", "secrets creds cred"],
  ["token", "token tokens jwt bearer"],
  ["auth", "auth authz authn dsn sas"],
  ["cookie", "cookie cookies"],
  ["session", "session sid phpsessid sess"],
  ["code", "otp totp mfa 2fa tan pincode pin onetimecode verificationcode"],
  ["card", "cvv cvc cvv2 cvc2 csc pan"],
  ["bank", "iban bic swift"],
  ["national-id", "ssn sin nino cpf cnpj dni nif bsn nric aadhaar pesel passport"],
  ["personal", "dob birthday phone mobile telephone msisdn"],
]);

/** Names of two words or more that mean a secret only together. */
const PAIRS = toTable([
  ["session", "connectsid sessionvalue gitlabsession"],
  ["code", "authcode verificationcode securitycode recoverycode backupcode smscode accesscode activationcode factorcode"],
  ["card", "cardsecurity securitynumber"],
  ["personal", "birthdate dateofbirth phonenumber mobilenumber"],
]);

/** A last word that says the value is about the secret, and is not the secret: `token_type`, `passwordResetAt`. */
const ABOUT = new Set(
  "name names type types kind length len count counts size limit ttl expiry expires expiration expired expiresin exp lifetime maxage url uri endpoint path file filename dir policy policies enabled disabled required optional format version algorithm alg status state field fields prefix suffix strategy changed updated created rotated at date time valid invalid min max header param parameter issuer provider manager service store storage usage used scope scopes error errors attempts reset forgot strength rules present missing set mode index position line column budget bucket source class schema description label title ms sec seconds days age".split(
    " ",
  ),
);

/** Words before `key` or `token` that make it harmless. */
const HARMLESS = new Set(
  "publickey primarykey foreignkey partitionkey sortkey cachekey idempotencykey routekey routingkey objectkey hashkey keyid nexttoken nextpagetoken pagetoken continuationtoken maxtokens totaltokens prompttokens completiontokens inputtokens outputtokens unexpectedtoken secretary cookieconsent cookiebanner".split(
    " ",
  ),
);

function toTable(rows: readonly (readonly [KeyKind, string])[]): ReadonlyMap<string, KeyKind> {
  return new Map(rows.flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind] as const)));
}

/** Names that hold keys and tokens among much else; only a random value under them is taken. */
const GENERIC = "key api access client auth credential cert salt hmac cipher seed".split(" ");
/** Names of what identifies telemetry and things, never secrets. */
const IDENTITY =
  "trace span request correlation transaction build commit sha digest hash checksum etag revision version uuid guid integrity idempoten cache partition primary foreign public sort object fingerprint parent event message order product item route host node pod instance image path file url uri keyboard monkey author".split(
    " ",
  );
/** Services whose keys have no sign of their own: random values under a name with theirs are taken. */
const VENDORS =
  "adafruit adobe airtable algolia alibaba aliyun asana atlassian confluence jira beamer bitbucket bittrex meraki cloudflare codecov cohere coinbase confluent contentful datadog ddog discord droneci dropbox etsy facebook fastly finicity finnhub flickr freshbooks gitter heroku hubspot intercom jfrog artifactory xray kraken kucoin launchdarkly linkedin looker mailchimp mailgun mapbox mattermost messagebird netlify newrelic newyorktimes nytimes okta plaid privateai rapidapi sendbird sentry snyk sonar squarespace sumo telegram travis trello twilio twitch twitter yandex zendesk softlayer cloudant ibmc iamapi aiven box paypal braintree auth0 segment pagerduty splunk elastic maxmind openweather sidekiq contribsys".split(
    " ",
  );

const findStems = createWordFinder(STEMS.map(([, stems]) => stems));
const findHints = createWordFinder([IDENTITY, VENDORS, GENERIC]);

/** Names that say nothing alone and everything under a parent: `card.number`, `session.id`. */
const DEPENDENT = new Set(["id", "number", "value", "key", "code", "data", "raw", "content", "string", "hash"]);

/** Whatever makes a name mean something: every name with a verdict has one of these in it, once its separators are left out. */
export const NAME_PARTS: readonly string[] = [
  ...STEMS.flatMap(([, stems]) => stems),
  ...WORDS.keys(),
  ...PAIRS.keys(),
  ...VENDORS,
  ...GENERIC,
  ...DEPENDENT,
];

/** What a name that is not secret itself says of a random value under it. */
export type Suspicion = "none" | "generic" | "vendor";

function suspectWords(joined: string): Suspicion {
  const hints = findHints(joined);
  return (hints & 1) !== 0 ? "none" : (hints & 2) !== 0 ? "vendor" : (hints & 4) !== 0 ? "generic" : "none";
}

const SEPARATOR = 0;
const CAPITAL = 1;
const OTHER = 2;

function sortOf(code: number): number {
  const kind = classOf(code);
  if ((kind & ALNUM) !== 0) return (kind & UPPER) !== 0 ? CAPITAL : OTHER;
  if ((kind & FOREIGN) === 0) return SEPARATOR;
  const character = String.fromCharCode(code);
  return /[\p{L}\p{M}\p{N}]/u.test(character) ? (character.toLowerCase() === character ? OTHER : CAPITAL) : SEPARATOR;
}

/** The words of a name, lower case: at separators, and where small letters meet capitals: `HTTPServerKey` is three. */
function splitName(name: string): string[] {
  const words: string[] = [];
  let start = 0;
  let before = SEPARATOR;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    const sort = sortOf(code);
    const isSmall = sort === OTHER && (classOf(code) & DIGIT) === 0;
    // The capital before a small letter begins a word: `S` of `HTTPServer`.
    const isCut = sort === SEPARATOR || before === SEPARATOR || (sort === CAPITAL && before === OTHER);
    const next = isSmall && before === CAPITAL && at - 1 > start ? at - 1 : isCut ? at : start;
    if (next > start) {
      if (sortOf(name.charCodeAt(start)) !== SEPARATOR) words.push(name.slice(start, next).toLowerCase());
      start = next;
    }
    before = sort;
  }
  if (start < name.length && before !== SEPARATOR) words.push(name.slice(start).toLowerCase());
  return words;
}

function classifyWords(words: readonly string[], joined: string): KeyKind | undefined {
  if (joined === "" || HARMLESS.has(joined)) return undefined;
  const last = words.at(-1) ?? "";
  const lastTwo = words.length > 2 ? (words.at(-2) ?? "") + last : joined;
  if (words.length > 1 && (ABOUT.has(last) || HARMLESS.has(lastTwo))) return undefined;
  const stems = findStems(joined);
  if (stems !== 0) return STEMS[31 - Math.clz32(stems & -stems)]?.[0];
  const pair = PAIRS.get(joined) ?? (lastTwo === joined ? undefined : PAIRS.get(lastTwo));
  if (pair !== undefined) return pair;
  for (const word of words) {
    const kind = WORDS.get(word) ?? (endsInDigit(word) ? WORDS.get(word.replace(/\d+$/, "")) : undefined);
    if (kind !== undefined) return kind;
  }
  if (joined.endsWith("pwd") || joined.endsWith("pswd")) return "password";
  return joined.endsWith("token") || joined.endsWith("cookie") ? "token" : undefined;
}

function endsInDigit(word: string): boolean {
  return (classOf(word.charCodeAt(word.length - 1)) & DIGIT) !== 0;
}

/** What a name says of the value under it. */
export type NameVerdict = { readonly kind: KeyKind | undefined; readonly suspicion: Suspicion };

/** Decides by its name alone whether a value is secret; the parent's name counts where the name alone says nothing. */
export type KeyClassifier = (name: string, parent?: string) => NameVerdict;

const LONGEST_NAME = 128;
/** Names come from requests: what is remembered of them is bounded. */
const MOST_REMEMBERED = 2_000;

/** Creates a classifier; `extra` and `safe` are names of the policy. */
export function createKeyClassifier(extra: readonly string[], safe: readonly string[]): KeyClassifier {
  const normalise = (name: string) => splitName(name).join("");
  const extraNames = new Set(extra.map(normalise));
  const safeNames = new Set(safe.map(normalise));
  const remembered = new Map<string, NameVerdict>();
  const judge = (name: string): NameVerdict => {
    const words = splitName(name);
    const joined = words.length === 1 ? (words[0] ?? "") : words.join("");
    if (safeNames.has(joined)) return { kind: undefined, suspicion: "none" };
    const kind = extraNames.has(joined) ? "secret" : classifyWords(words, joined);
    return { kind, suspicion: kind === undefined ? suspectWords(joined) : "none" };
  };
  const recall = (name: string): NameVerdict => {
    const key = name.length > LONGEST_NAME ? name.slice(-LONGEST_NAME) : name;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const verdict = judge(key);
    remembered.set(key, verdict);
    return verdict;
  };
  return (name, parent) => {
    const verdict = recall(name);
    if (verdict.kind !== undefined || parent === undefined || !DEPENDENT.has(name.toLowerCase())) return verdict;
    return recall(`${parent}_${name}`);
  };
}
