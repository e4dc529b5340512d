/** Starts `store-process.ts` and speaks to it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest, Agent } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Payload, SqliteStoreOptions } from "@faultline/collector/store";

/** A running store. */
export type StoreProcess = {
  readonly child: ChildProcess;
  readonly port: number;
  /** From the start of the process, Node's own start included. */
  readonly readyAfterMs: number;
};

/** Starts a store on a directory; `wrapper` is a command to run it under. */
export async function startStore(
  directory: string,
  wrapper: readonly string[] = [],
  options: Partial<SqliteStoreOptions> = {},
): Promise<StoreProcess> {
  const begin = performance.now();
  const command = [
    ...wrapper,
    process.execPath,
    "--conditions=source",
    fileURLToPath(new URL("store-process.ts", import.meta.url)),
    directory,
    JSON.stringify(options),
  ];
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const ready = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => ["exited"])])) as [string];
  const port = Number(/^ready (\d+)$/.exec(ready[0])?.[1]);
  if (!Number.isInteger(port)) throw new Error(`the store did not start: ${ready[0]}`);
  return { child, port, readyAfterMs: performance.now() - begin };
}

/** Sends a payload; answers with the status, or 0 when the process died on it. Its `name` stands in the answer, too. */
export function send(port: number, payload: Payload & { readonly name?: string }, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const contentType = payload.encoding === "json" ? "application/json" : "application/x-protobuf";
    const headers = { "content-type": contentType, "x-request": payload.name ?? "" };
    const request = httpRequest({ port, host: "127.0.0.1", method: "POST", path: `/v1/${payload.signal}`, headers, agent }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
      response.on("aborted", () => resolve(0));
    });
    request.on("error", () => resolve(0));
    request.end(payload.bytes);
  });
}
