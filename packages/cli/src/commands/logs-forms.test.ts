import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-joined-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, line: string): string {
  writeFileSync(join(folder, name), line);
  return join(folder, name);
}

const ACCESS = write("access.log", '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /cart HTTP/1.1" 502 5 "-" "curl" 0.001');
const ERROR = write(
  "error.log",
  '2026/11/21 10:00:00 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: a, request: "GET /cart HTTP/1.1", upstream: "http://127.0.0.1:1/", host: "a"',
);

it.each([[], ["--markdown"], ["--html"]])("quotes once what was logged beside a failure and speaks for its cause (%s)", async (...form) => {
  let out = "";
  const stdin = (async function* () {})();
  const io = { stdout: { write: (text: string) => (out += text), columns: 140 }, stderr: { write: () => true }, stdin, env: {} };
  await runFaultline(["logs", ...form, ACCESS, ERROR], io);
  expect(out.replaceAll(/\s+/g, " ").match(/nginx-error: connect\\?\(|logged \(1|log +connect/g)).toHaveLength(1);
});

it.each(["--markdown", "--html"])("names the day of a single one in the head alone (%s)", async (form) => {
  let out = "";
  const stdin = (async function* () {})();
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true }, stdin, env: {} };
  await runFaultline(["logs", form, ACCESS], io);
  expect(out).toMatch(/(?:<td>|\| )10:00:00(?:<\/td>| \|)/);
  expect(out).not.toMatch(/(?:<td>|\| )2026-11-21/);
});
