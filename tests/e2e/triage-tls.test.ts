/** What triage says of the certificates and versions of real servers, whose every flaw is made here with openssl. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFaultline } from "../../packages/cli/src/main.ts";
import { type Authority, createAuthority } from "../incidents/generator/certificates.ts";
import { findFreePorts } from "../rig/real-proxies.ts";

const NGINX = "/usr/sbin/nginx";
const HAPROXY = "/usr/sbin/haproxy";
const missing = [NGINX, HAPROXY].filter((path) => !existsSync(path));
if (spawnSync("openssl", ["version"]).status !== 0) missing.push("openssl");
if (missing.length > 0 && process.env["CI"] === "true") throw new Error(`CI must have ${missing.join(", ")}`);
if (missing.length > 0) console.warn(`left out, not installed: ${missing.join(", ")}`);

const folder = mkdtempSync(join(tmpdir(), "faultline-triage-tls-"));
const running: ChildProcess[] = [];
const ports = { good: 0, expired: 0, itself: 0, short: 0, old: 0, named: 0, plain: 0, client: 0 };
let authority: Authority;

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "ignore", cwd: folder });
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A certificate of an authority between, which the server does not send; it says where that one's own can be had, as public ones do. */
function signByAnAuthorityBetween(): void {
  const extend = (name: string, text: string) => writeFileSync(join(folder, name), text);
  extend("between.ext", "basicConstraints=critical,CA:TRUE\n");
  extend("leaf.ext", "subjectAltName=DNS:shop.test\nauthorityInfoAccess=caIssuers;URI:http://authority.test/between.crt\n");
  openssl("req", "-new", ...KEY, "-keyout", "between.key", "-out", "between.csr", "-subj", "/CN=Shop CA 2");
  const [cert, key] = [authority.cert, authority.key];
  openssl(
    "x509",
    "-req",
    "-in",
    "between.csr",
    "-CA",
    cert,
    "-CAkey",
    key,
    "-CAcreateserial",
    "-extfile",
    "between.ext",
    "-out",
    "between.crt",
    "-days",
    "20",
  );
  openssl("req", "-new", ...KEY, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=shop.test");
  openssl(
    "x509",
    "-req",
    "-in",
    "leaf.csr",
    "-CA",
    "between.crt",
    "-CAkey",
    "between.key",
    "-CAcreateserial",
    "-extfile",
    "leaf.ext",
    "-out",
    "leaf.crt",
    "-days",
    "20",
  );
}

function configureNginx(): string {
  const good = authority.sign("shop.test", 30);
  const expired = authority.sign("shop.test", -3);
  openssl(
    "req",
    "-x509",
    ...KEY,
    "-keyout",
    "itself.key",
    "-out",
    "itself.crt",
    "-days",
    "9",
    "-subj",
    "/CN=shop.test",
    "-addext",
    "subjectAltName=DNS:shop.test",
  );
  signByAnAuthorityBetween();
  const serve = (port: number, { key, cert }: { key: string; cert: string }, more = "") =>
    `server { listen 127.0.0.1:${port} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; ${more} location / { return 200 "ok"; } }`;
  const own = (name: string) => ({ key: join(folder, `${name}.key`), cert: join(folder, `${name}.crt`) });
  return `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log ${folder}/access.log;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  ${serve(ports.good, good)}
  ${serve(ports.expired, expired)}
  ${serve(ports.itself, own("itself"))}
  ${serve(ports.short, own("leaf"))}
  ${serve(ports.old, good, "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0;")}
  server { listen 127.0.0.1:${ports.named} ssl default_server; ssl_reject_handshake on; }
  ${serve(ports.named, good, "server_name shop.test;")}
  server { listen 127.0.0.1:${ports.plain}; location / { return 200 "ok"; } }
}`;
}

function configureHaproxy(): string {
  const { key, cert } = authority.sign("shop.test", 30);
  writeFileSync(join(folder, "both.pem"), readFileSync(cert, "utf8") + readFileSync(key, "utf8"));
  return `defaults
  mode http
  timeout connect 1s
  timeout client 2s
  timeout server 2s
frontend f
  bind 127.0.0.1:${ports.client} ssl crt ${folder}/both.pem ca-file ${authority.cert} verify required
  http-request return status 200
`;
}

async function waitForPort(port: number): Promise<void> {
  const isOpen = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.on("connect", () => socket.destroy()).on("error", () => resolve(false));
    });
  while (!(await isOpen())) await new Promise((resolve) => setTimeout(resolve, 20));
}

