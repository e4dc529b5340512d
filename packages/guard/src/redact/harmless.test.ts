/** Lines of programs, settings and logs that have a secret's name in them, or a secret's look, and no secret. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor.ts";

const LINES: readonly string[] = [
  // What is public by design, and what counts or says something.
  "checkout session cs_test_a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6 expired, pk_live_a1B2c3D4e5F6g7H8i9J0k1L2",
  "clave: valor, last_password_change=2026-01-01",
  "errors.password.too_short=Das Passwort ist zu kurz",
  "added QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPBdG and sent 4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs9TtBBh",
  "peer: pPZ3k1yqJb7vT5nW9xR2mL8cD4fG6hK0sQ1aE7uI3oY=",
  "secrets: [db_password, api_token]",
  "INVALID_PASSWORD: wrong, INVALID_TOKEN: expired",
  // What is said of a field, and what stands where a secret is left out.
  '{"code":"VALIDATION_FAILED","details":{"password":"must be at least 8 characters","token":"is not valid","secret":"too short"}}',
  '{"fields":{"newPassword":"can\'t be blank","oldPassword":"does not match","pin":"has already been used"}}',
  "new password = 'is required', secret: \"not provided\", apiKey='rotated', token = \"revoked\"",
  "password = (sensitive value), token=(none), DB_PASSWORD=present, API_KEY=absent, secret: unchanged",
  "require('yaml-hook/register'); POST /hook/order-created",
  // What was left out before, in rows, lists, dumps and on the next line.
  "INSERT INTO users (email, password) VALUES ('a', '[FILTERED]'), ('b', '********')",
  "Key (api_token)=([FILTERED]) already exists.",
  'array(1) {\n  ["password"]=>\n  string(8) "********"\n}',
  "password:\n  '********'\n",
  "{accept=[*/*], x-api-key=[****], password=[[FILTERED]]}",
  '{"password":"${DB_PASSWORD}","token":"{{ api.token }}","secret":"#{vault.secret}"}',
  // What takes back a setting, and what is remembered under a name.
  'resetPassword("user-account-42"); reset("password", "account-mail-42")',
  "@password ||= begin",
  "GET /images/magic/big-picture-of-the-year-2024.png",
  // What a page asks and a test's runner counts.
  '"forgotPassword": "Passwort vergessen?"',
  "pass: 120, fail: 0, GET /cache-md5d41d8cd98f00b204e9800998ecf8427e.js",
  "enable password authentication, enable secret rotation, snmp-server community name is not set",
  // Code behind a name.
  'const token = req.headers.authorization?.split(" ")[1];',
  "const auth = !er || this.noAuthorization; f({ withCredentials:!1,method:1 })",
  "i = tokenStart = i + 1",
  "import { AliasToken, FlowMappingStartToken, FlowMappingEndToken } from 'yaml'; ['ASAuthorizationProvider', 'ASWebAuthenticationSession']",
  "unregister(unregisterToken: WeakKey): boolean; compose(callCredentials: CallCredentials): CallCredentials; build(password: bytes): None",
  'throw error(options.invalidToken?.message || "Unauthorized")',
  'characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";',
  "pass `--disable-warning=FSTWRN004` or `common.mustCall()` to it; a basic HTTP/1.1 client",
  "const RE_TOKEN = /[a-z]+|\\d+/gy; (this.cookies ??= []).push(x)",
  "You can pass `'silent'` to it",
  'case "password": return <Lock />; export const TOKEN_KEY = "auth.token";',
  'Password string `env:"DB_PASSWORD,required"`',
  "newPassword=this.mPassword, password=req.body.password, password = s3.secret",
  ":root { --token-color-primary: #1f2328; }",
  "readonly session: Http2Session | undefined; token = Keyword",
  "const NAME = /^[-!#$%&'*+.^_`|~A-Za-z0-9]+$/u, HTTP_TOKEN = /^[-!#$%&'*+.^_`|~A-Za-z0-9]+$/u;",
  'cookie += "; Secure"; cookie += `; Max-Age=${opt.maxAge}`; cookie = `${name}=${value}`',
  "INVALID_TOKEN,\nexports.STATUSES.CLIENT_CLOSED_REQUEST,\nexports.STATUSES.TIMEOUT_OCCURED,",
  "getpass = unix_getpass; let hasLocationMatch = parentMatched; self.distribution.password = password",
  "wheel.py,sha256=m-J4XO-gvFerlYsFzzSXYDvrx8tLZlJFTCgDxctn8ig,1164",
  "const apiKey = process.env.API_KEY!; raise E(f'bad private key: {curve.name!r}')",
  'IV_PARAM_get_auth_level(const X509_VERIFY_PARAM *param); ["password", "scram-sha-256"]; CLIENT_AUTH = \'1.3.6.1.5.5.7.3.2\'',
  "key session:12:cart not found; --from-file=password=./pw.txt; /map?pin=12.5,40.2&zoom=3",
  "if not token:\n    self.gettoken()\nfor each:\n    update_keys(p)",
  "my $session = TAP::Session->new(\nraw_private_key = private_key.private_bytes(\nx",
  "S_IFREG  = 0o100000",
  'token=pending password=TBD secret: n/a, token = @token and "minipass": "^5.0.0 || ^6.0.2"',
  "await tokenizer.readToken(Token.UINT64_LE); password2: options.password2 || this.config.password2,",
  "private_key = $dir/private/a.pem; secret = $insta::secret; passThrough = !!passThrough; tokens: [string, string];",
  "credentials: userProvidedCredentials != null ? 1 : 2; sessionId: SessionID; request.extra_credentials = credentials",
  "_token = r'(?:[%s]+|%s)' % x; headers['authorization'] += ', opaque=\"%s\"' % y; password: URLPatternResult;",
  'credit_card: "kreditkortnummer", bar::token::kind, password:: x',
  "password: verified via ldap\npassword: provided by env\npassword: same as before\npassword: 12+ characters\npassword: 8-64 chars",
  "password: bcrypt, password: argon2id, password: sha256; { password: [Getter], token: [Circular *1], pass: [Function: pass] }",
  "implementation 'io.jsonwebtoken:jjwt-api:0.12.5'; Set-Cookie: sid=; Max-Age=0; Path=/",
  "the token\nis not what a net user list1 has, and net use Z: /delete",
  'password: matched; Passphrase: protected, password: []byte; TOKEN="$(op read op://ci/gh/token)"',
  "SECRET_BACKEND=vault --set auth.existingSecret=db-auth, not authorized to perform: secretsmanager:GetSecretValue",
  // Settings.
  "SECRETS_MANAGER_REGION=eu-west-1 session_role = 'origin' Pin-Priority: 600 PSK_IDENTITY = 115 keyfile = 'krb5.keytab'",
  "NAME     READY   SECRET             AGE\nshop     True    shop-tls-2024      12d\napi-v2   True    api-token-x7d2f    3d",
  "Pass 1: 3456 files\nPass 2: 12.5% done\nSession 2: Keynote2024\nToken 5: ident42 at line 3\nPin 4: GPIO17",
  "SSH password: disabled; password: rejected, password: encrypted, password: closed, password: omitted, Password: unexpected",
  "password: choose one for each user",
  "| Token | Meaning |\n|-------|---------|\n| expired | it ended |\n| --token | an option |\n| refresh_token | another |",
  "user, password\nbob, is refused\n&lt;password&gt;&lt;/password&gt; and &lt;input type=&quot;password&quot; name=&quot;password&quot;&gt;",
  "sentry_release=3f786850e387550fdab836ed7e6dc881de23001b",
  "SECRET_KEY=change_me; psql password=$DB_PASS2 token='$my_token'; password=%DB_PASSWORD% and password=%s",
  'password: "choose one to your liking", secret: "Shared between both", secret: "the shared one"',
  "DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME",
  '"password_confirmation": "Confirm password", "newPassword": "New password"',
  "TOKEN=$(vault read -field=token auth/token/lookup-self)",
  'with: { token: "${{ steps.app.outputs.token }}", fetch-depth: 0 }',
  "auth_plugin: caching_sha2_password",
  "keymap=sinhala-phonetic_utf-8",
  'jdk.http.ntlm.transparentAuth=disabled and "minipass": "^7.1.2"',
  '"pass": "Абстрактные роли не используются", "axe.min.js": "sha256-GfbQgd6aKJKQT21HaQfVUuGEbMUfSKhi7RsWrrih7SM="',
  'Пароль: нет и "Passwort: {$password}"; // 设置新密码：必须携带\nпароль: обязательное поле, senha: obrigatória',
  "#secret-key-input:focus{outline:1px solid} function(e,t){t.secret=n}(window,{})",
  "mongodb://<user>:<password>@db.test/shop and https://{{user}}:{{pass}}@config.example.com",
  "pubkey: 3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
  "SID: S-1-5-21-1173542039-436410949-162232071-1001",
  "password;policy\nmin;8\nmax;64 chars\nreturn password;\nint token; char key;",
  "-----BEGIN CERTIFICATE-----\nMIIDdTCCAl2gAwIBAgILBAAAAAABFUtaw5QwDQYJKoZIhvcNAQEFBQAwVzELMAkG\nCAUw7C29C79Fv1C5qfPrmAESrciIxpg0X40KPMbp1ZWVbd4=\n-----END CERTIFICATE-----",
  'Reset password for user: {$user->name}; x = user + "\\" password=\\"" + config.getPassword() + "\\";"',
  "$encryptionKey = Add-VBREncryptionKey -Password $encryptionKey; passwordVariable: 'dockerhub'",
  "DB_PASSWORD: missing, DB_PASSWORD: must be set\nMYSQL_ROOT_PASSWORD: provide what root is to have",
  "Unexpected token { type: 'token', value: 'identifier' } behind { type: 'session', value: 'session-7' }",
  "Nhập khẩu: 1200 tấn, hộ khẩu=12345, حركة المرور: 12000",
  "user_password int64, verify_password v1alpha done, two_pass encode2",
  'date -u "+%Y-%m-%d" and bypassOrder: 12345',
  // Documents and commands.
  'curl -H "Authorization: Bearer <your-token>" https://api.example.com/v1/orders',
  "app | pino-couch -U https://couch-server -d logs",
  "give the --username and --password options",
  "Authorization: Bearer YOUR_ACCESS_TOKEN",
  "Basic authentication-middleware, token internationalization-of-words",
  "  -p, --password     prompt for a password",
  '{"token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"],"token_imported":"monthly"}',
  // Logs.
  "heartbeat token=0x7f3a len=12",
  "token_reason=superseded",
  'auth: "active", token: "invalid", session: "none"',
  "DB_PASSWORD=vault:secret/data/db and api_token=file:/run/secrets/token and password=[REDACTED]",
  "password = DEFAULT_PASSWORD; f(user=x, token=SOME_TOKEN, z=1)",
  "code=E_TIMEOUT attempts=3",
  "SESSION_TRACK = 0x00800000; LONG_PASSWORD=0x00000001",
  "Tokens: 1,024 in, 256 out; tokens: 12,800",
  "Upgrade: libsecret-1-0:amd64 (0.20.5-3), python3-jwt:arm64 (2.6.0-1, automatic)",
  "from 2001:0db8:1234:0000:0000:0000:0000:0001/128 and fe80:0000:0000:0000:0202:b3ff:fe1e:8329).",
];

describe("a line without a secret", () => {
  it.each(LINES)("stays as it was: %s", (line) => {
    expect(createRedactor().redactText(line)).toBe(line);
  });

  it.each(["| test9 | 1 |", "suite9   1", "a,b9"])("stays as it was in a table of many rows: %s", (row) => {
    const header = row.replace(/\w+/, "name").replace(/\w+(?=\W*$)/, "pass");
    const table = `${header}\n${`${row}\n`.repeat(400)}the end`;
    expect(createRedactor().redactText(table)).toBe(table);
  });
});
