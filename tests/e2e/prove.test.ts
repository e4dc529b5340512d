/** A recorded failure becomes a test that is red against the bug and green against the fix, under the real runner. */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRedactor } from "@faultline/guard/redact";
import { runFaultline } from "../../packages/cli/src/main.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom, type Random } from "../rig/seeded-random.ts";

const REPLANTINGS = 100;
const SEED = Date.now() % 1_000_000;
const CLI = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));

type Input = { readonly method: string; readonly target: string; readonly headers: Record<string, string>; readonly body?: string };

/** A bug, an input that meets it, and the guard that its fix adds. */
type Bug = {
  readonly name: string;
  readonly createInput: (random: Random) => Input;
  readonly run: (input: Input) => unknown;
  readonly isRefused: (input: Input) => boolean;
};

const json = (target: string, value: unknown): Input => ({
  method: "POST",
  target,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});
const numberOf = (random: Random) => Math.floor(random() * 1e6);
const parse = ({ body }: Input): Record<string, never> => JSON.parse(body ?? "null") as Record<string, never>;
const isJson = (input: Input) => {
  try {
    return typeof parse(input) === "object";
  } catch {
    return false;
  }
};

const BUGS: readonly Bug[] = [
  {
    name: "a missing member",
    createInput: (random) => json("/orders", { id: numberOf(random), items: null }),
    run: (input) => (parse(input)["items"] as unknown as unknown[]).length,
    isRefused: (input) => !Array.isArray(parse(input)["items"]),
  },
  {
    name: "malformed JSON",
    createInput: (random) => ({
      method: "PUT",
      target: `/orders/${numberOf(random)}`,
      headers: { "content-type": "application/json" },
      body: `{"a":${numberOf(random)}`,
    }),
    run: parse,
    isRefused: (input) => !isJson(input),
  },
  {
    name: "a date that is none",
    createInput: (random) => ({ method: "GET", target: `/report?from=2026-13-${numberOf(random)}`, headers: {} }),
    run: ({ target }) => new Date(new URL(target, "http://x").searchParams.get("from") ?? "").toISOString(),
    isRefused: ({ target }) => Number.isNaN(Date.parse(new URL(target, "http://x").searchParams.get("from") ?? "")),
  },
  {
    name: "a percent sign of no encoding",
    createInput: (random) => ({ method: "GET", target: `/files/%E0%A4%A?n=${numberOf(random)}`, headers: {} }),
    run: ({ target }) => decodeURIComponent(target),
    isRefused: ({ target }) => /%(?![0-9A-F]{2})/i.test(target),
  },
  {
    name: "an absent header",
    createInput: (random) => ({ method: "DELETE", target: `/carts/${numberOf(random)}`, headers: { accept: "application/json" } }),
    run: ({ headers }) => (headers["x-tenant"] as string).trim(),
    isRefused: ({ headers }) => headers["x-tenant"] === undefined,
  },
  {
    name: "a number beside a secret",
    createInput: (random) => json("/login", { user: "bob@corp.test", password: `p-${numberOf(random)}x`, attempt: 1.5 }),
    run: (input) => BigInt(parse(input)["attempt"] as unknown as number),
    isRefused: (input) => !Number.isInteger(parse(input)["attempt"]),
  },
  {
    name: "a form field of another kind",
    createInput: (random) => ({
      method: "POST",
      target: "/pay",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `amount=${numberOf(random)}e&card=4111+1111+1111+1111`,
    }),
    run: ({ body }) => BigInt(new URLSearchParams(body).get("amount") ?? ""),
    isRefused: ({ body }) => !/^\d+$/.test(new URLSearchParams(body).get("amount") ?? ""),
  },
];

let current: { bug: Bug; isFixed: boolean } | undefined;
let recorded = "";
let server: Server;
let target = "";
const directory = mkdtempSync(join(tmpdir(), "faultline-prove-"));
const redactor = createRedactor();

async function readInput(request: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString() };
  return { method: request.method ?? "", target: request.url ?? "", headers, ...body };
}

