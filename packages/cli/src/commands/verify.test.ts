import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createGuard } from "@faultline/guard";
import { guardHandler } from "@faultline/guard/http";
import { afterEach, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function verify(...words: string[]) {
  let out = "";
  let err = "";
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  const code = await runFaultline(["verify", "--json", "--wait", "5", ...words], io);
  const links = JSON.parse(out === "" ? "[]" : out) as { name: string; state: string }[];
  return { code, err, states: Object.fromEntries(links.map((link) => [link.name, link.state])) };
}

const HOLDS = { "app reached": "holds", "guard active": "holds", "request id returned": "holds", "collector reachable": "holds" };

/** A collector as far as the command asks it: it gives back what was sent for any trace that was. */
async function startCollector(): Promise<string> {
  let received = "";
  const answers: Record<string, (target: string) => number> = {
    "/api/h": () => 200,
    "/api/t": (target) => (received.includes(target.slice("/api/traces/".length)) ? 200 : 404),
  };
  const guard = { collect: (text: string) => (received += text) };
  const { gunzipSync } = await import("node:zlib");
  return listen((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const target = request.url ?? "";
      const body = Buffer.concat(pieces);
      guard.collect(body.byteLength === 0 ? "" : gunzipSync(body).toString());
      response.writeHead(answers[target.slice(0, 6)]?.(target) ?? 200, { "content-type": "application/json" }).end(received || "{}");
    });
  });
}

async function startApp(collector: string): Promise<string> {
  const guard = createGuard({ service: "verified", endpoint: collector, spool: false, announce: false, processHooks: false, flushMs: 1 });
  open.push(() => guard.close());
  return listen(
    guardHandler(guard, () => {
      throw new Error("boom");
    }),
  );
}

describe("faultline verify", () => {
  it("follows a failure from the app to its redacted record", async () => {
    const collector = await startCollector();
    const app = await startApp(collector);
    const { code, states } = await verify("--url", app, "--fails", "/boom", "--collector", collector);
    expect(states).toEqual({ ...HOLDS, "record arrived": "holds", "secrets redacted": "holds" });
    expect(code).toBe(0);
  });

  it("says that an app without the guard has none", async () => {
    const collector = await startCollector();
    const app = await listen((_request, response) => response.writeHead(500).end("oops"));
    const { code, states } = await verify("--url", app, "--fails", "/boom", "--collector", collector, "--wait", "0");
    expect(states).toMatchObject({
      "app reached": "holds",
      "guard active": "broken",
      "collector reachable": "holds",
      "record arrived": "broken",
    });
    expect(code).toBe(1);
  });

  it("says which end is not there", async () => {
    const collector = await startCollector();
    const app = await startApp(collector);
    expect((await verify("--url", "http://127.0.0.1:9", "--collector", collector)).states).toMatchObject({ "app reached": "broken" });
    expect((await verify("--url", app, "--collector", "http://127.0.0.1:9")).states).toMatchObject({
      ...HOLDS,
      "collector reachable": "broken",
    });
  });

  it.each([60, 80, 50])("keeps to the width of a terminal of %d columns", async (columns) => {
    const app = await listen((_request, response) => response.writeHead(500).end("oops"));
    let out = "";
    const stdout = { columns, write: (text: string) => (out += text) };
    const io = { stdout, stderr: { write: () => {} }, stdin: (async function* () {})(), env: {} };
    await runFaultline(["verify", "--url", app, "--collector", "http://127.0.0.1:9"], io);
    expect(out).toMatch(/^ok {6}app reached\s+http/);
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "BROKEN guard active 500 came without the guard's problem details name a path that fails",
    );
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it("takes no URL that is none", async () => {
    const { code, err } = await verify("--url", "localhost");
    expect(code).toBe(2);
    expect(err).toContain("--url takes an http or https URL");
  });
});
