/** Every place where a secret has been seen to leave a process. The secrets are made at run time: none stands in this file. */
import { describe, expect, it } from "vitest";
import { createRedactor, type Redactor } from "./redactor.ts";

const SEED = 20_261_121;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A text without meaning, the same for the same number. */
function makeSecret(index: number, length: number): string {
  let state = SEED + index * 7_919;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += ALPHABET.charAt((state >>> 8) % ALPHABET.length);
  }
  return `x9${text.slice(2)}`;
}

const toBase64 = (text: string) => Buffer.from(text).toString("base64");
const toBase64Url = (text: string) => Buffer.from(text).toString("base64url");
const toJwt = (secret: string) =>
  [toBase64Url('{"alg":"HS256","typ":"JWT"}'), toBase64Url('{"sub":"1234567890"}'), secret + secret].join(".");
const toPem = (secret: string, lineEnd: string) =>
  [["-----BEGIN RSA", "PRIVATE KEY-----"].join(" "), secret + secret, `${secret}==`, ["-----END RSA", "PRIVATE KEY-----"].join(" ")].join(
    lineEnd,
  );
const AWS_ID = ["AK", "IA", "IOSFODNN7EXAMPLE"].join("");

type Place = readonly [title: string, redact: (redactor: Redactor, secret: string) => unknown];
const text = (title: string, write: (secret: string) => string): Place => [title, (redactor, secret) => redactor.redactText(write(secret))];
const header = (name: string, write: (secret: string) => string): Place => [
  `header ${name}: ${write("…")}`,
  (redactor, secret) => redactor.redactHeaders({ [name]: write(secret) }),
];
const body = (title: string, type: string, write: (secret: string) => string): Place => [
  title,
  (redactor, secret) => redactor.redactBody(write(secret), type),
];
const json = (title: string, write: (secret: string) => unknown): Place =>
  body(title, "application/json", (secret) => JSON.stringify(write(secret)));
const FORM = "application/x-www-form-urlencoded";
const PARTS = "multipart/form-data; boundary=b1";
const part = (head: string, content: string) => `--b1\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n--b1--\r\n`;

