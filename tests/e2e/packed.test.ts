/** What a stranger installs: the packages as they would be published, in an empty project, without the checkout. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = ["model", "formats", "playbook", "guard", "collector", "cli"];
/** npm runs the scripts of a package on the Node that stands first on PATH. */
const ENVIRONMENT = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${String(process.env["PATH"])}`, NO_COLOR: "1" };

type Ending = { readonly code: number | null; readonly out: string; readonly err: string };

/** Packing and installing takes seconds, and minutes where the machine or the registry is busy. */
const PACKING_MS = 600_000;

let project: string;
const children: ChildProcess[] = [];

function start(words: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, words, { cwd: project, env: { ...ENVIRONMENT, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  children.push(child);
  return child;
}

/** Runs to the end. */
function run(words: readonly string[], input = ""): Promise<Ending> {
  const child = start(words);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  child.stdin?.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

const faultline = (words: readonly string[], input = ""): Promise<Ending> =>
  run([join(project, "node_modules/faultline/bin/faultline.js"), ...words], input);

/** Waits for what a process says. */
async function waitFor(child: ChildProcess, pattern: RegExp): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const [, found] = pattern.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("close", () => reject(new Error(`it ended: ${said}`)));
  });
}

const APP = `
import { createServer } from "node:http";
import { createGuard } from "@faultline/guard";
import { guardHandler, setRoute } from "@faultline/guard/http";
const guard = createGuard({ service: "orders", version: "1.4.2", spool: false });
const server = createServer(guardHandler(guard, (request, response) => {
  setRoute(request, "/boom");
  throw new Error("the price is not there");
}));
server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

const FAILING_SPAN = {
  traceId: "a".repeat(32),
  spanId: "b".repeat(16),
  name: "GET /cart",
  kind: 2,
  startTimeUnixNano: "1767225600000000000",
  endTimeUnixNano: "1767225600020000000",
  status: { code: 2 },
  attributes: [
    { key: "http.request.method", value: { stringValue: "GET" } },
    { key: "http.route", value: { stringValue: "/cart" } },
    { key: "url.path", value: { stringValue: "/cart" } },
    { key: "http.response.status_code", value: { intValue: 500 } },
  ],
};
const TELEMETRY = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] },
      scopeSpans: [{ spans: [FAILING_SPAN] }],
    },
  ],
});

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "faultline-packed-"));
  const packed = join(project, "packed");
  mkdirSync(packed);
  const workspaces = PACKAGES.flatMap((name) => ["-w", `packages/${name}`]);
  execFileSync("npm", ["pack", "--silent", "--pack-destination", packed, ...workspaces], { cwd: ROOT, env: ENVIRONMENT, stdio: "pipe" });
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "stranger", version: "1.0.0", type: "module", main: "server.js", dependencies: { express: "5" } }),
  );
  const tarballs = readdirSync(packed).map((name) => join(packed, name));
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefer-offline", "--silent", ...tarballs], {
    cwd: project,
    env: ENVIRONMENT,
    stdio: "pipe",
  });
}, PACKING_MS);

afterAll(() => {
  for (const child of children) child.kill("SIGTERM");
  rmSync(project, { recursive: true, force: true });
});

