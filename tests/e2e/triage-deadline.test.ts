/** One time for everything: whatever a server does with a request, the verdict comes in time, and what there was no time for is said. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFaultline } from "../../packages/cli/src/main.ts";

/** What a person may wait for a verdict, from the first request to the last word. */
const PROMISE_MS = 10_000;

type Report = {
  readonly triage: {
    readonly diagnosis: {
      readonly scope: { readonly failing: number };
      readonly causes: readonly { readonly cause: string; readonly confidence: number }[];
    };
  };
  readonly probes: readonly {
    readonly purpose: string;
    readonly response?: { readonly status: number; readonly bodyEnd?: string };
    readonly failure?: { readonly phase: string; readonly code: string; readonly message: string };
    readonly firstByteMs?: number;
  }[];
  readonly undone: readonly string[];
};

async function triage(...words: string[]): Promise<{ readonly report: Report; readonly tookMs: number }> {
  let [out, err] = ["", ""];
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  const startedMs = performance.now();
  await runFaultline(["triage", "--json", ...words], io);
  const tookMs = performance.now() - startedMs;
  if (out === "") throw new Error(err);
  return { report: JSON.parse(out) as Report, tookMs };
}

const servers: Server[] = [];
const sockets = new Set<Socket>();
const timers = new Set<NodeJS.Timeout>();

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.on("connection", (socket: Socket) => void sockets.add(socket.on("error", () => {})));
  servers.push(server);
  return (server.address() as AddressInfo).port; // listening on a port, so the address is no pipe
}

/** A server that does this with each connection once its request has come. */
function serve(answer: (socket: Socket, path: string) => void): Promise<number> {
  return listen(createServer((socket) => void socket.once("data", (data) => answer(socket, data.toString("latin1").split(" ")[1] ?? ""))));
}

function later(ms: number, then: () => void): void {
  timers.add(setTimeout(then, ms));
}

/** Writes a text for ever, one piece each 50 ms. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  timers.add(setInterval(() => void (socket.writable && socket.write(text[at++ % text.length] ?? "")), 50));
}

const respond = (status: string, body = "{}"): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
const FAILURE = respond("500 Internal Server Error");
/** Redirects from /1 to /2 and /3, each after 2.5 s; there it says nothing. */
function leadOn(socket: Socket, path: string): void {
  const next = Number(path.slice(1)) + 1;
  if (next < 4) later(2_500, () => socket.end(respond(`302 Found\r\nLocation: /${next}`)));
}

/** Only /x takes its time. */
function failAfterASecond(socket: Socket, path: string): void {
  later(path === "/x" ? 1_000 : 0, () => socket.end(FAILURE));
}

/** Redirects late from /late to /there, which fails at once; everything else fails after 5 s. */
function leadOnLate(socket: Socket, path: string): void {
  if (path === "/late") later(2_000, () => socket.end(respond("302 Found\r\nLocation: /there")));
  else later(path === "/there" ? 0 : 5_000, () => socket.end(FAILURE));
}

/** Fails the first time and then says nothing. */
function failOnce(): (socket: Socket) => void {
  const answers = [FAILURE];
  return (socket) => {
    const answer = answers.pop();
    if (answer !== undefined) socket.end(answer);
  };
}

/** As much of a ServerHello as tells that TLS is spoken. */
const HALF_A_HELLO = Buffer.from("160303007a020000760303", "hex");
const isServerError = ({ purpose, response }: Report["probes"][number]): boolean => purpose !== "simple" && response?.status === 504;