const PLACES: readonly Place[] = [
  header("Set-Cookie", (s) => `sid=${s}; Path=/; HttpOnly`),
  header("set-cookie", (s) => `theme=${s}`),
  ["several Set-Cookie lines", (r, s) => r.redactHeaders({ "set-cookie": [`a=${s}; Path=/`, `b=${s}; Secure`] })],
  ["Set-Cookie as pairs", (r, s) => r.redactHeaders([["Set-Cookie", `a=${s}`]])],
  header("Cookie", (s) => `a=1; cart=${s}; b=${s}`),
  header("cookie", (s) => s),
  text("a Cookie line of a dump", (s) => `GET / HTTP/1.1\r\nCookie: a=${s}; cart=${s}\r\nHost: a`),
  text("a Set-Cookie line of a dump", (s) => `< Set-Cookie: cart=${s}; Path=/\n< Date: now`),
  text("a cookie in JSON text", (s) => `request {"headers":{"cookie":"cart=${s}; b=2"}} failed`),
  text("a cookie of curl -b", (s) => `curl -b 'session=${s}' https://a.test/`),
  text("a cookie of curl --cookie", (s) => `curl --cookie "cart=${s}" https://a.test/`),
  header("Authorization", (s) => `Bearer ${s}`),
  header("authorization", (s) => `Basic ${toBase64(`app:${s}`)}`),
  header("AUTHORIZATION", (s) => s),
  header("Authorization", (s) => `Digest username="a", realm="b", nonce="${s}", response="${s}"`),
  header("Authorization", (s) => `AWS4-HMAC-SHA256 Credential=${AWS_ID}/20261121/eu/s3/aws4_request, Signature=${s}`),
  header("Authorization", (s) => `Token token="${s}", nonce="a"`),
  header("Proxy-Authorization", (s) => `Negotiate ${s}`),
  header("X-Api-Key", (s) => s),
  header("X-Amz-Security-Token", (s) => s),
  header("X-Forwarded-Authorization", (s) => `Bearer ${s}`),
  text("Authorization in a dump", (s) => `> Authorization: Bearer ${s}\n> Host: a`),
  text("Authorization in a curl command", (s) => `curl -H 'Authorization: ApiKey ${s}' https://a.test`),
  text("authorization in an object's print", (s) => `headers: { authorization: 'Bearer ${s}', host: 'a' }`),
  text("authorization in raw headers", (s) => `rawHeaders: [ 'Authorization', 'Bearer ${s}', 'Host', 'a' ]`),
  ["authorization in HAR headers", (r, s) => r.redactValue([{ name: "Authorization", value: `Custom ${s}` }])],
  ["headers as pairs in a value", (r, s) => r.redactValue({ headers: { Authorization: [`Bearer ${s}`] } })],
  ["a JWT in a path", (r, s) => r.redactUrl(`/verify/${toJwt(s)}/now`)],
  ["a JWT in a query", (r, s) => r.redactUrl(`https://a.test/cb?state=1&x=${toJwt(s)}`)],
  ["a JWT in a fragment", (r, s) => r.redactUrl(`https://a.test/cb#id_token=${toJwt(s)}&a=1`)],
  ["an opaque token in a fragment", (r, s) => r.redactUrl(`/cb#access_token=${s}`)],
  text("a JWT in a URL in a log line", (s) => `GET https://a.test/cb?x=${toJwt(s)} 500`),
  ["a token in an encoded return address", (r, s) => r.redactUrl(`/login?next=${encodeURIComponent(`/cb?access_token=${s}&a=1`)}`)],
  header("Referer", (s) => `https://a.test/reset?token=${s}`),
  body("a password in nested JSON in a form field", FORM, (s) => `a=1&data=${encodeURIComponent(JSON.stringify({ u: { password: s } }))}`),
  body("the same with plus signs", FORM, (s) => `data=${encodeURIComponent(`{ "u": { "password": "${s}" } }`).replaceAll("%20", "+")}`),
  body("a password in a form", FORM, (s) => `user%5Bpassword%5D=${s}&a=1`),
  body("a form of no declared type", "", (s) => `login=a&password=${s}`),
  json("a password in JSON in JSON in JSON", (s) => ({ a: JSON.stringify({ b: JSON.stringify({ password: s }) }) })),
  json("GraphQL variables", (s) => ({ query: "mutation($p:String!){login(p:$p){id}}", variables: { input: { email: "a", password: s } } })),
  json("a GraphQL literal", (s) => ({ query: `mutation { login(user: "a", password: "${s}") { id } }` })),
  body("GraphQL as itself", "application/graphql", (s) => `mutation { login(input: {user: "a", password: "${s}"}) { token } }`),
  ["GraphQL variables in a query", (r, s) => r.redactUrl(`/graphql?variables=${encodeURIComponent(JSON.stringify({ apiKey: s }))}`)],
  json("a list of batched GraphQL", (s) => [{ variables: { newPassword: s } }]),
  body("a multipart field", PARTS, (s) => part('name="password"', s)),
  body("a multipart field without quotes", PARTS, (s) => part("name=password", s)),
  body("a multipart field with JSON", PARTS, (s) => part('name="operations"', JSON.stringify({ variables: { password: s } }))),
  body("a multipart text file", PARTS, (s) => part('name="f"; filename="a.env"\r\nContent-Type: text/plain', `DB_PASSWORD=${s}`)),
  body("a multipart file", PARTS, (s) => part('name="f"; filename="a.p12"\r\nContent-Type: application/x-pkcs12', s)),
  body("a multipart body without its boundary", "multipart/form-data", (s) => part('name="token"', s)),
  text("a multipart body in a log", (s) => part('name="password"', s)),
  text("UPDATE", (s) => `UPDATE users SET password = '${s}' WHERE id = 7`),
  text("UPDATE of several columns", (s) => `update users set name='a', "password_hash"='${s}', n=1`),
  text("a comparison in WHERE", (s) => `SELECT 1 FROM t WHERE api_key = '${s}' AND a = 'b'`),
  text("a qualified column", (s) => `UPDATE u SET u.reset_token='${s}' WHERE 1=1`),
  text("INSERT", (s) => `INSERT INTO users (id, password) VALUES (1, '${s}'), (2, '${s}')`),
  text("IDENTIFIED BY", (s) => `CREATE USER a IDENTIFIED BY '${s}'`),
  text("ALTER ROLE", (s) => `ALTER ROLE app WITH PASSWORD '${s}'`),
  text("IN and LIKE", (s) => `SELECT 1 FROM t WHERE token IN ('${s}')`),
  text("LIKE", (s) => `SELECT 1 FROM t WHERE token LIKE '${s}'`),
  text("a unique key's detail", (s) => `Key (email)=(${s}@b.example) already exists.`),
  text("a unique key's detail of two columns", (s) => `Key (tenant_id, api_key)=(7, ${s}) already exists.`),
  text("a failing row", (s) => `Failing row contains (1, ${s}, null).`),
  text("a password in a URL", (s) => `postgres://app:${s}@db:5432/x?sslmode=on`),
  text("a password in a URL without a user", (s) => `redis://:${s}@cache:6379/0`),
  ["Basic credentials in a target", (r, s) => r.redactUrl(`https://app:${s}@a.test/x`)],
  text("a token as the user of a URL", (s) => `git clone https://${s}@git.a.test/x.git`),
  text("a password of Oracle's thin driver", (s) => `jdbc:oracle:thin:scott/${s}@//db.internal:1521/ORCL`),
  text("a Dockerfile's ENV", (s) => `ENV ADMIN_PASSWORD ${s}`),
  text("a netrc line", (s) => `machine api.example.com login app password ${s}`),
  text("a Redis setting", (s) => `requirepass ${s}\nport 6379`),
  text("an option of redis-cli", (s) => `redis-cli -h cache -a ${s} ping`),
  text("an option of mysql", (s) => `mysql -uroot -p${s} shop`),
  text("an option of docker login", (s) => `docker login -u ci -p ${s} registry.example.com`),
  text("a quoted option of sshpass", (s) => `sshpass -p '${s}' ssh root@10.0.0.3`),
  text("a pair of Python", (s) => `requests.get(url, auth=('admin', '${s}'))`),
  text("SET PASSWORD", (s) => `SET PASSWORD FOR 'app'@'%' = '${s}'`),
  text("a password in a sentence", (s) => `login failed with password ${s}!`),
  text("a password that is said", (s) => `the password is ${s} today`),
  text("a constant", (s) => `define('DB_PASSWORD', '${s}');`),
  text("a PEM block", (s) => `key:\n${toPem(s, "\n")}\nend`),
  json("a PEM block in a JSON string", (s) => ({ note: toPem(s, "\n") })),
  text("a PEM block with escaped line ends", (s) => `loaded {"note":"${toPem(s, String.raw`\n`)}"} ok`),
  text("a PEM block with twice escaped line ends", (s) => String.raw`{\"note\":\"${toPem(s, String.raw`\\n`)}\"}`),
  text("a PEM block on one line of an environment", (s) => `TLS_PEM="${toPem(s, String.raw`\n`)}"`),
  text("a PEM block cut off", (s) => toPem(s, "\n").slice(0, 60)),
  text("an AWS pair in a credentials file", (s) => `aws_access_key_id = ${AWS_ID}\naws_secret_access_key = ${s}/${s.slice(0, 15)}`),
  text("an AWS pair with a colon", (s) => `${AWS_ID}:${s}/${s.slice(0, 15)}`),
  text("an AWS pair with a space", (s) => `credentials ${AWS_ID} ${s}/${s.slice(0, 15)}`),
  text("an AWS pair on two lines", (s) => `${AWS_ID}\n${s}/${s.slice(0, 15)}\n`),
  text("an AWS pair in CSV", (s) => `Access key ID,Secret access key\n${AWS_ID},${s}/${s.slice(0, 15)}\n`),
  json("an AWS pair in JSON", (s) => ({ AccessKeyId: AWS_ID, SecretAccessKey: s, SessionToken: s })),
  text("a value on the line below its key", (s) => `password:\n  ${s}\nhost: db`),
  text("a quoted value on the line below", (s) => `db:\n  password:\n    "${s}"\n`),
  text("a folded YAML value", (s) => `api_key: >-\n  ${s}\nhost: db`),
  text("a literal YAML value", (s) => `api_key: |\n  ${s}\n`),
  text("a YAML list below its key", (s) => `tokens:\n  - ${s}\n  - ${s}\n`),
  text("an environment line that goes on", (s) => `DB_PASSWORD=\\\n${s}\n`),
  text("an environment line", (s) => `export DB_PASSWORD='${s}'\nA=1`),
  text("a name and a value of Kubernetes", (s) => `- name: DB_PASSWORD\n  value: ${s}\n`),
  text("a quoted name and value of Kubernetes", (s) => `- name: "DB_PASSWORD"\n  value: "${s}"\n`),
  text("an XML element on lines of its own", (s) => `<password>\n  ${s}\n</password>`),
  text("an XML attribute pair", (s) => `<add key="ApiKey" value="${s}" />`),
  text("an XML element with attributes", (s) => `<wsse:Password Type="http://a.test/#PasswordText">${s}</wsse:Password>`),
  text("an XML element with a word before", (s) => `<secret>{AQAB ${s}}</secret>`),
  text("a list of tokens", (s) => `JENKINS_TOKENS = [\n  user1: '${s}',\n  user2: '${s}',\n]`),
  text("a map of secrets", (s) => `webhook_secrets = { "github": "${s}", "limit": 3, "slack": "${s}" }`),
  text("a name far from its sign", (s) => `password         => '${s}'`),
  text("a name and dashes", (s) => `LDAP password ---- ${s}`),
  text("what stands in for a missing setting", (s) => `secret: process.env.SECRET || '${s.slice(0, 9)}',`),
  text("the default of a Terraform variable", (s) => `variable "API_TOKEN" {\n  type = string\n  default = "${s}"\n}`),
  text("a pair of arguments", (s) => `sender.Credentials = new NetworkCredential("app", "${s}");`),
  text("a password told, and whose it is", (s) => `The password for user "app" is '${s}'.`),
  text("a password told without quotes", (s) => `pwd of app is ${s}`),
  text("a password behind BY without quotes", (s) => `CREATE USER app IDENTIFIED BY ${s};`),
  text("a password behind BY of a plugin", (s) => `IDENTIFIED WITH mysql_native_password BY '${s}'`),
  text("the parameters of a Digest header in a dump", (s) => `> Authorization: Digest username="a", response="${s}"\n> Accept: */*`),
  text("a scheme of one service", (s) => `Authorization: SSWS ${s}`),
  text("the user of a proxy", (s) => `curl --proxy-user app:${s} https://a.test/`),
  text("a password of PsExec", (s) => `PSEXEC.exe \\\\10.0.0.1 -u app -p ${s} cmd`),
  text("a hash of crypt", (s) => `root:${["$6", "a1b2c3d4", s + s].join("$")}:19000:0`),
  text("a token with a beginning that nobody knows", (s) => `sent zyx_${s}${s}`),
  text("a webhook of Outlook", (s) => `https://outlook.office.com/webhook/${s}/IncomingWebhook/a`),
  json("a random value under a service's name", (s) => ({ heroku: { client: s + s } })),
  text("a declaration with a type", (s) => `let token: &str = "${s}"; val password: String = "${s}"`),
  text("an arrow of R", (s) => `password <- "${s}"`),
  text("a wide colon and an arrow", (s) => `密码：${s} and password → ${s}`),
  text("what opens a connection", (s) => `mysqli_connect("db", "app", "${s}"); smtp.login("bob@corp.test", "${s}")`),
  text("a constructor in PHP's stack", (s) => `#0 /app/db.php(12): PDO->__construct('mysql:host=db', 'root', '${s}')`),
  text("an option behind a user's", (s) => `oc login https://a.test -u admin -p ${s} and sqlcmd -S db -U sa -P ${s}`),
  text("an element beside the one that names it", (s) => `<key>ApiSecret</key>\n<string>${s}</string>`),
  text("an element in the one that names it", (s) => `<setting name="Password" as="x"><value>${s}</value></setting>`),
  text("what a shell falls back on", (s) => `PG=\${PG_PASSWORD:-${s}}`),
  text("a password and whose it is", (s) => `password for app: ${s}`),
  text("a random value under a name that says nothing", (s) => `dwolla = "${s}" and { "abbysale": "${s}" }`),
  text("the address that resets a password", (s) => `GET /password/reset/${s} HTTP/1.1`),
  text("a secure string of PowerShell", (s) => `$pw = ConvertTo-SecureString "${s}" -Force; ConvertTo-SecureString -String '${s}'`),
  text("a password told, of small letters and digits", (s) => `my password is ${s.toLowerCase()}, machine a.test login app password ${s}`),
  text("a line of .pgpass", (s) => `db.internal:5432:shop:app:${s}\n`),
  text("a dump of Windows' accounts", (s) => `app:500:${"0f".repeat(16)}:${Buffer.from(s).toString("hex").slice(0, 32)}::: ${s.length}`),
  text("a command that makes an account", (s) => `net user app ${s} /add && htpasswd -b /etc/users app ${s}`),
  text("a password through a pipe", (s) => `echo ${s} | docker login -u app --password-stdin`),
  text("a login of a protocol", (s) => `a1 LOGIN "app" "${s}"\r\nAUTH ${s}\r\nAUTH app ${s}`),
  text("a name and dots", (s) => `Admin password ........ ${s}`),
  text("a password that is said, and begins with a short word", (s) => `Your temporary password is B$${s}, change it`),
  text("a key that is said, and whose it is", (s) => `The API key for tenant 12 is ${s}`),
  text("arguments of Redis", (s) => `1699999999.123456 [0 10.0.0.1:5000] "AUTH" "default" "${s}"`),
  text("where Go's driver finds a database", (s) => `dial app:${s}@tcp(db:3306)/shop?parseTime=true`),
  text("an address that lets in whoever has it", (s) => `GET /magic-link/${s}, /verify-email/${s} and /api/token/${s}/revoke`),
  ["a key in a query", (r, s) => r.redactUrl(`/geocode?address=x&key=${s}&reset_key=${s}`)],
  json("a private part of a JSON Web Key", (s) => ({ kty: "EC", crv: "P-256", d: `${s}${s}` })),
  json("an answer to a question", (s) => ({ securityAnswer: s, wallet: { recoveryPhrase: `abandon ability ${s} able` } })),
  json("a value that its path names", (s) => ({ errors: [{ type: "field", value: s, msg: "Invalid value", path: "password" }] })),
  text("a weak token in a table", (s) => `a,token,b\n1,${s.slice(0, 9)}!,2\n\n| a | api_key |\n|---|---|\n| b | ${s.slice(4, 20)} |`),
  text("a token before a word of GitHub's", (s) => `git clone https://${s}:x-oauth-basic@github.com/a/b and https://${s}:@a.test`),
  text("a value with a tag of YAML", (s) => `secret_key: !!binary ${s}`),
  text("a key that is said, with a slash in it", (s) => `the api key is x9K/${s}${s.slice(0, 12)} there`),
  text("a share's password", (s) => `net use Z: \\\\srv\\a /user:CORP\\bob ${s} and net use \\\\srv\\a ${s}`),
  text("a key in an address of a node", (s) => `https://mainnet.infura.io/v3/${s} https://eth.g.alchemy.com/v2/${s}`),
  json("a parameter of CloudFormation", (s) => [{ ParameterKey: "MasterPassword", ParameterValue: s }]),
  json("a value that Symfony refuses", (s) => ({ propertyPath: "plainPassword", message: "too weak", invalidValue: s })),
  text("a password for sudo through a pipe", (s) => `echo '${s}' | sudo -S true`),
  text("a user and a password, told", (s) => `creds: ann@corp.test / ${s}`),
  text("an attribute of LDIF", (s) => `userPassword:: ${s}`),
  text("a key with a number", (s) => `Unseal Key 1: ${s}=`),
  text("a key that is said, with its padding", (s) => `the encryption key is ${s.slice(0, 19)}${s}=`),
  text(
    "tokens of services, alone",
    (s) => `got rootly_${s}${s}, 1000.${"0a".repeat(16)}.${Buffer.from(s).toString("hex").slice(0, 32)} ${s.length}`,
  ),
  json("a value that Pydantic refuses", (s) => ({ detail: [{ type: "x", loc: ["body", "password"], msg: "short", input: s }] })),
  json("a value that Spring refuses", (s) => ({ field: "password", rejectedValue: s, bindingFailure: false })),
  json("a value that Mongoose refuses", (s) => ({ kind: "minlength", path: "password", value: s })),
  header("Stripe-Signature", (s) => `t=1763740000,v1=${s}`),
  text("an option with one dash", (s) => `keytool -list -keystore a.jks -storepass ${s}`),
  json("a value under a secret's name", (s) => ({ password: { current: s, type: s }, auth: { type: "basic", data: s } })),
  json("a password of letters", (s) => ({ password: s.replace(/\d/g, "z").toLowerCase() + s })),
  text("a table of Markdown", (s) => `| user | password |\n|------|:-------:|\n| ann | ${s} |\n| bob | ${s} |`),
  text("a table of a database's client", (s) => ` id | api_token \n----+---------\n  1 | ${s}\n(1 row)`),
  text("a table in a frame", (s) => `+----+-------+\n| id | secret |\n+----+-------+\n|  1 | ${s} |\n+----+-------+`),
  text("CSV with a header", (s) => `name,password,note\nann,"${s}",a\nbob,${s},b\n`),
  text("columns apart by tabs", (s) => `id\tapi_key\n1\t${s}\n`),
  text("columns apart by blanks", (s) => `  user   password\n  ann    ${s}\n`),
  text("an escaped element", (s) => `&lt;user&gt;a&lt;/user&gt;&lt;password&gt;${s}&lt;/password&gt;`),
  text("an escaped element with an attribute", (s) => `<b>&lt;w:Password Type=&quot;a&quot;&gt;${s}&lt;/w:Password&gt;</b>`),
  text("escaped JSON", (s) => `<pre>{&quot;token&quot;:&quot;${s}&quot;,&#34;password&#34;:&#34;${s}&#34;}</pre>`),
  text("an escaped attribute pair", (s) => `value=&quot;1&quot; name=&quot;password&quot; value=&quot;${s}&quot;`),
  text("hex under a service's name", (s) => `mailgun = "${Buffer.from(s).toString("hex").slice(0, 40)}" ${s.length}`),
  text("CSV behind a row with a comma within quotes", (s) => `user,password\nann,"a, b"\nbob,${s}\n`),
  text("columns apart by semicolons", (s) => `user;password;role\nann;${s};admin\nbob;${s};user\n`),
  text("a last column apart by semicolons", (s) => `id;login;passwort\n1;ann;${s}\n`),
  text("columns apart by commas behind a semicolon", (s) => `id,note,password\n1,hello; there,${s}\n`),
  text("columns apart by semicolons behind a comma", (s) => `id;note;password\n1;hello, there;${s}\n`),
  text("a bracketed form field in a log", (s) => `POST /login user%5Bname%5D=ann&user%5Bpassword%5D=${s}&a=1`),
  text("a user of Redis", (s) => `redis-cli ACL SETUSER ann on >${s} +@all ~*`),
  text("what passwd is told", (s) => `echo ${s} | passwd --stdin deploy`),
  text("JSON on several lines", (s) => `x {\n  "password":\n    "${s}"\n}`),
];

