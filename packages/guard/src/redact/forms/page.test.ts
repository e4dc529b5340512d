/** What the pages and dumps of frameworks show of settings and requests, and codes in the words of a message. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const redact = (text: string): string => createRedactor().redactText(text);

const HEX = "9f86d081884c7d65".repeat(4);

const SECRETS: readonly (readonly [text: string, secret: string])[] = [
  // Tables of phpinfo, Laravel's and Django's error pages.
  ['<tr><td class="e">DB_PASSWORD </td><td class="v">blue-Car8 </td></tr>', "blue-Car8"],
  ['<tr><td>sessionid</td><td class="code"><pre>&#x27;k3v9m2q8w1z7x5c4b6n0&#x27;</pre></td></tr>', "k3v9m2q8w1z7x5c4b6n0"],
  ["DB_PASSWORD\tblue-Car8", "blue-Car8"],
  ['array(2) { ["login"]=> string(3) "ann" ["password"]=> string(9) "Winter202" }', "Winter202"],
  // Parts of bodies.
  ['--b1\nContent-Disposition: form-data; name="user[password]"\n\nkitten42\n--b1--', "kitten42"],
  ["<Password><![CDATA[a&b<c9]]></Password>", "a&b<c9"],
  ["<Password>\n  <![CDATA[letmein]]>\n</Password>", "letmein"],
  ["user=ann auth_code=553371 ip=10.0.0.3", "553371"],
  ["RequestUri: 'https://a.test/t?key=HasGrFOmVS3cibSaIwOQ5CFPI5WBlLb4', Version: 1.1", "HasGrFOmVS3cibSaIwOQ5CFPI5WBlLb4"],
  // Headers of a dump, as their makers write them.
  ["set-cookie: .AspNetCore.Identity.Application=CfDJ8Tg1YP27HydLpp7X; path=/", "CfDJ8Tg1YP27HydLpp7X"],
  [`X-Hub-Signature-256: sha256=${HEX}`, HEX],
  [`Stripe-Signature: t=1763800000,v1=${HEX}`, HEX],
  ["X-Shopify-Hmac-Sha256: g6SII5vDEJK1DDaSRNWXF2ZAuUB+aHc0TZmArs4+WVD=", "g6SII5vDEJK1DDaSRNWXF2ZAuUB+aHc0TZmArs4+WVD="],
  ["Svix-Signature: v1,g6SII5vDEJK1DDaSRNWXF2ZAuUB+aHc0TZmArs4+WVD=", "g6SII5vDEJK1DDaSRNWXF2ZAuUB+aHc0TZmArs4+WVD="],
  [`Paddle-Signature: ts=1763800000;h1=${HEX}`, HEX],
  // Hashes and what a server is told.
  [
    `pbkdf2_sha256$870000$GOjO0xA9DGMYcULoZy0nLL$EfdW4IhIJesgNbDswUwILtc8q4IJRtz00HdXagjTd7E=`,
    "EfdW4IhIJesgNbDswUwILtc8q4IJRtz00HdXagjTd7E=",
  ],
  [`scrypt:32768:8:1$k3v9m2q8w1z7$${HEX}`, HEX],
  ["SMTP AUTH PLAIN JXT9+69jNhxD/lpscgr1cmZYng+49mij==", "lpscgr1cmZYng+49mij"],
  ["Your recovery code is di8c7-uouoa.", "di8c7-uouoa"],
  // What begins like a variable, between quotes.
  ["INSERT INTO users (name, password) VALUES ('a', '$ecretWord')", "$ecretWord"],
  ["password:\n  '$ecret9'\n", "$ecret9"],
  // Numbers in groups, to their last one.
  ["cardNumber: 5555 5555 5555 4444, x", "5555 4444"],
  ["iban=DE89 3704 0044 0532 0130 00 failed", "0532 0130 00"],
  ["IBAN: GB29 NWBK 6016 1331 9268 19", "6016 1331"],
  ["ssn: 078 05 1120", "05 1120"],
  // What languages and libraries write of their values.
  ['{"password"=>"letmein9", "a"=>1}', "letmein9"],
  ['{"user"=>{"api_token"=>"x9HasGrFOmVS3cib"}}', "x9HasGrFOmVS3cib"],
  ['[["password", "blue-Car8"], ["LIMIT", 1]]', "blue-Car8"],
  ['["Host", "a.test", "X-Api-Key", "HasGrFOmVS3cibSa"]', "HasGrFOmVS3cibSa"],
  ['Config { password: Some("letmein") }', "letmein"],
  ["<member><name>password</name><value><string>letmein</string></value></member>", "letmein"],
  ['<span class=sf-dump-key>password</span>" => "<span class=sf-dump-str title="9 characters">letmein9</span>"', "letmein9"],
  ['<span class="attr">"password"</span>: <span class="string">"letmein9"</span>', "letmein9"],
  ["Field error in object 'user' on field 'password': rejected value [letmein9]; codes [Size]", "letmein9"],
  ['"password" with value "letmein9" fails to match the pattern', "letmein9"],
  ['Cast to Number failed for value "letmein9" (type string) at path "user.password"', "letmein9"],
  ["_Metadatum(key='password', value='letmein9')", "letmein9"],
  ['[{"key":"db_password","val":"letmein9"}]', "letmein9"],
  ['[{"code":"invalid","path":["password"],"received":"letmein9"}]', "letmein9"],
  ["ImmutableMultiDict([('username', 'ann'), ('password', 'letmein')])", "letmein"],
  ["headers=[(b'x-api-key', b'k3v9m2q8w1z7x5c4')]", "k3v9m2q8w1z7x5c4"],
  // What people and services tell.
  ["the admin password for staging is now Gruen-Wald7.", "Gruen-Wald7"],
  ["**password**: `letmein9`", "letmein9"],
  ["*password:* letmein9", "letmein9"],
  ["root pw for db-2 → Gr33n-Tea", "Gr33n-Tea"],
  ["Passwort für den Testserver: Sonne123", "Sonne123"],
  ["la contraseña es gatito88", "gatito88"],
  ["das Passwort lautet sonne77", "sonne77"],
  ["Setting apiSecret to H5kl7Up0qrftKEjdzJq5dIXl47X4HBpo", "H5kl7Up0qrftKEjdzJq5dIXl47X4HBpo"],
  ["Ihr Sicherheitscode lautet 482910.", "482910"],
  ["Votre code de vérification est 482910", "482910"],
  ["Tu código de verificación es 482910", "482910"],
  ["Il tuo codice di verifica è 482910", "482910"],
  ['body="Your Shop code: 482910" to=+15550100', "482910"],
  ['text="7731 is your one-time password"', "7731"],
];

const PLAIN: readonly string[] = [
  "<dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt-api</artifactId></dependency>",
  '<tr><td>Password</td><td>Yes</td></tr><tr><th>Token</th><th class="w">Created 2026</th></tr>',
  "'password' => 'required|min:8|confirmed',",
  '["password", "newPassword1", "token_type", "passwordConfirmation"]',
  '[["token", "issued"], ["key", "orders-2026-11-22-export"], ["session", "closed"]]',
  "Field error in object 'user' on field 'password': rejected value [null]; codes [NotBlank]",
  'Cast to Number failed for value "letmein9" (type string) at path "age", **Password**: *required*, Password*',
  '[{"code":"invalid_type","expected":"string","received":"undefined","path":["password"]}]',
  `Cache restored from key: node-linux-${"15376738fa075d85f5e940664fe79026".repeat(2)}`,
  "https://a.test/t?key=feature.checkout.v2-blue-2026, ?key=exports/2026/11/orders.csv",
  "login(email:$email,password:$password){token}",
  "Unknown column 'u.api_key' in 'field list'",
  "encrypted_password: [FILTERED]>, pass: 0.5, SECRET_MANAGER_PROJECT=shop-prod-1",
  "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
  "methodSignature: calculateTotals(), function signature: f(a, b), invalid signature: expected 64 bytes",
  '{"secret":{"name":"shop-db","key":"password","optional":false}}',
  "aws_ssm_parameter.db_password: Modifying... [id=/shop/db_password]",
  "gpg: using RSA key 4AEE18F83AFDEB234AEE18F83AFDEB2300112233, Release GPG key: F3EF5F62A87FC27A22E643F714CE4FF5015AA242",
  "choices=[('password', 'Password'), ('token', 'Token')]; x IN ('password', 'letmein')",
  "your error code is 482910, your order code of conduct 2026, the code of 2026 is 1234",
  "the session is 20261122 long, el token es inválido",
  '{"required":["password","address_line_1","token","utf8mb4_general_ci","session","src/auth/token2.ts"]}',
  "stripe-signature: no signature matches the payload of 4bf92f3577b34da6a3ce929d0e0e4736",
  "SIGNATURE_HMAC, SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_HMAC_SHA1: signature.sign_hmac_sha1_with_client",
  "CHECK_SS_SIGNATURE: int = _lib.X509_V_FLAG_CHECK_SS_SIGNATURE",
  "código de error: 1045, codice di errore: 1045, code de retour: 3221, Fehlermeldungscode: 1045",
];

describe("pages, dumps and messages", () => {
  it.each(SECRETS)("find the secret of %s", (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });
  it.each([
    ["card_number=4242 502 120 35", " 502 120 35"],
    ["ssn=1234 500 120 30", " 500 120 30"],
    [`x-hub-signature: sha256=${HEX} status=502 trace_id=4bf92f3577b34da6`, " status=502 trace_id=4bf92f3577b34da6"],
  ])("leave what stands behind the secret of %s", (text, rest) => {
    expect(redact(text)).toContain(rest);
  });
  it.each(PLAIN)("leave %s", (text) => {
    expect(redact(text)).toBe(text);
  });
});