const folder = mkdtempSync(join(tmpdir(), "faultline-deadline-"));
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const [key, cert] = [join(folder, "own.key"), join(folder, "own.crt")];
beforeAll(async () => {
  const size = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  spawnSync("openssl", ["req", "-x509", ...size, "-keyout", key, "-out", cert, "-subj", "/CN=a.test"]);
  // What the command is made of is read before anything is measured.
  await triage(`https://127.0.0.1:${await serve((socket) => socket.end())}/x`);
});
afterAll(() => {
  for (const timer of timers) clearTimeout(timer);
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.concurrent("a verdict within ten seconds of a server that", () => {
  it("accepts and says nothing", async () => {
    const { report, tookMs } = await triage(`http://127.0.0.1:${await serve(() => {})}/x`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.triage.diagnosis.causes[0]?.cause).toBe("dependency-timeout");
    expect(report.probes.map(({ purpose }) => purpose)).toEqual(["first", "again", "simple"]);
  });

  it.each([
    ["never answers a handshake", (socket: Socket) => void socket],
    ["begins a handshake and stops", (socket: Socket) => void socket.write(HALF_A_HELLO)],
    ["drips a handshake", (socket: Socket) => drip(socket, HALF_A_HELLO.toString("latin1"))],
  ])("%s", async (_, shake) => {
    const { report, tookMs } = await triage(`https://127.0.0.1:${await serve(shake)}/x`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.triage.diagnosis.causes[0]?.cause).toBe("tls-failure");
  });

  it.skipIf(!hasOpenssl)("shakes hands over TLS and then says nothing", async () => {
    const port = await listen(createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, () => {}));
    const { report, tookMs } = await triage(`https://127.0.0.1:${port}/x`, "--insecure", "--direct", `https://127.0.0.1:${port}`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.triage.diagnosis.causes[0]?.cause).toBe("dependency-timeout");
    expect(report.undone).toEqual([]);
  });

  it.each([
    ["sends its status line and no more", (socket: Socket) => void socket.write("HTTP/1.1 500 Internal Server Error\r\n")],
    ["drips its headers", (socket: Socket) => drip(socket, `HTTP/1.1 500 No\r\nX-Drip: ${"x".repeat(900)}`)],
    ["says 100 Continue for ever", (socket: Socket) => drip(socket, "HTTP/1.1 100 Continue\r\n\r\n")],
  ])("%s", async (_, answer) => {
    const { report, tookMs } = await triage(`http://127.0.0.1:${await serve(answer)}/x`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.probes[0]?.failure).toMatchObject({ phase: "response", code: "TIMEOUT", message: expect.stringContaining("bytes") });
  });

  it("drips its body", async () => {
    const port = await serve((socket) => {
      socket.write("HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
      drip(socket, "1\r\nx\r\n");
    });
    const { report, tookMs } = await triage(`http://127.0.0.1:${port}/x`, "--repeat", "3", "--direct", `http://127.0.0.1:${port}`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.probes[0]?.response).toMatchObject({ status: 500, bodyEnd: "still coming" });
  });

  it("redirects slowly from place to place, and hangs in the last", async () => {
    const port = await serve(leadOn);
    const { report, tookMs } = await triage(`http://127.0.0.1:${port}/1`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.probes[0]).toMatchObject({ purpose: "first", failure: { phase: "response", code: "TIMEOUT" } });
  });

  it("answers the first try and hangs with the second", async () => {
    const port = await serve(failOnce());
    const { report, tookMs } = await triage(`http://127.0.0.1:${port}/x`, "--direct", `http://127.0.0.1:${port}`);
    expect(tookMs).toBeLessThan(PROMISE_MS);
    expect(report.probes.map(({ purpose }) => purpose)).toEqual(["first", "again", "direct", "simple"]);
  });

  it("takes a second for each of fifty repetitions, or for each size of a body, and says how many there was no time for", async () => {
    const port = await serve(failAfterASecond);
    const body = `curl http://127.0.0.1:${port}/x -X PUT --json '{"a":"${"x".repeat(20_000)}"}'`;
    const [repeated, halved] = await Promise.all([
      triage(`http://127.0.0.1:${port}/x`, "--repeat", "50"),
      triage(body, "--probe-body", "--direct", `http://127.0.0.1:${port}`),
    ]);
    expect(repeated.tookMs).toBeLessThan(PROMISE_MS);
    expect(halved.tookMs).toBeLessThan(PROMISE_MS);
    expect(repeated.report.undone.join()).toMatch(/^\d\d of 50 repetitions$/);
  });

  it.each([5_000, 7_000, 9_000])(
    "answers with 504 after %i ms: the time is seen, and a try that was cut short is no failure",
    async (ms) => {
      const port = await serve((socket) => later(ms, () => socket.end(respond("504 Gateway Timeout"))));
      const { report, tookMs } = await triage(`http://127.0.0.1:${port}/x`);
      expect(tookMs).toBeLessThan(PROMISE_MS);
      expect(report.probes[0]).toMatchObject({ response: { status: 504 } });
      expect(report.probes[0]?.firstByteMs).toBeGreaterThanOrEqual(ms);
      expect(report.triage.diagnosis.causes.map(({ cause }) => cause)).toContain("gateway-timeout");
      const failed = report.probes.filter(isServerError);
      expect(report.triage.diagnosis.scope.failing).toBe(failed.length);
    },
  );
});

/** A shell in namespaces of its own: its loopback has a name server that takes every question and answers none. */
const SILENT_NAME_SERVER = `ip link set lo up
"$0" -e 'require("node:dgram").createSocket("udp4").bind(53, "127.0.0.1"); setTimeout(() => process.exit(), 60000)' & server=$!
echo "nameserver 127.0.0.1" > "$3"; mount --bind "$3" /etc/resolv.conf
sleep 0.5; began=$(date +%s%N); "$0" "$1" triage "$2" --timeout 5; code=$?
echo "exit $code after $(( ($(date +%s%N) - began) / 1000000 )) ms"
began=$(date +%s%N); "$0" "$1" triage "$2" --timeout 1 | head -1
echo "unread after $(( ($(date +%s%N) - began) / 1000000 )) ms"; kill $server`;
const hasNamespaces = spawnSync("unshare", ["-mn", "sh", "-c", "ip link set lo up && command -v mount"]).status === 0;

it.skipIf(!hasNamespaces)("gives the prompt back where no name server answers, with the name's failure as the cause", async () => {
  const cli = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
  const words = [process.execPath, cli, "http://shop.example.test/x", join(folder, "resolv.conf")];
  const { stdout } = await promisify(execFile)("unshare", ["-mn", "sh", "-c", SILENT_NAME_SERVER, ...words]);
  expect(stdout).toMatch(/the name was not resolved within [45]\.\d s/);
  expect(stdout).toContain("a name does not");
  expect(stdout).toContain("exit 0 after");
  expect(Number(stdout.replace(/.*exit 0 after (\d+) ms.*/s, "$1"))).toBeLessThan(PROMISE_MS);
  // Nobody reads on behind head: that ends it as well.
  expect(Number(stdout.replace(/.*unread after (\d+) ms.*/s, "$1"))).toBeLessThan(5_000);
});

describe("what a late answer is", () => {
  it("is none of another place's: a redirect that comes late is followed, and what was asked beside it is dropped", async () => {
    const port = await serve(leadOnLate);
    const { report } = await triage(`http://127.0.0.1:${port}/late`, "--timeout", "4");
    expect(report.probes.map(({ purpose, response }) => [purpose, response?.status])).toEqual([
      ["first", 500],
      ["again", 500],
      ["simple", undefined],
    ]);
  });
});
