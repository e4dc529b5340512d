/** A store behind the plainest HTTP server, as a process of its own that tests may kill: `node store-process.ts DIRECTORY [OPTIONS AS JSON]`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import module from "node:module";
import type { Signal, SqliteStoreOptions } from "@faultline/collector/store";

// As `faultline up` does, so that a start is as long as there; a process that is killed must write it down while it lives.
module.enableCompileCache();
const { openSqliteStore } = await import("@faultline/collector/store");

const STATUS = { accepted: 200, malformed: 400, overloaded: 503 } as const;

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const options = JSON.parse(process.argv[3] ?? "{}") as Partial<SqliteStoreOptions>;
const store = await openSqliteStore({ ...options, directory: process.argv[2] ?? "" });
async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await store.close();
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await readBody(request);
  const signal = (request.url?.slice("/v1/".length) ?? "traces") as Signal;
  const encoding = request.headers["content-type"] === "application/json" ? "json" : "protobuf";
  const receipt = await store.append({ signal, encoding, bytes });
  // Says whose answer it is, to those who read the system calls.
  const about = { "x-request": String(request.headers["x-request"] ?? "") };
  response.writeHead(STATUS[receipt.kind], receipt.kind === "overloaded" ? { ...about, "retry-after": "1" } : about);
  response.end(JSON.stringify(receipt));
}

const server = createServer((request, response) => void (request.url === "/stop" ? stop() : answer(request, response)));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`ready ${typeof address === "object" ? address?.port : ""}`);
  module.flushCompileCache();
});