/** What a guard records of a failing request, as one OTLP/JSON line. */
function record(input: Input, traceId: string): string {
  const [path = "", query] = redactor.redactUrl(input.target).split("?");
  const attributes: Record<string, string | number> = {
    "http.request.method": input.method,
    "http.route": path,
    "url.path": path,
    "http.response.status_code": 500,
    "error.type": "TypeError",
  };
  for (const [name, value] of Object.entries(redactor.redactHeaders(input.headers))) attributes[`http.request.header.${name}`] = value;
  Object.assign(attributes, query === undefined ? {} : { "url.query": query });
  Object.assign(
    attributes,
    input.body === undefined ? {} : { "http.request.body.content": redactor.redactBody(input.body, input.headers["content-type"]).text },
  );
  const toValue = (value: string | number) => (typeof value === "number" ? { intValue: String(value) } : { stringValue: value });
  const span = {
    traceId,
    spanId: traceId.slice(0, 16),
    name: `${input.method} ${path}`,
    kind: 2,
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000010000000",
    status: { code: 2 },
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) })),
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
  return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] })}\n`;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const input = await readInput(request);
  const send = (status: number, body: unknown, type = "application/json") =>
    response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
  try {
    if (current?.isFixed === true && current.bug.isRefused(input)) {
      send(400, { type: "about:blank", title: "Bad Request", status: 400 }, "application/problem+json");
      return;
    }
    current?.bug.run(input);
    send(200, { ok: true });
  } catch {
    recorded = record(input, Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join(""));
    send(500, { error: "internal" });
  }
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

type Outcome = { readonly code: number; readonly output: string };

function run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    // A test runner inside a test runner would take this for one of its own children.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...rest } = process.env;
    execFile(file, args, { env: { ...rest, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}

/** Runs a generated test under node:test, in one process: a second one for each file would double the time. */
function runTest(file: string): Promise<Outcome> {
  return run(process.execPath, ["--test", "--test-isolation=none", file], { FAULTLINE_TARGET: target });
}

/** Runs `faultline prove` in this process; resolves to its exit code. */
function prove(words: readonly string[]): Promise<number> {
  const sink = { write: () => true };
  return runFaultline(["prove", ...words], { stdout: sink, stderr: sink, stdin: (async function* () {})(), env: {} });
}

/** Meets the bug once over HTTP, exactly as sent, so that the server records it. */
async function meet({ method, target: path, headers, body }: Input): Promise<void> {
  const { request } = await import("node:http");
  await new Promise<void>((resolve, reject) => {
    const sent = request(new URL(target), { method, path, headers }, (response) => response.resume().on("end", resolve));
    sent.on("error", reject).end(body);
  });
}

describe(`a proof of a failure (seed ${SEED})`, () => {
  it(`is red with the bug and green with the fix, for ${REPLANTINGS} planted bugs, under node:test`, { timeout: 600_000 }, async () => {
    const random = createRandom(SEED);
    for (let planted = 0; planted < REPLANTINGS; planted++) {
      const bug = BUGS[planted % BUGS.length] as Bug;
      const input = bug.createInput(random);
      current = { bug, isFixed: false };
      await meet(input);
      const log = join(directory, `${planted}.jsonl`);
      const test = join(directory, `${planted}.test.mjs`);
      writeFileSync(log, recorded);
      const made = await prove(["latest", "--file", log, "--out", test]);
      const red = await runTest(test);
      current = { bug, isFixed: true };
      const green = await runTest(test);
      const outcome = [made, red.code, red.output.includes("still answers 500"), green.code];
      expect([bug.name, JSON.stringify(input), ...outcome]).toEqual([bug.name, JSON.stringify(input), 0, 1, true, 0]);
    }
  });

  it("holds nothing of the secrets that the request carried", async () => {
    const bug = BUGS[5] as Bug;
    current = { bug, isFixed: false };
    const secret = `hunter${SEED}z`;
    await meet({
      ...json("/login?token=abc", { user: "bob@corp.test", password: secret, attempt: 0.5 }),
      headers: { "content-type": "application/json", cookie: `sid=${secret}`, authorization: `Bearer ${secret}` },
    });
    const log = join(directory, "secret.jsonl");
    writeFileSync(log, recorded);
    for (const form of ["node:test", "vitest", "jest", "curl", "hurl"]) {
      const { code, output } = await run(process.execPath, [CLI, "prove", "latest", "--file", log, "--as", form]);
      expect(code).toBe(0);
      expect(output).not.toContain(secret);
      expect(output).not.toContain("bob@corp");
    }
  });

  it("starts the app by itself, be it a listener, a server, or an object with fetch", { timeout: 120_000 }, async () => {
    current = { bug: BUGS[0] as Bug, isFixed: false };
    await meet(json("/orders", { items: null }));
    const log = join(directory, "app.jsonl");
    writeFileSync(log, recorded);
    const apps = {
      "listener.mjs": "export default (request, response) => { request.resume(); response.statusCode = STATUS; response.end(); };",
      "server.mjs":
        "import http from 'node:http'; export const server = http.createServer((request, response) => { response.statusCode = STATUS; response.end(); });",
      "fetch.mjs":
        "export default { fetch: async (request) => new Response(null, { status: (await request.json()).items === null ? STATUS : 418 }) };",
    };
    for (const [name, source] of Object.entries(apps)) {
      const test = join(directory, `${name}.test.mjs`);
      const codes: number[] = [];
      for (const status of [500, 204]) {
        writeFileSync(join(directory, name), source.replace("STATUS", String(status)));
        await run(process.execPath, [CLI, "prove", "latest", "--file", log, "--app", join(directory, name), "--out", test, "--force"]);
        codes.push((await run(process.execPath, ["--test", test])).code);
      }
      expect([name, ...codes]).toEqual([name, 1, 0]);
    }
  });

  it("is red and green as a shell script around curl, and refuses other machines", { timeout: 60_000 }, async () => {
    const bug = BUGS[0] as Bug;
    current = { bug, isFixed: false };
    await meet(json("/orders", { items: null, note: 'it\'s "quoted" $HOME `x`' }));
    const log = join(directory, "curl.jsonl");
    const script = join(directory, "curl.sh");
    writeFileSync(log, recorded);
    await run(process.execPath, [CLI, "prove", "latest", "--file", log, "--as", "curl", "--out", script]);
    const red = await run("/bin/sh", [script], { FAULTLINE_TARGET: target });
    current = { bug, isFixed: true };
    const green = await run("/bin/sh", [script], { FAULTLINE_TARGET: target });
    const others = [
      "http://203.0.113.1",
      "http://127.0.0.1.evil.test",
      "http://127.0.0.1:80@evil.test",
      "http://localhost.evil.test/",
      "http://a@127.0.0.1",
    ];
    const refused = await Promise.all(others.map((other) => run("/bin/sh", [script], { FAULTLINE_TARGET: other })));
    expect([red.code, green.code, ...refused.map(({ code }) => code)]).toEqual([1, 0, 2, 2, 2, 2, 2]);
  });

  it("says in one sentence what is missing, and writes nothing over", async () => {
    const log = join(directory, "kept.jsonl");
    const test = join(directory, "kept.test.mjs");
    writeFileSync(log, recorded);
    writeFileSync(test, "mine");
    const unknown = await run(process.execPath, [CLI, "prove", "0".repeat(32), "--file", log]);
    const taken = await run(process.execPath, [CLI, "prove", "latest", "--file", log, "--out", test]);
    const noCollector = await run(process.execPath, [CLI, "prove", "0".repeat(32), "--collector", "http://127.0.0.1:9"]);
    expect([unknown.code, taken.code, noCollector.code]).toEqual([2, 2, 2]);
    expect(taken.output).toContain("exists; choose another --out");
    expect(unknown.output).toContain("faults there:");
  });
});
