import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createPlainServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const triage = (...words: string[]) => triageOn({}, ...words);

async function triageOn(terminal: { readonly columns?: number }, ...words: string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text), ...terminal },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  return { code: await runFaultline(["triage", ...words], io), ...printed };
}

function refuseAbove4000(_request: IncomingMessage, response: ServerResponse, body: string): void {
  response.writeHead(body.length > 4000 ? 500 : 200, { "content-type": "application/json" }).end("{}");
}

function refuseMoreThan4000(_request: IncomingMessage, response: ServerResponse, body: string): void {
  response.writeHead(body.length > 4000 ? 413 : 200).end();
}

/** Redirects from /late after 900 ms; everything else fails at once. */
function leadOnLate({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === "/late") setTimeout(() => response.writeHead(302, { location: "/there" }).end(), 900);
  else response.writeHead(500).end();
}

/** Redirects from /old to what has not changed. */
function leadToUnchanged({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === "/old") response.writeHead(302, { location: "/new" }).end();
  else response.writeHead(304, { location: "/unchanged" }).end();
}

/** Fails on /x as an app of Express does, and answers well elsewhere. */
function failOnX({ url }: IncomingMessage, response: ServerResponse): void {
  const [status, body] = url === "/x" ? [500, '{"error":"internal"}'] : [200, "{}"];
  response.writeHead(status, { "content-type": "application/json", "x-powered-by": "Express", "x-request-id": "req-77" }).end(body);
}

/** Built at run time, so that nothing in the repository looks like a secret. */
const SECRET = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dcAbCd"].join("_");

