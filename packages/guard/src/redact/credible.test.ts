/** Values behind a secret's name that look like code, a placeholder, an address or a path at their beginning, and are secrets. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor.ts";

const SECRETS: readonly (readonly [line: string, secret: string])[] = [
  // A row of a table apart by commas, without its header.
  ["herokuToken,26ad712d-1c5a-4c65-a765-d4d56ae7c24c,", "26ad712d"],
  // A setting's name that begins as `INVALID_PASSWORD` does.
  ["INVENTORY_DB_PASSWORD: root", "root"],
  ["INVOICE_PASSWORD: secret", ": secret"],
  // Names that only look like one of what identifies, or says something.
  ['peer_key = "Zk83nQpLs02mVt7xYb4WcJ6dRg1H"', "Zk83nQpLs02mVt7x"],
  ["FB_ACCESS_TOKEN_LONG=abc123def456", "abc123def456"],
  // What pydantic wraps, MySQL says at its first start, and pairs put in a user's place.
  ['db_password=SecretStr("letmein9")', "letmein9"],
  ["[Note] A temporary password is generated for root@localhost: q8Zt!kd,3Wpa", "q8Zt!kd"],
  ["ID/PW = admin / letmein9", "letmein9"],
  // What switches and routers keep, and PostgreSQL.
  ["enable secret letmein9", "letmein9"],
  ["enable password 7 0822455D0A16", "0822455D0A16"],
  [" neighbor 10.0.0.1 password 7 0822455D0A16", "0822455D0A16"],
  ["snmp-server community s3cr3tRW RW 10", "s3cr3tRW"],
  ["username admin privilege 15 secret 9 $9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6", "2MJBozw"],
  [
    "stored as SCRAM-SHA-256$4096:HpZ1k3xS8uQ0vN5tYw2R7g==$Zq4mX9pL2vB7nK1tR8sD3fG6hJ0cW5yE4uI9oA7xQ1M=:aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9F=",
    "aB3dE5fG",
  ],
  ['"app" "md53175bce1d3201d16594cebf9d7eb3f9d"', "3175bce1"],
  // In Spanish.
  ["usuario: ana clave: miperrito", "miperrito"],
  // What no page shows, though it begins as what every page shows.
  ["expired: cs_test_a1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0_secret_fidwdGhjaWRvZmJpbmRGZndqcHFsamZrJ3gl", "fidwdGhjaWRv"],
  ["courier pk_prod_2ZT4K8H9QM4X9WG7R3F1V6B8N2C5 failed", "2ZT4K8H9QM4X9WG7"],
  // Calls that take a secret.
  ['setPassword("blue-horse-42")', "blue-horse-42"],
  ['user.set("password","blue-horse-42")', "blue-horse-42"],
  ["ENV['SMTP_PASSWORD'] ||= 'letmein9'", "letmein9"],
  // Names that only say how the value is kept.
  ["HASH_SALT=Zk83nQpLs02mVt7x", "Zk83nQpLs02mVt7x"],
  ['my_secret_variable = "Zk83nQpLs02mVt7xYb4W"', "Zk83nQpLs02mVt7xYb4W"],
  // A seed phrase has more words than a passphrase; a key may stand in a user's place.
  ["wallet mnemonic: apple river stone cloud tiger maple ocean bread chair piano lemon zebra\n", "zebra"],
  ["curl -u Zk83nQpLs02mVt7x:X https://acme.example.com", "Zk83nQpLs02mVt7x"],
  ['PASSWORD = os.environ.get("PASSWORD") or "let-me!9"', "let-me!9"],
  // What a list above or beside names.
  ['output "db_password" { value = "letmein9" }', "letmein9"],
  ["WRONGPASS { command: { name: 'auth', args: [ 'letmein-9' ] } }", "letmein-9"],
  // Codes and links that let in.
  ["oauth code Zk83nQpLs02mVt7xYb4WcJ6dRg1H already used", "Zk83nQpLs02mVt7x"],
  ["https://shop.example.com/auth/magic/Zk83nQpLs02mVt7xYb4WcJ6dRg1H", "Zk83nQpLs02mVt7x"],
  [
    '<meta name="csrf-token" content="Zk83nQpLs02mVt7xYb4WZk83nQpLs02mVt7xYb4WZk83nQpLs02mVt7xYb4WZk83nQpLs02mVt7xYb4Wab==">',
    "Zk83nQpLs02mVt7x",
  ],
  ["password=!1@Secret99", "!1@Secret99"],
  ["DB_PASSWORD=!0-Tr0ub4dor", "!0-Tr0ub4dor"],
  ["secret=!1$ecretPass9", "!1$ecretPass9"],
  ["password=/^Abc99xy", "/^Abc99xy"],
  ["password=[]x9Kd82", "[]x9Kd82"],
  ["api_token=!Secret.Word", "!Secret.Word"],
  ["password=Secret!(9x", "Secret!(9x"],
  ["password=What?(9ab", "What?(9ab"],
  ["secret: Zx9?(kk", "Zx9?(kk"],
  ["DB_PASSWORD=[abc]", "[abc]"],
  ["webhook_secret=https://hooks.acme.io/in/9f8Kd83jKd93", "https://hooks.acme.io/in/9f8Kd83jKd93"],
  ["auth_token: https://u.acme.io/t/9f8Kd83jKd93", "https://u.acme.io/t/9f8Kd83jKd93"],
  ["password=https:x9Kd82", "https:x9Kd82"],
  ["auth_response=x8Kd92mQpl", "x8Kd92mQpl"],
  ["password_output=x8Kd92mQpl", "x8Kd92mQpl"],
  ["secret_message=x8Kd92mQpl", "x8Kd92mQpl"],
  ["pin_result=9382", "9382"],
  ["session_ip=10.20.30.40", "10.20.30.40"],
  ["auth_result=x8Kd92mQpl", "x8Kd92mQpl"],
  ["token_reason=x8Kd92mQpl", "x8Kd92mQpl"],
  ["session_device=x8Kd92mQpl", "x8Kd92mQpl"],
  ["auth_agent=x8Kd92mQpl", "x8Kd92mQpl"],
  ["session_browser=x8Kd92mQpl", "x8Kd92mQpl"],
  ["datadog=sha1aZ3kQ9xTrB7mWq2LpV8c", "sha1aZ3kQ9xTrB7mWq2LpV8c"],
  ['{"password":"$ecret99x"} in a log', "$ecret99x"],
  ["failed: password='$ecret99x'", "$ecret99x"],
  ["level=info password=x9(a)b ms=3", "x9(a)b"],
  ["GET https://a.test/x?y=1&password=%23x9Kd82m&z=2 500", "23x9Kd82m"],
  ['login failed { password: "my dog rex 87" }', "my dog rex"],
  ["UPDATE users SET password = 'correct horse battery staple' WHERE id = 7", "horse"],
  ["session({ secret: 'keyboard cat' })", "keyboard cat"],
  ['run --password "letmein" --port 1', "letmein"],
  ["the password is 48213", "48213"],
  ["{ user: 'ann', password: \u001b[32m'letmein'\u001b[39m }", "letmein"],
  ["\u001b[35mpassword\u001b[39m: \u001b[33m'letmein'\u001b[39m", "letmein"],
  ['array(1) { ["password"]=>\n  string(7) "letmein"', "letmein"],
  ["password = Fl0ppy.Disk", "Fl0ppy.Disk"],
  ["GET /login?user=a&pass=Fl0ppy.Disk HTTP/1.1", "Fl0ppy.Disk"],
  ['MAIL_PASSWORD="correct horse battery"', "correct horse battery"],
  ["DB_PASSWORD=vault:x9Kd82mQ", "x9Kd82mQ"],
  ["password='env:x9Kd82mQ'", "x9Kd82mQ"],
  ["api_token=file:x9Kd82mQ", "x9Kd82mQ"],
  ["password=op:x9Kd82mQ", "x9Kd82mQ"],
  ["secret='arn:x9Kd82mQ'", "x9Kd82mQ"],
  ["password=#abc123", "#abc123"],
  ['mailgun = "b11b57a34f99993eb315320f7ffa7e9e"', "b11b57"],
  ["TWILIO=fc852e9bb180bdd8b2dcb3d32dceaedc", "fc852e"],
  ["db:\n  password: correct horse battery staple\n  host: a", "horse"],
  ["export ADMIN_PASSPHRASE=purple monkey dishwasher", "monkey"],
  ["password: wicked", "wicked"],
  ["GET /x?a=1&api_key=KlD5r(9uBSzC&b=2 HTTP/1.1", "KlD5r(9uBSzC"],
  ["invalid session_id '-aS8WnhAuCFI1KWBces8Ju3n2oq'", "aS8WnhAuCFI1"],
  ["recovery codes: 5a851-ee89f", "5a851"],
  ["verification code: 482913", "482913"],
  ["sent 2FA code 482913 by mail", "482913"],
  ["  seed phrase: legal winner thank year wave sausage", "winner"],
  ["password: 'change-is-good'", "good"],
  ["postgres://app:QWERTY@db/x", "QWERTY"],
  ["Authorization: NTLM TlRMTVNTUAADAAAAGAAYAIgAAAAYABgAoAAAABAAEABAAAA4QAAAA ok", "TlRMTVNTUAAD"],
  ["otp: 482-913", "482-913"],
  ["GET /login?pin=12-345 HTTP/1.1", "12-345"],
  ["otp=KQZJXV", "KQZJXV"],
  ["token = qhzkvwpxmrtnbdlf\nhost = a", "qhzk"],
  ["api_key: qhzkvwpxmrtnbdlfqhzkvwpx", "qhzk"],
  ["login failed (password: YOofTrxcfSkvWveZkdEwrldr)", "YOof"],
  ["password:\n  f4b5e2(2YmgcF", "2YmgcF"],
  ["haslo_admin=x9Kd82mQ haslo_glowne=x9Kd82mQ noweHaslo=x9Kd82mQ", "x9Kd"],
  ["sifre_giris=x9Kd82mQ sifreGuncel=x9Kd82mQ", "x9Kd"],
  ["client secret: x9Kd82mQ / v2 of it", "x9Kd"],
  ["environment:\n  MYSQL_ROOT_PASSWORD: root\n  MYSQL_DATABASE: shop", "root"],
  ["  DB_PASSWORD: changeme\n", "changeme"],
  ["Identifiant : admin\nMot de passe : tiger42", "tiger42"],
  ["Mật khẩu: tiger42", "tiger42"],
  ["كلمة المرور: tiger42", "tiger42"],
  ["Passord: tiger42, Adgangskode: tiger42", "tiger42"],
  ["Пароль: тигр42", "тигр42"],
  ['Error: sent {"type":"password","value":"tiger42","temporary":true}', "tiger42"],
  ['Authorization: Digest username="ann", nonce="b", response="8f0c1a9e2b7d4a308f4e93b2c1d0e9aa"', "8f0c1a9e"],
  ["DB_PASSWORD=tiger{X9kd82mQ", "X9kd82mQ"],
  ["DB_PASSWORD=oggi{}x9Kd82mQ", "x9Kd82mQ"],
  ['password: "a}x9Kd82mQ"', "x9Kd82mQ"],
  ["client_secret: S-1-x9Kd82mQ", "x9Kd82mQ"],
  ["<password>@x9Kd82mQ</password>", "x9Kd82mQ"],
  ["PUBSUB_PUSH=k3Qz8wV2xN5m7C4bL9pT1rY6sD0fG8hJ", "k3Qz8wV2"],
  ["Passwort: Mäuse-Speck!", "Speck"],
  ["mongodb://app:$$x9Kd82mQ@db/shop", "x9Kd82mQ"],
  [`Cookie: cart="${"a".repeat(700)}"; t=x9Kd82mQ`, "x9Kd82mQ"],
  ['[{"name":"passcode","value":"riverstone"}]', "riverstone"],
  // Across the end of what is read of a table.
  [`a,token\n1,x9Kd82mQ\n${`1,${"b".repeat(49)}\n`.repeat(157)}1, the password=hunterhunter`, "hunterhunter"],
  [`password=$${"k".repeat(80)}`, "kkkk"],
  [`token=:${"k".repeat(40)}`, "kkkk"],
  [`password=%${"k".repeat(40)}`, "kkkk"],
  [`token=@${"k".repeat(40)}@`, "kkkk"],
  [`callback_secret=https://u.acme.io/${"a/".repeat(60)}?code=x8Kd92mQpl`, "x8Kd92mQpl"],
  [`secret=${"k".repeat(40)}/${"k".repeat(70)}/${"k".repeat(70)}`, "kkkk"],
];

describe("a secret that begins as something else", () => {
  it.each(SECRETS)("is found: %s", (line, secret) => {
    expect(createRedactor().redactText(line)).not.toContain(secret);
  });
});

describe("an address", () => {
  it.each(["mailto:bob@unix.com", "to a:b@unixtime.io"])("has no password before its host: %s", (line) => {
    expect(createRedactor({ emails: "keep" }).redactText(line)).toBe(line);
  });
});