const PLAIN_LINES: readonly string[] = [
  ': "${DB_PASSWORD:?DB_PASSWORD must be set}" and password: {{ include "app.password" (dict "ctx" . "name" "db") }}',
  "existingSecret: shop-postgresql",
  "datadog: trace_id=5474582733118100371 span_id=547458273311810037 and sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "SecurityTokenExpiredException: IDX10223: lifetime validation failed",
  '{"VersionId":"x9EiPVIAovLKNCr6GTz1RcIgh3KjRnVu","buildId":"Yt7dPq2Lk9Xw4Zb8Nc3Vf"} cf-ray: 34b5fe9f1a5d99ba-FRA',
  "h1:yzaBoSL83KrSiu2grF7rlP7qWFS9WP7ge0ICRQpLAKP= name: napi_get_value_string_latin1 (GnuPG key: 0x7EC2DBB6F4DBF434)",
  'api_key = std::env::var("API_KEY").expect("API_KEY not set"); OPENAI_API_KEY=op://dev/openai/credential',
  "secret: projects/123456/secrets/db-password/versions/latest",
  "mysql -h 127.0.0.1 -P 3306 -u root -p",
  "pod api-7d9f8b6c5d-x2x4z of test-3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b0c",
  "const token = await getToken(req);",
  "secretKeyRef: {name: db, key: password}",
  "token: !secret ha_token",
  '<input type="password" name="password" id="password" placeholder="Password">',
  'volume "db-password" : secret "db-password" not found',
  "ERR AUTH <password> called without any password configured",
  "cookies: 3, session: none",
  "password reset2 link sent, token version2 used, key id 7f3a91 rotated",
  "mysql -uroot -h db1 and cp -a dir1 dir2 and docker run -p 8080:80 app1",
  "password:\n  required: true\n  minLength: 8\n",
  "password:\n  required\n",
  "token:\n  type: string\n",
  "PASSWORD=\nHOST=db1\n",
  "password:\nhost9: db\n",
  "secret:\n  secretName: db1\n  key9: a",
  "apiKey:\n  ${API_KEY_1}\n",
  "- name: LOG_LEVEL\n  value: debug1\n",
  "name in ('a1', 'b2') and id LIKE 'c3%' ordered by 'x9'",
  "WHERE token LIKE '%' OR token IN (?, ?)",
  'form-data; name="quantity"\r\n\r\n12',
  "commit 3f786850e387550fdab836ed7e6dc881de23001b",
  "docker run -v pgdata:/var/lib/postgresql -o Dir::Etc=x image && chown -R root:root /srv",
  'sb.append("password: " + getPassword() + ",");',
  'usernameLabel:"Name:",passwordLabel:"Password:",rememberMeLabel:"Remember me:"',
  "constructor(token: InjectionToken, session: PipSession) { this.token = token; }",
  'put "/forgot-password" => "users/passwords#update"; this.addPassword = "#add-password";',
  "pwd = (char *) (p + 2); $auth = $response->{headers}; fn refresh(token: &Token)",
  '"jsonwebtoken": "^9.0.2", "cookie": "~1.4.6", "pbkdf2-token": "1.2.1"',
  "password: ${{ secrets.DB }} and password: $$DB and password: #{db} and password: { password }",
  '"password": "Пароль"',
  "JWT_EXPIRES_IN=90d SESSION_TIMEOUT_MINUTES=30 --password-stdin registry.test",
  "id chatcmpl-9aBcDeFgHiJkLmNoPqRsTuVwXyZ01 of req_011CQKz8VtH3nW5xYb7DpLmE",
  "git clone git@github.com:acme/shop.git",
  "dd.trace_id=6339734595005589104 dd.span_id=4539148803436467",
  '{"trace_id":6339734595005589104,"span_id":"4539148803436467"}',
  "sends a value to another worker, identified by its thread id",
  "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3",
  "auth: method=password result=failure user=anna",
  "x-github-delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958",
  "mysql -u root -p shop < dump.sql",
  "psql postgres://user:password@localhost/db",
  "password: Contraseña",
  "x.c:12:5:error:undeclared1 and 12:34:56:789:abc123 and TRUE\tFALSE",
  "net user list1 and echo done1 | grep one2 and Login failed code12345",
  'IAMUserChangePassword = "arn:aws:iam::aws:policy/IAMUserChangePassword"',
];

