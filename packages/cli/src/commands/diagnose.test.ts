import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const directory = mkdtempSync(join(tmpdir(), "faultline-diagnose-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** One export request with one failing server span that threw. */
function line(index: number): string {
  const start = 1_700_000_000_000 + index * 1000;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const exception = [text("exception.type", "TypeError"), text("exception.message", "x is not a function")];
  const span = {
    traceId: index.toString(16).padStart(32, "a"),
    spanId: index.toString(16).padStart(16, "b"),
    name: "GET /cart",
    kind: 2,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + 20}000000`,
    attributes: [text("http.route", "/cart"), { key: "http.response.status_code", value: { intValue: "500" } }],
    events: [{ name: "exception", timeUnixNano: `${start + 19}000000`, attributes: exception }],
    status: { code: 2 },
  };
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: [text("service.name", "shop")] }, scopeSpans: [{ spans: [span] }] }] });
}

const lines = `${[1, 2, 3].map(line).join("\n")}\n`;

/** Runs `faultline diagnose` and collects what it printed. */
async function run(words: readonly string[], stdin = "") {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text), columns: 60 },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    env: {},
  };
  return { code: await runFaultline(["diagnose", ...words], io), ...printed };
}

describe("faultline diagnose", () => {
  it("shows no secret that an error quotes, on the terminal and as JSON", async () => {
    const quoting = lines.replaceAll("x is not a function", "connect ECONNREFUSED postgres://shop:Zt7-qqLm4-Wv9@db:5432/shop");
    const file = write("secret.jsonl", quoting);
    const [shown, json] = [await run([file]), await run([file, "--json"])];

    expect(shown.out).toContain("postgres://");
    expect(json.out).toContain("postgres://");
    expect(shown.out + json.out).not.toContain("qqLm4");
  });

  it("names the hop and the cause and exits 0", async () => {
    const { code, out } = await run([write("plain.jsonl", lines)]);
    expect(code).toBe(0);
    expect(out).toContain("DIAGNOSED. shop");
    const copied = /^ {6}(?:\$ |npx |app\.)/;
    const told = out.split("\n").filter((each) => !copied.test(each));
    expect(Math.max(...told.map((each) => each.length))).toBeLessThanOrEqual(60);
    // A command that is broken over lines would be pasted as two.
    const prove = "npx faultline prove aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1 --as node:test";
    expect(out).toContain(`\n      $ ${prove} --file ${join(directory, "plain.jsonl")}\n`);
  });

  it.each([
    ["gzip", gzipSync(lines)],
    ["zstd", zstdCompressSync(lines)],
  ])("reads %s by its first bytes", async (name, bytes) => {
    const { code, out } = await run([write(name, bytes), "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: "diagnosed", scope: { failing: 3 }, suspects: [{ service: "shop" }] });
  });

  it("names the files of telemetry in what it says to run, and of those only that", async () => {
    const log = write("nginx.access.log", '10.0.0.1 - - [14/Nov/2023:22:13:21 +0000] "GET /cart HTTP/1.1" 500 0 "-" "-"\n');
    const { out } = await run([write("it's.jsonl", lines), log, "--json"]);
    const { next } = JSON.parse(out) as { next: readonly { command?: string }[] };
    expect(next.at(-1)?.command).toMatch(/ --file '[^ ]*it'\\''s\.jsonl'$/);
    expect((await run(["-", "--json"], lines)).out).not.toContain("--file");
  });

  it("reads standard input", async () => {
    expect((await run(["-", "--json"], lines)).out).toContain('"verdict":"diagnosed"');
  });

  it("takes a window in seconds, milliseconds, nanoseconds or as RFC 3339", async () => {
    const path = write("window.jsonl", lines);
    const failing = async (from: string) => JSON.parse((await run([path, "--json", "--from", from])).out).scope.failing;
    expect(await failing("1700000002")).toBe(2);
    expect(await failing("1700000002000")).toBe(2);
    expect(await failing("1700000002000000000")).toBe(2);
    expect(await failing("2023-11-14T22:13:22Z")).toBe(2);
  });

  it("exits 1 when nothing failed in scope", async () => {
    const { code, out } = await run([write("other.jsonl", lines), "--route", "/nothing"]);
    expect(code).toBe(1);
    expect(out).toContain("No failure in scope");
  });

  it("warns of a half-written last line and goes on", async () => {
    const { code, err } = await run([write("half.jsonl", lines + line(4).slice(0, 100))]);
    expect(code).toBe(0);
    expect(err).toContain("line 4 left out: the last line is half-written");
  });

  it.each([
    ["no file at all", [], "name at least one file"],
    ["a file that is not there", ["/no/such/file"], "there is no file /no/such/file"],
    ["a directory", [directory], "is a directory"],
    ["a file that is no OTLP", [write("text.txt", "hello\n")], "is no OTLP/JSON lines file: line 1"],
    ["a cut-off gzip file", [write("cut.gz", gzipSync(lines).subarray(0, 60))], "cannot be decompressed"],
    ["a time that is none", ["--from", "yesterday", "x"], '--from "yesterday" is no time'],
    ["an unknown option", ["--rout", "/x", "x"], "--rout"],
  ])("says in one sentence what is wrong with %s", async (_what, words, sentence) => {
    const { code, err } = await run(words);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("takes signatures of a team's own, and says what is wrong with a file that holds none", async () => {
    const good = write("own.json", JSON.stringify([{ id: "nginx-502", off: true }]));
    const bad = write("bad.json", JSON.stringify([{ id: "x", vendor: "Acme", hop: "router" }]));
    expect(await run(["--signatures", good, write("own.jsonl", lines)])).toMatchObject({ code: 0 });
    const refused = await run(["--signatures", bad, write("own.jsonl", lines)]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('entry 1 (x): "meaning" must say');
  });

  it("reads the logs of proxies beside traces, and takes a 502 that only they know for a failure", async () => {
    const access = (second: number) =>
      `10.0.0.${second} - - [21/Nov/2026:10:00:0${second} +0000] "GET /orders/${second} HTTP/1.1" 502 157 "-" "curl/8" rt=0.001 ua="10.0.0.9:80" us="502" uht="-"`;
    // nginx writes its error log in the machine's own time, without a zone.
    const hour = String(new Date(Date.UTC(2026, 10, 21, 10)).getHours()).padStart(2, "0");
    const error = (second: number) =>
      `2026/11/21 ${hour}:00:0${second} [error] 7#7: *${second} connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.${second}, server: , request: "GET /orders/${second} HTTP/1.1", upstream: "http://10.0.0.9:80/orders/${second}", host: "shop"`;
    const seconds = [1, 2, 3, 4, 5];
    const files = [
      write("edge.access.log", seconds.map(access).join("\n")),
      write("edge.error.log", gzipSync(seconds.map(error).join("\n"))),
    ];
    const { code, out } = await run(["--json", ...files]);
    expect(JSON.parse(out)).toMatchObject({
      verdict: "diagnosed",
      scope: { service: "edge", route: "/orders/{id}", failing: 5 },
      causes: [{ cause: "connection-refused" }],
      path: [
        { service: "edge", fate: "propagated" },
        { service: "10.0.0.9", fate: "created" },
      ],
    });
    expect(code).toBe(0);
  });

  it.each([
    ["an empty file", "", "there is no telemetry in"],
    ["a file of empty exports", '{"resourceSpans":[]}\n', "is it the right file?"],
    ["text", "hello world\n", "faultline logs says which routes fail"],
    ["JSON over several lines", JSON.stringify(JSON.parse(line(1)), undefined, 2), "jq -c . FILE"],
    ["protobuf", new Uint8Array([10, 3, 1, 0, 7, 10, 5, 5]), "it is binary"],
  ])("refuses %s and says what to do", async (name, content, sentence) => {
    const { code, err } = await run([write(`refused ${name}`, content)]);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("says the name of a file with a dash in it as it is", async () => {
    const { err } = await run([write("half-written.jsonl", `${lines}{"resourceSpans":[{`)]);
    expect(err).toContain("half-written.jsonl: line 4 left out: the last line is half-written");
  });

  it("names the routes that fail when the one asked about does not, and the others beside the one it judged", async () => {
    const orders = line(9).replaceAll("/cart", "/orders");
    const path = write("two-routes.jsonl", `${lines}${orders}\n`);
    expect((await run([path])).out).toContain("ALSO FAILING; ask with --service NAME --route ROUTE\n  1 on /orders of shop");
    const none = await run([path, "--route", "/nothing"]);
    expect(none.out).toContain("  3 on /cart of shop\n  1 on /orders of shop");
    expect(none.out).not.toContain("RULED OUT");
  });

  it("leaves out the end of a time that was left open", async () => {
    const { out } = await run([write("open.jsonl", lines), "--from", "2001-01-01T00:00:00Z"]);
    expect(out.replaceAll(/\s+/g, " ")).toContain("since 2001-01-01 00:00:00 UTC");
  });
});