describe("faultline triage", () => {
  it("says of a port that speaks no TLS what OpenSSL says, without where in its source", async () => {
    const base = await serve((_, response) => void response.writeHead(500).end());
    const { out } = await triage(base.replace("http:", "https:"));
    expect(out).toContain("NO RESPONSE: wrong version number\n");
    expect(out.indexOf("NO RESPONSE")).toBeLessThan(out.indexOf("\nNEXT\n"));
    expect(out).not.toMatch(/SSL routines|tlsany_meth/);
  });

  it.each([
    ["http://", "it names no host"],
    ["http://shop.example:99999/x", "a port is at most 65535"],
    ["http://shop.example:80a/x", '"80a" is no port'],
    ["http://shop example/x", '"shop example" is no host name'],
  ])("says of %s what makes it invalid: %s", async (url, reason) => {
    const { code, err } = await triage(url);
    expect(code).toBe(2);
    expect(err).toContain(`is no valid URL: ${reason}`);
  });

  it("says after the probes first what it is and what to do next, then what that stands on, and nothing twice", async () => {
    const base = await serve(failOnX);
    const { out } = await triage(`${base}/x`);
    const titles = out.split("\n").filter((line) => /^[A-Z]{2}/.test(line));
    expect(titles.map((line) => /^[A-Z ]+[A-Z]/.exec(line)?.[0])).toEqual([
      "REQUEST",
      "PROBES",
      "DIAGNOSED",
      "WHO WROTE IT",
      "NEXT",
      "RESPONSE",
      "IDS",
      "SCOPE",
      "EVIDENCE",
      "CAUSES",
      "MISSING",
      "GUARD NOW",
      "PREVENT",
    ]);
    expect(out).not.toMatch(/RULED OUT|SUSPECTS/);
    expect(out.slice(out.indexOf("NEXT"), out.indexOf("RESPONSE"))).toContain("$ grep -rF -- req-77 LOG_FOLDER");
  });

  it("names in what to ask next the very request that failed, and where only the given words do, says what to add to them", async () => {
    const base = await serve((_, response) => void response.writeHead(500).end());
    const ask = async (...words: string[]) => (await triage(...words)).out.replaceAll(/\s+/g, " ");
    expect(await ask(`${base}/cart?id=7&full`)).toContain(`$ npx faultline triage '${base}/cart?id=7&full' --direct BACKEND_URL`);
    const secret = await ask(`${base}/cart?token=${SECRET}`);
    expect(secret).toContain("Send the request straight to the backend. Add --direct BACKEND_URL to the command.");
    expect(secret).not.toContain("$ npx faultline");
    expect(await ask(`${base}/ca\nrt?id=7`)).toContain(`$ npx faultline triage '${base}/cart?id=7' --direct BACKEND_URL`);
    expect(await ask(`${base}/cart?id=\`7`, "--markdown")).toContain(
      `\`\` npx faultline triage '${base}/cart?id=\`7' --direct BACKEND_URL \`\``,
    );
    const unchecked = await ask(`${base}/cart`, "--insecure");
    expect(unchecked).toContain("Send the request straight to the backend. Add --direct BACKEND_URL to the command.");
    expect(unchecked).not.toContain("$ npx faultline");
    const posted = await ask(`curl -X POST -H 'x-shop: 7' ${base}/cart`);
    expect(posted).toContain("Send the request straight to the backend. Add --direct BACKEND_URL to the command.");
    expect(posted).not.toContain("$ npx faultline");
  });

  it("offers no id to search for that the redactor altered", async () => {
    const headers = { "x-powered-by": "Express", "x-request-id": SECRET };
    const base = await serve((_, response) => void response.writeHead(500, headers).end("{}"));
    expect((await triage(`${base}/x`)).out).not.toMatch(/grep|IDS/);
  });

  it("tells of a failure that hides behind a 200, and not that there was none", async () => {
    const body = '{"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}';
    const base = await serve((_, response) => void response.writeHead(200, { "content-type": "application/json" }).end(body));
    const { out, code } = await triage(`${base}/graphql`);
    expect(code).toBe(0);
    expect(out).not.toContain("NO SERVER ERROR");
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /DIAGNOSED\. The app behind .* an error handler hides the first error \(62 % sure\), and it is hidden from the client\./,
    );
  });

  it("speaks of no id where the answer has none, and begins its verdict with a capital", async () => {
    const base = await serve((_, response) => void response.writeHead(500).end("{}"));
    const { out } = await triage(`${base}/x`);
    expect(out).toMatch(/^INCONCLUSIVE\. Which hop makes the failures/m);
    expect(out).not.toMatch(/the id above|request or trace id/);
    const told = await serve((_, response) => void response.writeHead(500, { "x-powered-by": "Express" }).end('{"error":"TypeError: x"}'));
    expect((await triage(`${told}/x`)).out).not.toMatch(/\bid\b/);
  });

  it.each([80, 50])("is broken to a terminal's width, but for what is copied: %i columns", async (columns) => {
    const base = await serve((_, response) => void response.writeHead(500, { "x-request-id": "req-77" }).end("{}"));
    const { out } = await triageOn({ columns }, `${base}/some/longer/path`);
    const broken = out.split("\n").filter((line) => !/^ {2,}\$ |^ {2}[\w-]+: |^ {6}\S/.test(line));
    expect(broken.filter((line) => line.length > columns)).toEqual([]);
  });

  it("tells each evidence once in a report to paste", async () => {
    const page = "<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>";
    const base = await serve((_, response) => void response.writeHead(504, { server: "nginx", "content-type": "text/html" }).end(page));
    const { out } = await triage(base, "--markdown");
    expect(out.match(/a proxy time-out of nginx elapsed/g)).toHaveLength(1);
  });

  it("has a title once over the response in a report to paste", async () => {
    const base = await serve((_, response) => void response.writeHead(500).end("{}"));
    const { out } = await triage(base, "--markdown");
    expect(out).toMatch(/## Response\n\n```\n {2}HTTP\/1\.1 500 Internal Server Error\n/);
  });

  it("calls nobody the writer of an answer that never came", async () => {
    const base = await serve((request) => void request.socket.destroy());
    expect((await triage(base)).out).not.toContain("EVIDENCE of who wrote it");
    expect((await triage(base)).out).toMatch(/^WHO DID NOT ANSWER: 127\.0\.0\.1:\d+, \d+ %$/m);
    expect((await triage(base, "--markdown")).out).toMatch(/^Did not answer: 127\.0\.0\.1:\d+, \d+ %\.$/m);
  });

  it("sends exactly the headers it shows, in their order", async () => {
    const seen: string[][] = [];
    const base = await serve((request, response) => {
      seen.push(request.rawHeaders);
      response.writeHead(500).end();
    });
    const { out } = await triage(`curl ${base}/x -H 'X-One: 1' -H 'Accept: text/plain'`);
    expect(seen[0]).toEqual(["Host", base.slice(7), "X-One", "1", "Accept", "text/plain", "Connection", "close"]);
    expect(out).toContain(`GET /x HTTP/1.1\n  Host: ${base.slice(7)}\n  X-One: 1\n  Accept: text/plain\n  Connection: close`);
  });

  it("lets no secret and no control character reach the output, whatever the server echoes", async () => {
    const base = await serve((request, response) => {
      response.writeHead(500, { "x-echo": String(request.headers.authorization), "set-cookie": `session=${SECRET}` });
      response.end(`\u001b[31m token=${SECRET} ${request.url}`);
    });
    for (const option of [[], ["--json"], ["--markdown"]]) {
      const { out } = await triage(`curl '${base}/x?api_key=${SECRET}' -H 'Authorization: Bearer ${SECRET}'`, ...option);
      expect(out).not.toContain(SECRET);
      expect(out).not.toContain("\u001b");
    }
  });

  it("finds the size above which bodies fail, by halving", async () => {
    const base = await serve(refuseAbove4000);
    const { out, code } = await triage(`curl ${base}/upload --json '{"a":"${"x".repeat(20_000)}"}'`, "--unsafe", "--probe-body", "--json");
    expect(code).toBe(0);
    const { triage: report } = JSON.parse(out) as {
      triage: { diagnosis: { causes: { cause: string; evidence: { measured: string }[] }[] } };
    };
    const [cause] = report.diagnosis.causes;
    expect(cause?.cause).toBe("body-too-large");
    const [passes, fails] = String(cause?.evidence[0]?.measured).match(/\d+/g) as string[];
    expect(Number(passes)).toBeLessThanOrEqual(4000);
    expect(Number(fails)).toBeGreaterThan(4000);
    expect(Number(fails) - Number(passes)).toBeLessThan(300);
  });

  it("follows redirects by hand without taking credentials to another origin", async () => {
    const other: (string | undefined)[] = [];
    const target = await serve((request, response) => {
      other.push(request.headers.authorization);
      response.writeHead(500).end();
    });
    const base = await serve((_request, response) => response.writeHead(302, { location: `${target}/there` }).end());
    const { out } = await triage(`curl -L ${base}/here -H 'Authorization: Bearer ${SECRET}'`);
    expect(other.every((value) => value === undefined)).toBe(true);
    expect(out).toMatch(/^ {2}first +302 /m);
    expect(out).toContain("500 Internal Server Error");
  });

  it("says how many requests it gave up where a redirect came late", async () => {
    const { out } = await triage(`${await serve(leadOnLate)}/late`, "--timeout", "1.8");
    expect(out).toMatch(/ {2}first +302 .*\n {2}it redirects: of what went beside it, 1 is not waited for\n {2}first +500 /);
  });

  it("shows ids to paste into a search, and keeps the exchange as HAR without writing anything over", async () => {
    const directory = mkdtempSync(join(tmpdir(), "faultline-triage-"));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const base = await serve((_request, response) =>
      response.writeHead(500, { "x-request-id": "req-77", "cf-ray": "8c0ffee-FRA" }).end("boom"),
    );
    const file = join(directory, "kept.har");
    const { out } = await triage(`${base}/x`, "--save", file);
    expect(out).toContain("x-request-id: req-77");
    expect(out).toContain("cf-ray: 8c0ffee-FRA");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ log: { entries: [{ response: { status: 500 } }] } });
    expect(await triage(`${base}/x`, "--save", file)).toMatchObject({ code: 2, err: expect.stringContaining("nothing was written over") });
    expect((await triage(file)).out).toContain("500 Internal Server Error");
  });

  it("says where a redirect leads, and calls no 304 one", async () => {
    const base = await serve(leadToUnchanged);
    const { out } = await triage(`${base}/old`);
    expect(out).toMatch(/^ {2}first +302 .* ms, to \/new$/m);
    expect(out).toContain("NO SERVER ERROR. It was answered with 304");
    expect(out).not.toMatch(/redirects|circle|, to \/unchanged/);
  });

  it("names the request over HTTP that a WebSocket begins with", async () => {
    expect((await triage("wss://shop.example/live?id=7")).err).toContain("https://shop.example/live?id=7");
    expect((await triage("WSS://shop.example/live")).err).toContain("https://shop.example/live");
  });

  it("says in a sentence that nothing failed, and how to meet what was meant", async () => {
    const fine = await triage(`${await serve((_request, response) => response.writeHead(204).end())}/x`);
    expect(fine).toMatchObject({ code: 1, out: expect.stringContaining("NO SERVER ERROR. It was answered with 204, twice.") });
    expect(fine.out).toContain("--repeat 30");
    expect(fine.out.indexOf("NO SERVER ERROR")).toBeLessThan(fine.out.indexOf("RESPONSE, headers"));
    expect(fine.out).not.toMatch(/INCONCLUSIVE|WHO WROTE IT|RULED OUT/);
    const refused = await triage(`${await serve((_request, response) => response.writeHead(401).end())}/x`);
    expect(refused.out).toContain("NO SERVER ERROR. It is refused with 401");
    const circle = await triage(`${await serve((request, response) => response.writeHead(302, { location: request.url }).end())}/x`);
    expect(circle.out).toContain("NO SERVER ERROR. It redirects with 302, twice.");
  });

  it("shows the response of the try that failed where the first one passed", async () => {
    const answers = [200, 503, 200, 200, 200, 200].map((status, index) => ({ status, id: `try-${index}` }));
    const base = await serve((_request, response) => {
      const { status, id } = answers.shift() as (typeof answers)[number]; // no more are sent
      response.writeHead(status, { "x-request-id": id }).end();
    });
    const { out } = await triage(`${base}/x`);
    expect(out).toContain("RESPONSE of the first try that failed, headers in the order sent\n  HTTP/1.1 503 Service Unavailable");
    expect(out).toContain("x-request-id: try-1");
    expect(out).toContain("1 failing, 1 good");
    expect(out).not.toContain("NO SERVER ERROR");
  });

  it("says of a success that breaks off, of one that is not what its coding says, and of a body that is too large what is wrong", async () => {
    const cut = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "5000" });
      response.write("half", () => response.destroy());
    });
    expect((await triage(`${cut}/x`)).out.replaceAll(/\s+/g, " ")).toContain(
      "It was answered with 200, twice. But its body is 4 bytes of 5000, then it broke off, which a client takes for a failure.",
    );
    const lying = await serve((_request, response) => response.writeHead(500, { "content-encoding": "gzip" }).end('{"error":"plain"}'));
    expect((await triage(`${lying}/x`)).out.replaceAll(/\s+/g, " ")).toContain(
      'body, 17 bytes that are not what Content-Encoding says: {"error":"plain"}',
    );
    const narrow = await serve(refuseMoreThan4000);
    const { out } = await triage(`curl ${narrow}/x --json '{"a":"${"x".repeat(20_000)}"}'`, "--unsafe", "--probe-body");
    expect(out).toMatch(/A body of 3\d{3} bytes\s+passes, one of 4\d{3} is refused\./);
    expect(out).toContain("client_max_body_size");
  });

  it("takes an answer that is still coming for one that has come, and says of one that breaks off how far it came", async () => {
    const dripping = await serve((_request, response) => void response.writeHead(200).write("drip"));
    expect((await triage(`${dripping}/x`, "--timeout", "0.5")).out).toContain("body, 4 bytes and still coming: drip");
    const broken = await serve((_request, response) => {
      response.writeHead(500, { "content-length": "5000" });
      response.write("half", () => response.destroy());
    });
    expect((await triage(`${broken}/x`)).out).toContain("body, 4 bytes of 5000, then it broke off: half");
  });

  it.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", "what answers is SSH, not HTTP"],
    ["\u0000\u0000\u0012\u0004\u0000\u0000\u0000\u0000\u0000", "what answers speaks HTTP/2 without TLS"],
    ["\u0015\u0003\u0001\u0000\u0002\u0002F", "what answers speaks TLS at this port: ask with https://"],
    ["<html>hello", 'what came is no HTTP/1.1 response; it begins with "<html>hello"'],
  ])("says what answers that is no HTTP: %j", async (greeting, sentence) => {
    const server = createPlainServer((socket) => void socket.on("error", () => {}).end(greeting, "latin1"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo; // listening on a port, so the address is no pipe
    expect((await triage(`http://127.0.0.1:${port}/x`)).out).toContain(`NO RESPONSE: ${sentence}`);
  });

  it.each([
    [["gopher://x"], "no URL"],
    [["api.example.com/cart"], "did you mean https://api.example.com/cart?"],
    [["localhost:3000/cart"], "did you mean http://localhost:3000/cart?"],
    [["curl"], "put the whole curl command in quotes"],
    [["curl --bogus http://a"], "at character 6"],
    [["http://a%zz:b@127.0.0.1:99999/"], "no valid URL"],
    [["missing.har"], "there is no file missing.har"],
    [["http://127.0.0.1:1/", "--repeat", "500"], "--repeat takes a number from 0 to 50"],
    [["http://127.0.0.1:1/", "--simple", "//evil"], "--simple takes a path"],
    [[], "name a URL"],
  ])("refuses %j with what to do", async (words, message) => {
    expect(await triage(...words)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  it.each([
    ["curl URL -d @FILE", "-d at character 31"],
    ["curl URL --data-binary @FILE", "--data-binary at character 31"],
    ["curl URL --json @FILE", "--json at character 31"],
    ["curl URL -F 'a=@FILE;type=text/plain'", "-F at character 31"],
    ["curl URL -F 'a=<FILE'", "-F at character 31"],
    ["curl URL --cacert FILE", "--cacert at character 31"],
    ["curl URL --cert FILE", "--cert at character 31"],
    ["curl URL --key FILE", "--key at character 31"],
    ["curl URL --unix-socket FILE", "--unix-socket at character 31"],
    ["iwr URL -Method Put -InFile FILE", "-InFile at character 50"],
  ])("asks for leave before %j uses anything of this machine, and sends nothing", async (command, where) => {
    let asked = 0;
    const base = await serve((_request, response) => void (asked++, response.end()));
    const padded = `${base}/`.padEnd(24, "x");
    const { code, err } = await triage(command.replace("URL", padded).replace("FILE", "/no/such/file"));
    expect(err).toContain(`${where} uses "/no/such/file" of this machine; allow that with --allow-files`);
    expect([code, asked]).toEqual([2, 0]);
  });

  it("puts the boundary behind the type that a command gives for its form", async () => {
    const types: (string | undefined)[] = [];
    const base = await serve((request, response) => void (types.push(request.headers["content-type"]), response.end()));
    await triage(`curl ${base}/ -X PUT -H 'content-type: multipart/form-data' -F a=1`);
    expect(types[0]).toMatch(/^multipart\/form-data; boundary=-+[0-9a-f]{22}$/);
  });

  it("names every file at once, the first five of them", async () => {
    const { err } = await triage("curl http://127.0.0.1:1/ -d @/no/1 -d @/no/2 --cacert /no/3");
    expect(err).toMatch(
      /-d at character \d+ uses "\/no\/1", -d at character \d+ uses "\/no\/2", --cacert at character \d+ uses "\/no\/3" of this/,
    );
    const many = await triage(`curl http://127.0.0.1:1/ ${[1, 2, 3, 4, 5, 6, 7].map((each) => `-d @/no/${each}`).join(" ")}`);
    expect(many.err).toMatch(/uses "\/no\/5", and 2 more of this machine; allow that/);
    expect(many.err).not.toContain("/no/6");
  });

  it.each([
    ["-F 'x=@\"/no/a;b\"'", "/no/a;b"],
    ["-F 'x=@/no/a;b'", "/no/a"],
    ["-F 'x=<\"/no/a\"'", "/no/a"],
  ])("asks leave with %s for the very file that is read", async (option, path) => {
    const command = `curl http://127.0.0.1:1/ ${option}`;
    expect((await triage(command)).err).toContain(`uses "${path}" of this machine`);
    expect((await triage(command, "--allow-files")).err).toContain(`there is no file ${path}`);
  });

  it("sends files with leave as curl does: -d without line ends, --data-binary as they are", async () => {
    const bodies: string[] = [];
    const base = await serve((_request, response, body) => void (bodies.push(body), response.end()));
    const directory = mkdtempSync(join(tmpdir(), "faultline-triage-"));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, "body.txt");
    writeFileSync(file, "a=1\r\nb=2\n");
    await triage(`curl ${base}/ -X POST -d @${file}`, "--allow-files");
    await triage(`curl ${base}/ -X POST --data-binary @${file}`, "--allow-files");
    await triage(`iwr ${base}/ -Method POST -InFile '${file}'`, "--allow-files");
    expect(bodies.filter((body) => body !== "")).toEqual(["a=1b=2", "a=1\r\nb=2\n", "a=1\r\nb=2\n"]);
  });

  it("says what cannot be read without the passwords in it", async () => {
    for (const target of [`time curl -H 'X-Key: ${SECRET}' http://a`, `https://me:${SECRET}@[`, `curl http://a -H X-Key: ${SECRET}`]) {
      const { err, code } = await triage(target);
      expect(code).toBe(2);
      expect(err).not.toContain(SECRET);
    }
  });

  it("takes the first server error of a HAR file, before what the browser gave up or never got", async () => {
    const directory = mkdtempSync(join(tmpdir(), "faultline-triage-"));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const asked: (string | undefined)[] = [];
    const base = await serve((request, response) => void (asked.push(request.url), response.end()));
    const entry = (path: string, response: object) => ({ request: { method: "GET", url: `${base}${path}` }, response });
    const entries = [
      entry("/blocked", { status: 0, _error: "net::ERR_BLOCKED_BY_CLIENT" }),
      entry("/refused", { status: 0, _error: "net::ERR_CONNECTION_REFUSED" }),
      entry("/fails", { status: 500 }),
    ];
    writeFileSync(join(directory, "a.har"), JSON.stringify({ log: { entries } }));
    const { out } = await triage(join(directory, "a.har"));
    expect(asked[0]).toBe("/fails");
    expect(out).toContain("entry 2 of 3; 2 entries failed");
    writeFileSync(join(directory, "b.har"), JSON.stringify({ log: { entries: entries.slice(0, 1) } }));
    expect((await triage(join(directory, "b.har"))).err).toContain("none that failed");
  });

  it("names a broken HAR file's mistake", async () => {
    const directory = mkdtempSync(join(tmpdir(), "faultline-triage-"));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    writeFileSync(join(directory, "broken.har"), '{"log":');
    expect((await triage(join(directory, "broken.har"))).err).toContain("no JSON: it ends too early, at line 1, character 8");
    writeFileSync(join(directory, "empty.har"), '{"log":{"entries":[]}}');
    expect((await triage(join(directory, "empty.har"))).err).toContain("has no entry with an http or https URL");
  });
});
