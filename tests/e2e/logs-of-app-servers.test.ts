/** `faultline logs` on what gunicorn and uWSGI really write: their default formats, and formats that teams choose. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createLineReader, type FlatRecord, toFlatRecord } from "@faultline/formats/access-log";
import { afterEach, describe, expect, it } from "vitest";
import { findFreePort } from "../rig/real-proxies.ts";

const APPLICATION = `
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/boom":
        raise RuntimeError("boom")
    status = {"/500": "500 Internal Server Error", "/503": "503 Service Unavailable"}.get(path, "200 OK")
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
`;
const ROUTES = ["/", "/500", "/503?q=1", "/boom", "/a%20b/1"];
const AGENT = 'odd "agent"';

type Server = { readonly name: string; readonly program: string; readonly args: (port: number, log: string) => string[] };

const GUNICORN = (format: readonly string[]) => (port: number, log: string) => {
  const listening = ["--bind", `127.0.0.1:${port}`, "--access-logfile", log, "--error-logfile", log];
  return [...listening, ...format, "app:app"];
};
const UWSGI = (options: readonly string[]) => (port: number, log: string) => {
  const listening = ["--plugin", "python3", "--http-socket", `127.0.0.1:${port}`, "--die-on-term", "--logto", log];
  return [...listening, "--wsgi-file", "app.py", "--callable", "app", ...options];
};

const SERVERS: readonly Server[] = [
  { name: "gunicorn", program: "gunicorn", args: GUNICORN([]) },
  {
    name: "gunicorn with its time in µs",
    program: "gunicorn",
    args: GUNICORN(["--access-logformat", '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(D)s']),
  },
  {
    name: "gunicorn with a short format",
    program: "gunicorn",
    args: GUNICORN(["--access-logformat", '%(t)s %(p)s %(h)s "%(r)s" %(s)s %(L)s']),
  },
  { name: "uWSGI", program: "uwsgi", args: UWSGI([]) },
  { name: "uWSGI with dates and µs", program: "uwsgi", args: UWSGI(["--log-date", "--log-micros"]) },
  {
    name: "uWSGI in Apache's format",
    program: "uwsgi",
    args: UWSGI(["--logformat", '%(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(size) "%(referer)" "%(uagent)"']),
  },
];

const isThere = ({ program }: Server) => spawnSync(program, ["--version"]).status === 0;

async function send(url: string): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const outgoing = request(url, { agent: false, headers: { "user-agent": AGENT } }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    outgoing.on("error", () => resolve(undefined));
    outgoing.end();
  });
}

async function waitForServer(url: string): Promise<void> {
  for (let round = 0; round < 100 && (await send(url)) === undefined; round += 1) await setTimeout(100);
}

const isAnswered = (record: FlatRecord) => "http.response.status_code" in record && record["url.path"] !== "/ready";

async function readLog(file: string, count: number): Promise<readonly FlatRecord[]> {
  let records: readonly FlatRecord[] = [];
  for (let round = 0; round < 50; round += 1) {
    const reader = createLineReader({ context: { nowMs: Date.now(), zoneOffsetMinutes: 0 } });
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    records = lines.map((line) => toFlatRecord(reader.read(line))).filter((record) => record !== undefined);
    if (records.filter(isAnswered).length >= count) break;
    await setTimeout(100);
  }
  return records;
}

describe.each(SERVERS.filter(isThere))("lines of a real $name", ({ program, args }) => {
  const folder = mkdtempSync(join(tmpdir(), "faultline-app-server-"));
  const stopped: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of stopped.splice(0)) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("are all understood, with the status, path and time of each request", async () => {
    const [port, log] = [await findFreePort(), join(folder, "server.log")];
    writeFileSync(join(folder, "app.py"), APPLICATION);
    writeFileSync(log, "");
    stopped.push(spawn(program, args(port, log), { cwd: folder, stdio: "ignore" }));
    await waitForServer(`http://127.0.0.1:${port}/ready`);
    for (const route of ROUTES) await send(`http://127.0.0.1:${port}${route}`);
    const records = await readLog(log, ROUTES.length);
    expect(records.filter((record) => "unparsed" in record)).toEqual([]);
    const answered = records.filter(isAnswered);
    expect(answered.map((record) => record["url.path"])).toEqual(["/", "/500", "/503", "/boom", "/a%20b/1"]);
    expect(answered.map((record) => record["http.response.status_code"])).toEqual([200, 500, 503, 500, 200]);
    expect(answered[2]).toMatchObject({ "url.query": "q=1", "http.request.method": "GET", "client.address": "127.0.0.1" });
    const times = answered.map((record) => Math.abs(Date.parse(String(record["time"])) - Date.now()));
    expect(Math.max(...times)).toBeLessThan(60_000);
  }, 30_000);
});
