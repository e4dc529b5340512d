import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Report } from "../logs/report/report.ts";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-httpd-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `faultline logs --json` says of an access log and an error log. */
async function report(accessLines: readonly string[], errorLines: readonly string[]): Promise<Report> {
  const names = [accessLines, errorLines].map((lines, index) => {
    const name = join(folder, `${index}.log`);
    writeFileSync(name, lines.join("\n"));
    return name;
  });
  let out = "";
  const stdin = (async function* () {})();
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true }, stdin, env: {} };
  await runFaultline(["logs", "--json", ...names], io);
  return JSON.parse(out);
}

const access = (second: number, request: string, rest: string) =>
  `10.0.0.1 - - [21/Nov/2026:10:00:0${second} +0000] "${request} HTTP/1.1" ${rest}`;
const FAILED = "[client 10.0.0.1:56610] AH01114: HTTP: failed to make connection to backend: 127.0.0.1";

describe("faultline logs beside httpd's error log, whose lines name a client and no request", () => {
  const at = (second: number) => `[Sat Nov 21 10:00:${String(second).padStart(2, "0")}.186333 2026] [proxy:error] [pid 9:tid 7] `;
  const refused = (second: number, client = "10.0.0.1") => [
    `${at(second)}(111)Connection refused: AH00957: HTTP: attempt to connect to 127.0.0.1:9001 (127.0.0.1:9001) failed`,
    `${at(second)}${FAILED.replace("10.0.0.1", client)}`,
  ];
  const seconds = Array.from({ length: 4 }, (_, index) => index);
  const failing = seconds.map((second) => access(second, "GET /cart", '503 312 "-" "curl"'));

  it("knows by time and client that httpd wrote the 503, and why", async () => {
    const [route] = (
      await report(
        failing,
        seconds.flatMap((second) => refused(second)),
      )
    ).routes;
    expect(route?.madeBy).toMatchObject({ hop: "observer", observer: "httpd" });
    expect(route?.joined).toMatchObject([{ count: 4, by: "time and client" }]);
    expect(route?.joined[0]?.text).toContain("attempt to connect to 127.0.0.1:9001");
    expect(route?.causes).toMatchObject([{ cause: "connection-refused" }]);
  });

  it.each([
    [
      "resource-exhausted",
      ["(70007)The timeout specified has expired: AH00957: HTTP: attempt to connect to 10.0.0.9:80 (*) failed", FAILED],
    ],
    [
      "keepalive-race",
      ["(104)Connection reset by peer: [client 10.0.0.1:5] AH01102: error reading status line from remote server shop:80"],
    ],
  ])("reads the reason out of either line: %s", async (cause, words) => {
    const lines = seconds.flatMap((second) => words.map((each) => `${at(second)}${each}`));
    const [route] = (await report([access(9, "GET /cart", '200 3 "-" "curl"'), ...failing], lines)).routes;
    expect(route?.madeBy).toMatchObject({ hop: "observer", observer: "httpd" });
    expect(route?.causes[0]?.cause).toBe(cause);
  });

  it("gives each message to one request, and to none of another client, time or status", async () => {
    const own = seconds.map((second) => access(second, "GET /own", '500 312 "-" "curl"'));
    const errors = [...seconds.flatMap((second) => refused(second)), ...refused(30), ...refused(1, "10.0.0.2")];
    const { routes } = await report([...failing, ...own], errors);
    expect(routes.map(({ route, joined }) => [route, joined.map(({ count }) => count)])).toEqual([
      ["/cart", [4]],
      ["/own", []],
    ]);
  });

  it("leaves to the request that httpd names what it says right before, and to a 502 no refused connection", async () => {
    const lines = [
      access(1, "GET /other", '502 3 "-" "c"'),
      access(1, "GET /close", '502 3 "-" "c"'),
      access(1, "GET /dead", '503 3 "-" "c"'),
    ];
    const errors = [
      `${at(1)}(20014)Internal error: [client 10.0.0.1:5] AH01102: error reading status line from remote server shop:80`,
      `${at(1)}[client 10.0.0.1:5] AH00898: Error reading from remote server returned by /close`,
      ...refused(1),
    ];
    const { routes } = await report(lines, errors);
    const told = routes.map(({ route, joined }) => [route, joined.map(({ text }) => /AH\d+/.exec(text)?.[0])]);
    expect(Object.fromEntries(told)).toEqual({ "/close": ["AH00898"], "/dead": ["AH00957"], "/other": [] });
  });

  it("shares what one client met at once on several routes", async () => {
    const both = [access(1, "GET /a", '503 3 "-" "c"'), access(1, "GET /b", '503 3 "-" "c"')];
    const { routes } = await report(both, [...refused(1), ...refused(1)]);
    expect(routes.map(({ joined }) => joined.map(({ count, lookedAt }) => [count, lookedAt]))).toEqual([[[1, 1]], [[1, 1]]]);
  });

  it("finds the error of PHP behind a 500", async () => {
    const own = seconds.map((second) => access(second, "GET /own.php", '500 312 "-" "curl"'));
    const errors = seconds.map(
      (second) => `${at(second).replace("proxy", "php")}[client 10.0.0.1:56610] PHP Fatal error:  Uncaught TypeError: x in /srv/own.php:3`,
    );
    const [route] = (await report(own, errors)).routes;
    expect(route?.causes[0]?.cause).toBe("unhandled-exception");
  });

  it.each([
    ["a file that is not there", "[core:error] [pid 9:tid 7] ", "AH00128: File does not exist: /srv/wp-login.php"],
    ["the same with PHP", "[php:error] [pid 9] ", "script '/srv/wp-login.php' not found or unable to stat"],
    ["the same behind PHP-FPM", "[proxy_fcgi:error] [pid 9:tid 7] ", "AH01071: Got error 'Primary script unknown'"],
    ["a client that is not let in", "[authz_core:error] [pid 9:tid 7] ", "AH01630: client denied by server configuration: /srv/.git"],
    [
      "a password that is wrong",
      "[auth_basic:error] [pid 9:tid 7] ",
      'AH01617: user bob: authentication failure for "/x": Password Mismatch',
    ],
    ["a folder without an index", "[autoindex:error] [pid 9:tid 7] ", "AH01276: Cannot serve directory /srv/: No matching DirectoryIndex"],
    ["what ModSecurity refused", "[security2:error] [pid 9:tid 7] ", 'ModSecurity: Access denied with code 403 (phase 2). [uri "/x"]'],
  ])("does not take %s for what a 500 of the same address is about", async (_, where, words) => {
    const own = seconds.map((second) => access(second, "GET /own.php", '500 312 "-" "curl"'));
    const errors = seconds.map((second) => `[Sat Nov 21 10:00:0${second}.186333 2026] ${where}[client 10.0.0.1:56610] ${words}`);
    const [route] = (await report(own, errors)).routes;
    expect(route).toMatchObject({ status: 500, joined: [] });
  });

  it("gives no request what two threads at once say of two servers behind", async () => {
    const failed = (server: string) => `${at(1)}(111)Connection refused: AH00957: HTTP: attempt to connect to ${server} (*) failed`;
    const told = (client: string) => `${at(1)}${FAILED.replace("10.0.0.1", client)}`;
    const errors = [failed("10.0.0.8:80"), failed("10.0.0.9:80"), told("10.0.0.1"), told("10.0.0.2")];
    const [route] = (await report([access(1, "GET /cart", '503 312 "-" "curl"')], errors)).routes;
    expect(route?.joined.map(({ text }) => /AH\d+/.exec(text)?.[0])).toEqual(["AH01114"]);
    expect(route?.causes).toMatchObject([{ cause: "connection-refused" }]);
  });

  it("asks no other program's log by a client alone", async () => {
    const own = seconds.map((second) => access(second, "GET /own", '500 312 "-" "curl"'));
    const errors = seconds.map(
      (second) =>
        `2026/11/21 10:00:0${second} [crit] 7#7: *9 SSL_do_handshake() failed (SSL: error:1) while SSL handshaking, client: 10.0.0.1, server: 0.0.0.0:443`,
    );
    const [route] = (await report(own, errors)).routes;
    expect(route).toMatchObject({ status: 500, joined: [] });
  });
});
