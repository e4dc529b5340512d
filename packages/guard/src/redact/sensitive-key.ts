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
    "dbpass keypass storepass userpass rootpass adminpass sqlpass password passwd passwort passphrase passcode passkey kennwort contrasena contraseña contrasenha motdepasse wachtwoord lösenord losenord hasło haslo parola şifre sifre heslo salasana jelszo jelszó lozinka пароль 密码 密碼 口令 パスワード 비밀번호 كلمةالمرور סיסמה สั่งผ่าน mậtkhẩu matkhau katasandi".split(
      " ",
    ),
  ],
  ["secret", ["secret", "credential", "geheimnis", "segredo"]],
  [
    "key",
    "apikey accesskey secretkey privatekey privkey signingkey encryptionkey masterkey accountkey sharedkey storagekey subscriptionkey authkey licensekey licencekey consumerkey sshkey writekey servicekey deploykey appkey applicationkey clientkey functionkey hostkeybase64 databasekey dbkey hmackey aeskey rsakey kmskey sessionkey serverkey webhookkey instrumentationkey ingestionkey userkey apitoken awskey".split(
      " ",
    ),
  ],
  [
    "token",
    "accesstoken authtoken refreshtoken idtoken bearertoken sessiontoken securitytoken usertoken privatetoken jobtoken personalaccesstoken devicetoken logintoken resettoken".split(
      " ",
    ),
  ],
  [
    "auth",
    [
      "authorization",
      "authorisation",
      "connectionstring",
      "connstring",
      "connstr",
      "databaseurl",
      "mongouri",
      "mongodburi",
      "redisurl",
      "amqpurl",
    ],
  ],
  ["session", ["sessionid", "sessid", "sessionkey", "jsessionid"]],
  ["csrf", ["csrf", "xsrf", "requestverificationtoken", "authenticitytoken"]],
  [
    "card",
    "cardnumber creditcard debitcard cardnum ccnumber ccnum cardno cardcvc cardcvv cardpan kreditkarte kartennummer tarjetadecredito cartedecredit numerocarte".split(
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
const WORDS: Readonly<Record<string, KeyKind>> = toTable([
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
  ["personal", "dob birthdate birthday dateofbirth phone phonenumber mobile telephone msisdn"],
]);

/** Names of two words or more that mean a secret only together. */
const PAIRS: Readonly<Record<string, KeyKind>> = toTable([
  ["session", "connectsid sessionvalue gitlabsession"],
  ["code", "authcode verificationcode securitycode recoverycode backupcode smscode accesscode activationcode"],
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
  "publickey primarykey foreignkey partitionkey sortkey cachekey idempotencykey routekey routingkey objectkey hashkey keyid kid nexttoken nextpagetoken pagetoken continuationtoken maxtokens totaltokens prompttokens completiontokens inputtokens outputtokens unexpectedtoken syncto author authors authority authored authenticated authentication tokenizer tokenize tokenized secretary passenger passengers passed passing passive compass bypass pinned sessions cookieconsent cookiepolicy cookiebanner".split(
    " ",
  ),
);

function toTable(rows: readonly (readonly [KeyKind, string])[]): Readonly<Record<string, KeyKind>> {
  const table: Record<string, KeyKind> = Object.create(null);
  for (const [kind, words] of rows) for (const word of words.split(" ")) table[word] = kind;
  return table;
}

/** The words of a name, lower case: at separators, and where small letters meet capitals. */
function splitName(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
}

function classifyWords(words: readonly string[]): KeyKind | undefined {
  const joined = words.join("");
  if (joined === "" || HARMLESS.has(joined)) return undefined;
  const last = words.at(-1) ?? "";
  if (words.length > 1 && (ABOUT.has(last) || HARMLESS.has(words.slice(-2).join("")))) return undefined;
  for (const [kind, stems] of STEMS) if (stems.some((stem) => joined.includes(stem))) return kind;
  const pair = PAIRS[joined] ?? PAIRS[words.slice(-2).join("")];
  if (pair !== undefined) return pair;
  for (const word of words) {
    const kind = WORDS[word] ?? WORDS[word.replace(/\d+$/, "")];
    if (kind !== undefined) return kind;
  }
  if (/(?:pwd|pswd)$/.test(joined)) return "password";
  return joined.endsWith("token") || joined.endsWith("cookie") ? "token" : undefined;
}

/** Names that say nothing alone and everything under a parent: `card.number`, `session.id`. */
const DEPENDENT = new Set(["id", "number", "value", "key", "code", "data", "raw", "content", "string", "hash"]);

/** Decides by its name alone whether a value is secret. Names come from requests: bounded, and remembered in a bounded table. */
export type KeyClassifier = (name: string, parent?: string) => KeyKind | undefined;

const LONGEST_NAME = 128;
const MOST_REMEMBERED = 2_000;

/** Creates a classifier; `extra` and `safe` are names of the policy. */
export function createKeyClassifier(extra: readonly string[], safe: readonly string[]): KeyClassifier {
  const normalise = (name: string) => splitName(name).join("");
  const extraNames = new Set(extra.map(normalise));
  const safeNames = new Set(safe.map(normalise));
  const remembered = new Map<string, KeyKind | undefined>();
  const classify = (name: string): KeyKind | undefined => {
    const words = splitName(name);
    const joined = words.join("");
    if (safeNames.has(joined)) return undefined;
    return extraNames.has(joined) ? "secret" : classifyWords(words);
  };
  const recall = (name: string): KeyKind | undefined => {
    const key = name.length > LONGEST_NAME ? name.slice(-LONGEST_NAME) : name;
    if (remembered.has(key)) return remembered.get(key);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const kind = classify(key);
    remembered.set(key, kind);
    return kind;
  };
  return (name, parent) => {
    const kind = recall(name);
    if (kind !== undefined || parent === undefined || !DEPENDENT.has(name.toLowerCase())) return kind;
    return recall(`${parent}_${name}`);
  };
}
