import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { buildReport } from "../report/build-report.ts";
import { parseLogsOptions } from "../options.ts";
import { Tally } from "../tally/tally.ts";
import { renderTerminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-terminal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = "/api/v2/organisations/7/workspaces/9/environments/3/deployments/8/rollback-to-the-previous-release";
const PATHS = [LONG, "/checkout", "/日本語/パス", "/health"];

async function renderText(text: string, width: number): Promise<string> {
  const name = join(folder, "any.log");
  writeFileSync(name, text);
  const options = await parseLogsOptions([name], Date.UTC(2026, 10, 22));
  const tally = new Tally(options.limits);
  await analyzeSource({ name, onBytes: () => undefined }, { ...options, tally });
  tally.finish();
  return renderTerminal(buildReport(tally, { files: [name], top: 12 }), { width, hasColors: false });
}

async function render(width: number): Promise<string> {
  const name = join(folder, "access.log");
  const lines = Array.from({ length: 400 }, (_, index) => {
    const failed = index % 8 < 3;
    const time = `21/Nov/2026:10:${String(Math.floor(index / 60)).padStart(2, "0")}:${String(index % 60).padStart(2, "0")} +0000`;
    const answer = failed
      ? '504 12 "-" "curl" rt=60.001 ua="10.0.0.2:80" us="504" uht="-"'
      : '200 12 "-" "curl" rt=0.012 ua="-" us="-" uht="-"';
    return `10.0.0.1 - - [${time}] "GET ${PATHS[index % 4] ?? ""} HTTP/1.1" ${answer}`;
  });
  writeFileSync(name, [...lines, "not a line of any log"].join("\n"));
  const options = await parseLogsOptions([name], Date.UTC(2026, 10, 22));
  const tally = new Tally(options.limits);
  await analyzeSource({ name, onBytes: () => undefined }, { ...options, tally });
  tally.finish();
  return renderTerminal(buildReport(tally, { files: [name], top: 12 }), { width, hasColors: false });
}

describe("the report on a terminal", () => {
  it.each([50, 66, 80, 120, 160])("keeps to %i columns, except for the title of a long route", async (width) => {
    const tooWide = (await render(width)).split("\n").filter((line) => line.length > width);
    expect(tooWide.filter((line) => !/^\d\. \d{3} on /.test(line))).toEqual([]);
  });

  it.each([50, 80])("shows the full name of a long route once, at %i columns", async (width) => {
    expect(await render(width)).toContain("rollback-to-the-previous-release");
  });

  it("tells long routes apart by their ends, and shows enough of a line to include its status, at 60 columns", async () => {
    const target = (end: string) => `/api/v2/organisations/all/workspaces/all/environments/all/${end}`;
    const line = (end: string) => `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET ${target(end)} HTTP/1.1" 502 12 "-" "curl/8.4.0" 0.004`;
    const shown = await renderText([...Array(9).fill(line("deployments")), ...Array(5).fill(line("releases"))].join("\n"), 60);
    expect(shown).toMatch(/9 {2}502 {3}GET \/api\/\S*…\S*\/deployments {2}/);
    expect(shown).toMatch(/5 {2}502 {3}GET \/api\/\S*…\S*\/releases {2}/);
    expect(shown.replaceAll(/\n {12}/g, "")).toContain(line("deployments"));
  });

  it("aligns columns after characters that are two columns wide", async () => {
    const rows = (await render(120)).split("\n").filter((line) => /^\s+\d+ {2}504/.test(line));
    const columns = rows.map((row) => row.replaceAll(/[日本語パス]/g, "ab").indexOf(" %"));
    expect(new Set(columns).size).toBe(1);
  });

  it("begins with the verdict and where it applies, then what to check and what to run", async () => {
    const timeout = (index: number) =>
      `10.0.0.1 - - [21/Nov/2026:10:00:0${index} +0000] "GET /pay HTTP/1.1" 504 12 "-" "curl" rt=60.001 uct="0.001" uht="-" urt="60.001" ua="10.0.0.2:80" us="504"`;
    const shown = await renderText([0, 1, 2, 3].map(timeout).join("\n"), 160);
    const [verdict, ...others] = shown.split("\n");
    expect(verdict).toBe("Verdict: diagnosed (gateway-timeout, 70 %): 504 on GET /pay, made by nginx (95 %)");
    expect(others.slice(0, 3)).toEqual([
      expect.stringMatching(/^ {2}next: what does the route wait for\?/),
      "  next: How long does nginx wait for what is behind it?",
      "        $ nginx -T 2>/dev/null | grep -E '_(connect|read|send)_timeout'",
    ]);
  });

  it("breaks a command only where a shell joins the lines again", async () => {
    const refused = (index: number) =>
      `2026/11/21 10:00:0${index} [error] 12#12: *1 SSL_do_handshake() failed (SSL: error:0A00010B) while SSL handshaking to upstream, client: 10.0.0.1, server: shop, request: "GET /pay HTTP/1.1", upstream: "https://10.0.0.2:8443/pay", host: "shop"`;
    const access = (index: number) => `10.0.0.1 - - [21/Nov/2026:10:00:0${index} +0000] "GET /pay HTTP/1.1" 502 12 "-" "curl"`;
    const shown = await renderText([0, 1, 2].flatMap((index) => [access(index), refused(index)]).join("\n"), 60);
    expect(shown.replaceAll(/ \\\n */g, " ")).toContain(
      "$ openssl s_client -connect 10.0.0.2:8443 -servername 10.0.0.2 </dev/null | openssl x509 -noout -dates -subject -issuer -ext subjectAltName\n",
    );
    expect(shown).toMatch(/ \\\n/);
  });

  it("gives the evidence for a cause once", async () => {
    expect((await render(160)).match(/the failures all end after the same time/g)).toHaveLength(3);
  });

  it("says once why nothing tells who wrote the answers, and writes the time at which they began as a person would", async () => {
    const line = (second: number, path: string, status: number) =>
      `10.0.0.1 - - [21/Nov/2026:10:${String(10 + Math.floor(second / 60))}:${String(second % 60).padStart(2, "0")} +0000] "GET ${path} HTTP/1.1" ${status} 12 "-" "curl"`;
    const good = Array.from({ length: 240 }, (_, second) => line(second, "/cart", 200));
    const bad = Array.from({ length: 60 }, (_, second) => line(240 + second, `/${second % 2}/pay`, 502));
    const shown = await renderText([...good, ...bad].join("\n"), 160);
    expect(shown.match(/these lines carry nothing of the hop behind/g)).toHaveLength(1);
    expect(shown).toContain("   made by  unknown, as under 1\n");
    expect(shown).toMatch(/the failures begin at about 2026-11-21 10:1\d:\d\d UTC\n/);
    expect(shown).toMatch(/% of requests failed before it, \d+\.\d\d % from then on\n/);
    expect(shown).toMatch(/what changed shortly before 2026-11-21 10:1\d:\d\d UTC: a deploy/);
  });

  it.each([
    ["an empty file", "", "there are no lines"],
    ["lines of no known layout", "hello\nworld of lines\n", "none of 2 lines was understood"],
    ["an application's log alone", "2026-11-20T10:00:00.000Z ERROR [main] could not reach the shop\n", "name the access log beside it"],
  ])("says what to do about %s, not that all is well", async (_, text, words) => {
    const shown = await renderText(text, 60);
    expect(shown.replaceAll(/\s+/g, " ")).toContain(words);
    expect(shown).not.toContain("server errors");
    expect(shown.split("\n").filter((line) => line.length > 60)).toEqual([]);
  });
});
