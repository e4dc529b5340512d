/** `faultline logs` on what a real nginx writes: combined, its own format, and the error log beside it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createLineReader, toFlatRecord } from "@faultline/formats/access-log";
import { describe, expect, it } from "vitest";

const NGINX = process.env["NGINX"] ?? "nginx";
const isThere = spawnSync(NGINX, ["-v"]).status === 0;

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Tries until it holds, at most a minute. */
async function waitFor(isTrue: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 60_000; !(await isTrue().catch(() => false)); await setTimeout(100))
    if (Date.now() > until) throw new Error("not within a minute");
}

function read(file: string) {
  const reader = createLineReader({ context: { nowMs: Date.now(), zoneOffsetMinutes: 0 } });
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => reader.read(line));
}

describe.runIf(isThere)("lines of a real nginx", () => {
  it("are read with the hop that made the 502", async () => {
    const folder = mkdtempSync(join(tmpdir(), "faultline-nginx-"));
    const [port, closed] = [await findPort(), await findPort()];
    const format = `'{"time":"$time_iso8601","remote_addr":"$remote_addr","request":"$request","status":"$status","request_time":"$request_time","upstream_addr":"$upstream_addr","upstream_status":"$upstream_status","upstream_header_time":"$upstream_header_time","request_id":"$request_id"}'`;
    const config = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http { log_format full escape=json ${format}; access_log ${folder}/access.log combined; access_log ${folder}/full.log full;
client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
server { listen 127.0.0.1:${port}; location /ok { return 200 ok; } location / { proxy_pass http://127.0.0.1:${closed}; } } }`;
    writeFileSync(join(folder, "nginx.conf"), config);
    const nginx = spawn(NGINX, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], { stdio: "ignore" });
    try {
      await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/ok?a=1`, { headers: { "user-agent": 'odd "agent"' } })).ok);
      await fetch(`http://127.0.0.1:${port}/pay/1`);
      const isWritten = (name: string) => readFileSync(join(folder, name), "utf8").includes("/pay/1");
      await waitFor(async () => ["access.log", "full.log", "error.log"].every(isWritten));
    } finally {
      nginx.kill();
      await once(nginx, "exit");
    }
    const combined = read(join(folder, "access.log")).map(toFlatRecord);
    expect(combined[0]).toMatchObject({
      "http.response.status_code": 200,
      "url.path": "/ok",
      "url.query": "a=1",
      "user_agent.original": 'odd "agent"',
    });
    expect(combined.at(-1)).toMatchObject({ "http.response.status_code": 502, "url.path": "/pay/1", "client.address": "127.0.0.1" });
    const full = read(join(folder, "full.log")).at(-1);
    expect(full).toMatchObject({ kind: "exchange", exchange: { status: 502, madeBy: { hop: "observer" } } });
    expect(read(join(folder, "error.log")).map(({ kind }) => kind)).not.toContain("unparsed");
  });
});