const PLAIN_JSON: readonly unknown[] = [
  { fields: [{ type: "password", name: "password", label: "Password" }], input: { type: "token", value: "identifier" } },
  { auth: { type: "oauth2", provider: "google" }, session: { status: "active", duration: 3600 }, authorization: { role: "admin" } },
  { properties: { password: { type: "string", format: "password", minLength: 8 } } },
  { errors: { password: ["can't be blank", "is too short (minimum is 8 characters)"] } },
  { detail: [{ type: "missing", loc: ["body", "password"], msg: "Field required", input: { username: "ann", city: "Ulm" } }] },
  { password: ["This field may not be blank."] },
  { path: "src/token.ts", value: "hello world", files: [{ name: "docs/password.md", value: "What it says" }] },
  { pass: 12, fail: 3, action: "secretsmanager:GetSecretValue" },
  { password: "required", credentials: "include", otp: "expired", tan: "brown", secret: "string" },
  { login: { password: "Password", token: "Token", apiKey: "API key", forgotPassword: "Forgot your password?" } },
  { password: "Mot de passe", secret: { name: "db-password", version: "3" }, cookies: { enabled: true, sameSite: "lax" } },
  { scripts: { auth: "node auth.js" }, dependencies: { "cookie-parser": "~1.4.6", passport: "^0.7.0" }, cookie: { domain: ".a.test" } },
];

describe("what is no secret", () => {
  it.each(PLAIN_JSON)("stays as it was in JSON: %j", (value) => {
    const body = JSON.stringify(value);
    expect(createRedactor().redactBody(body, "application/json").text).toBe(body);
  });

  it.each(PLAIN_LINES)("stays as it was: %j", (line) => {
    expect(createRedactor().redactText(line)).toBe(line);
  });
});

describe("a secret", () => {
  it.each(PLACES.map(([title, redact], index) => [title, redact, index] as const))("does not leave in %s", (_title, redact, index) => {
    const secret = makeSecret(index, 24);
    const output = JSON.stringify(redact(createRedactor(), secret));
    const forms = [secret, toBase64(`app:${secret}`), secret.slice(4, 20)];
    expect(forms.filter((form) => output.includes(form))).toEqual([]);
    expect(output).not.toContain("[unscanned]");
  });
});
