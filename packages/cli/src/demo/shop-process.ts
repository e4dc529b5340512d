import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The demo shop: the process tree that this command started. */
export type ShopProcess = {
  /** Base URL of the shop's gateway. */
  readonly gateway: string;
  /** Base URL of the fault switches. */
  readonly switchboard: string;
  /** Resolves with a sentence when the shop ends without being asked to. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

/** The shop cannot start: one sentence says why and what to do. */
export class ShopError extends Error {
  override readonly name = "ShopError";
}

/** The demo stands beside the packages in a checkout; it is not published. */
const ENTRY = fileURLToPath(new URL("../../../../demo/src/main.ts", import.meta.url));
const STOP_TIMEOUT_MS = 12_000;

/** True in a checkout, where the demo's sources are. */
export function isDemoHere(): boolean {
  return existsSync(ENTRY);
}

/** The wanted port when it is free, else another free one; the loopback address only. */
export async function findFreePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}

/** Starts the shop, its telemetry going to `otlp`, and waits until it is open. Throws `ShopError` when it cannot open. */
export async function startShop(options: {
  readonly otlp: string;
  readonly switchboardPort: number;
  readonly rate: number;
}): Promise<ShopProcess> {
  const args = ["--otlp", options.otlp, "--switchboard", String(options.switchboardPort), "--rate", String(options.rate)];
  const child = spawn(process.execPath, ["--conditions=source", ENTRY, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`the demo shop ended with ${signal ?? `code ${code}`}`));
  });
  const ready = await Promise.race([readEvent(child), exited.then((because) => ({ because }))]);
  if ("because" in ready) throw new ShopError(ready.because);
  return {
    ...ready,
    ended: exited,
    async stop() {
      const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      child.stdin?.end();
      child.kill("SIGTERM");
      await exited;
      clearTimeout(impatience);
    },
  };
}

/** The first event that the shop writes: ready, or failed with the reason. */
async function readEvent(child: ChildProcess): Promise<{ gateway: string; switchboard: string } | { because: string }> {
  if (child.stdout === null) return { because: "the demo shop has no output" };
  for await (const line of createInterface({ input: child.stdout })) {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null) continue;
    if ("gateway" in event && "switchboard" in event) return { gateway: String(event.gateway), switchboard: String(event.switchboard) };
    if ("because" in event) return { because: String(event.because) };
  }
  // The exit of the process says more than the end of its output.
  return new Promise(() => {});
}