beforeAll(async () => {
  authority = createAuthority(folder);
  mkdirSync(join(folder, "logs"));
  const names = Object.keys(ports) as (keyof typeof ports)[]; // its own keys
  const free = await findFreePorts(names.length);
  for (const [index, name] of names.entries()) ports[name] = free[index] ?? 0;
  writeFileSync(join(folder, "nginx.conf"), configureNginx());
  writeFileSync(join(folder, "haproxy.cfg"), configureHaproxy());
  running.push(spawn(NGINX, ["-p", folder, "-e", `${folder}/error.log`, "-c", `${folder}/nginx.conf`], { stdio: "inherit" }));
  running.push(spawn(HAPROXY, ["-f", join(folder, "haproxy.cfg")], { stdio: "inherit" }));
  await Promise.all(Object.values(ports).map(waitForPort));
}, 60_000);
afterAll(() => {
  for (const child of running) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

type Said = { readonly code: number; readonly out: string };

async function triage(...words: string[]): Promise<Said> {
  let [out, err] = ["", ""];
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  const code = await runFaultline(["triage", ...words], io);
  if (out === "") throw new Error(err);
  return { code, out };
}

/** A request to `shop.test`, or another name, at one of the servers, whose authority is known unless told otherwise. */
const ask = (port: number, { name = "shop.test", trusts = true } = {}) =>
  `curl https://${name}:${port}/ --resolve ${name}:${port}:127.0.0.1${trusts ? ` --cacert ${authority.cert}` : ""}`;

/** Every run of blanks as one: sentences are broken to the width of the terminal. */
const flat = ({ out }: Said) => out.replaceAll(/\s+/g, " ");

describe.skipIf(missing.length > 0)("triage of a server whose TLS is the trouble", () => {
  it.each([
    ["expired", {}, "has expired (CN=shop.test: ended", "Was it renewed, and was the server reloaded since?"],
    ["itself", {}, "signed by itself alone (CN=shop.test)", "Is this a default certificate"],
    ["good", { trusts: false }, "its issuer is not sent and is not known here", "ask with curl's --cacert FILE"],
    [
      "short",
      {},
      "does not send the certificate between its own and the authority's (1 certificate sent; CN=Shop CA 2 is not among them)",
      "fullchain.pem",
    ],
    [
      "good",
      { name: "other.test" },
      "for other names than the one asked for (for shop.test)",
      "default certificate, because this name has none",
    ],
    ["old", {}, "speaks only versions of TLS that are out of use", "TLS 1.2 or newer"],
    ["named", { name: "other.test" }, "the server has no certificate for this name", "Does the server's configuration have this name"],
    ["plain", {}, "what answers at this port does not speak TLS", "Does it speak plain HTTP?"],
    ["client", {}, "the server wants a certificate of the client", "--cert and --key"],
  ] as const)("says what is wrong with the server %s asked by %j", async (server, how, ...sentences) => {
    const said = await triage(ask(ports[server], how), "--allow-files");
    for (const sentence of sentences) expect(flat(said)).toContain(sentence);
    expect(said.out).toContain("DIAGNOSED");
    expect(said.out).toContain("tls-failure");
    expect(said.code).toBe(0);
  });

  it("tells a server that shakes hands only with whom names it, asked by its address", async () => {
    const said = await triage(`curl https://127.0.0.1:${ports.named}/ -H 'Host: shop.test' --cacert ${authority.cert}`, "--allow-files");
    expect(flat(said)).toContain("shakes hands only with a client that names the host");
    expect(flat(said)).toContain(`--resolve NAME:${ports.named}:127.0.0.1`);
  });

  it("shows the certificate of a server that is well: its names, its issuer, the days it has left, and no flaw", async () => {
    const { out } = await triage(ask(ports.good), "--allow-files");
    expect(out).toMatch(/ {2}certificate +CN=shop\.test, for shop\.test\n {2}issued by +CN=Shop internal CA\n/);
    expect(out).toMatch(/ {2}valid +\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, (?:29|30) days left/);
    expect(out).not.toMatch(/^ {2}wrong/m);
    expect(out).toContain("NO SERVER ERROR. It was answered with 200, twice.");
  });

  it("gives a client certificate where the command names one and files are allowed, and not without leave", async () => {
    const { key, cert } = authority.sign("client.test");
    const command = `${ask(ports.client)} --cert ${cert} --key ${key}`;
    expect((await triage(command, "--allow-files")).out).toContain("It was answered with 200");
    await expect(triage(command)).rejects.toThrow("--allow-files");
  });

  it("says what is wrong with a certificate that is waved through, and does not blame it", async () => {
    const { out } = await triage(ask(ports.expired), "--insecure", "--allow-files");
    expect(out).toMatch(/^ {2}wrong +the certificate has expired/m);
    expect(out).toContain("NO SERVER ERROR");
  });
});