describe("the packed command line, in an empty project", () => {
  it("holds what it runs and nothing else", () => {
    const files = readdirSync(join(project, "node_modules/faultline"), { recursive: true }).map(String);
    expect(files).toContain(join("dist", "dashboard", "index.html"));
    expect(files.filter((file) => /\.test\.|tsbuildinfo|\.map$|^src/.test(file))).toEqual([]);
  });

  it("explains, counts logs, redacts, diagnoses, gates and proves", async () => {
    const line = '203.0.113.9 - - [10/Oct/2026:13:55:36 +0000] "GET /cart/17 HTTP/1.1" 502 157 "-" "curl/8.5.0"\n';
    writeFileSync(join(project, "traces.jsonl"), `${TELEMETRY}\n`);
    expect(await faultline(["explain", "502"])).toMatchObject({ code: 0, out: expect.stringContaining("502 Bad Gateway"), err: "" });
    expect(await faultline(["logs", "-"], line.repeat(30))).toMatchObject({ out: expect.stringContaining("/cart/{id}"), err: "" });
    expect(await faultline(["redact"], "password=hunter2hunter2\n")).toMatchObject({
      code: 0,
      out: expect.not.stringContaining("hunter2"),
      err: expect.stringContaining("1 replaced"),
    });
    expect(await faultline(["diagnose", "traces.jsonl"])).toMatchObject({ out: expect.stringContaining("cart"), err: "" });
    expect(await faultline(["gate", "--counts", "0/2700,5/300"])).toMatchObject({
      code: 1,
      out: expect.stringContaining("ROLL BACK"),
      err: "",
    });
    expect(await faultline(["prove", "latest", "--file", "traces.jsonl"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("/cart"),
    });
    expect(await faultline(["demo"])).toMatchObject({ code: 2, err: expect.stringContaining("clone it") });
  });

  it("triages a failing address", async () => {
    const server: Server = createServer((_request, response) => void response.writeHead(500, { "content-type": "text/plain" }).end("no"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // listening on a port, so the address is no pipe
    expect((await faultline(["triage", `http://127.0.0.1:${port}/cart`])).out).toContain("500 Internal Server Error");
    server.close();
  });

  it("serves the dashboard, takes what the packed guard sends, and verifies the way from one to the other", async () => {
    const up = start([join(project, "node_modules/faultline/bin/faultline.js"), "up", "--port", "0", "--data", join(project, "data")]);
    const collector = await waitFor(up, /faultline is up: (\S+)/);
    expect(await (await fetch(`${collector}/`)).text()).toContain("<title>Faultline</title>");
    writeFileSync(join(project, "app.mjs"), APP);
    const port = await waitFor(start(["app.mjs"], { OTEL_EXPORTER_OTLP_ENDPOINT: collector }), /listening on (\d+)/);
    const verified = await faultline(["verify", "--url", `http://127.0.0.1:${port}`, "--fails", "/boom", "--collector", collector]);
    expect(verified).toMatchObject({ code: 0, err: "" });
    const traceId = String(/record arrived +trace (\w{32})/.exec(verified.out)?.[1]);
    expect((await faultline(["prove", traceId, "--collector", collector])).out).toContain("/boom");
  });

  it("guards an app by itself, and takes it back to the byte", async () => {
    const source =
      'import express from "express";\nconst app = express();\napp.get("/", (_, response) => response.send("ok"));\napp.listen(3000);\n';
    writeFileSync(join(project, "server.js"), source);
    expect(await faultline(["init", "--yes"])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(join(project, "server.js"), "utf8")).toContain("@faultline/guard/express");
    expect(await faultline(["init", "--undo"])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(join(project, "server.js"), "utf8")).toBe(source);
  });
});

describe("the packed guard", () => {
  const PATHS = [
    "",
    "http",
    "express",
    "fastify",
    "koa",
    "hono",
    "nest",
    "next",
    "fetch",
    "logs",
    "journal",
    "pools",
    "resilience",
    "idempotency",
  ]
    .concat(["idempotency/sqlite", "idempotency/redis", "idempotency/postgres", "validate", "openfeature", "openapi", "contract", "redact"])
    .map((path) => `@faultline/guard/${path}`.replace(/\/$/, ""));

  it("is imported and required by every one of its paths", async () => {
    writeFileSync(join(project, "all.mjs"), PATHS.map((path) => `await import("${path}");`).join("\n"));
    writeFileSync(join(project, "all.cjs"), PATHS.map((path) => `require("${path}");`).join("\n"));
    expect(await run(["all.mjs"])).toEqual({ code: 0, out: "", err: expect.not.stringContaining("rror") });
    expect(await run(["all.cjs"])).toEqual({ code: 0, out: "", err: expect.not.stringContaining("rror") });
  });

  it("is typed for strict users, from both kinds of modules, with nothing skipped", async () => {
    const imports = PATHS.map(
      (path, at) => `import * as part${at} from "${path}";\nexport const name${at}: string[] = Object.keys(part${at});`,
    );
    const source = `${imports.join("\n")}\nimport { createGuard } from "@faultline/guard";\nexport const guard = createGuard({ service: "x" });\n`;
    for (const file of ["esm.mts", "cjs.cts"]) writeFileSync(join(project, file), source);
    const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "nodenext"];
    const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
    const checked = await run([join(ROOT, "node_modules/typescript/bin/tsc"), ...strict, ...types, "esm.mts", "cjs.cts"]);
    expect(checked).toEqual({ code: 0, out: "", err: "" });
  });
});
