import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const directory = mkdtempSync(join(tmpdir(), "faultline-handed-on-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const access = join(directory, "access.log");
writeFileSync(access, '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /reset?token=Zt7-qqLm4-Wv9&page=2 HTTP/1.1" 500 5 "-" "curl/8"\n');

/** What `faultline logs` prints. */
async function print(...words: readonly string[]): Promise<string> {
  let out = "";
  const stdin = (async function* () {})();
  const io = { stdout: { write: (text: string) => (out += text), columns: 120 }, stderr: { write: () => true }, stdin, env: {} };
  await runFaultline(["logs", ...words], io);
  return out;
}

it.each(["--markdown", "--html"])("hands no secret on that a line quotes (%s)", async (form) => {
  const handed = await print(form, access);

  expect(handed).toContain("page=2");
  expect(handed).not.toContain("qqLm4");
});

it.each([[], ["--json"]])("shows a line on this terminal and to a program as it was logged (%s)", async (...form) => {
  expect(await print(...form, access)).toContain("token=Zt7-qqLm4-Wv9");
});

it.each(["--markdown", "--html"])("hands no secret on that an application's error quotes (%s)", async (form) => {
  const [seen, application] = [join(directory, "nginx.access.log"), join(directory, "orders.log")];
  writeFileSync(seen, '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /orders/7 HTTP/1.1" 500 5 "-" "curl/8"\n');
  const message = "no answer to https://ledger.example/pay?token=Zt7-qqLm4-Wv9";
  const error = { type: "TypeError", message, stack: `TypeError: ${message}\n    at pay (/app/pay.js:1:1)` };
  const line = { level: 50, time: Date.UTC(2026, 10, 21, 10), pid: 1, hostname: "h", req: { method: "GET", url: "/orders/7" }, err: error };
  writeFileSync(application, `${JSON.stringify({ ...line, msg: message })}\n`);
  const handed = await print(form, seen, application);

  expect(handed).toContain("ledger.example");
  expect(handed).not.toContain("qqLm4");
});
