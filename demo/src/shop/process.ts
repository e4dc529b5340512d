/** One process of the shop: started by path, ended by its id. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Many times what it takes: a machine that compiles beside it may be slow. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 4_000;
const KEPT_ERROR_CHARS = 4_000;

/** A process that has said it is ready. */
export type ShopProcess = {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Gives it an order over the channel between the processes, which no telemetry sees. */
  tell(message: object): void;
  stop(): Promise<void>;
};

/** What to start: `folder` is the service's folder, `nodeOptions` stand before its `main.ts`. */
export type ShopProcessOptions = {
  readonly name: string;
  readonly folder: string;
  readonly nodeOptions?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  child.kill("SIGTERM");
  await exited;
  clearTimeout(impatience);
}

/** Starts a process and waits until it reports its port. Rejects with what it wrote to standard error when it ends before that. */
export function startProcess(options: ShopProcessOptions): Promise<ShopProcess> {
  const entry = fileURLToPath(new URL(`../${options.folder}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=source", ...(options.nodeOptions ?? []), entry], {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-KEPT_ERROR_CHARS);
  });
  return new Promise((resolve, reject) => {
    const giveUp = (because: string): void => {
      clearTimeout(impatience);
      void stopChild(child);
      reject(new Error(`the demo's ${options.name} did not start: ${because}\n${complaints}`));
    };
    const impatience = setTimeout(
      () => giveUp(`not ready after ${START_TIMEOUT_MS / 1_000} s; is the machine very busy?`),
      START_TIMEOUT_MS,
    );
    child.once("error", (error) => giveUp(error.message));
    child.once("exit", (code, signal) => giveUp(`it ended with ${signal ?? `code ${code}`}`));
    child.once("message", (message: { ready?: number }) => {
      clearTimeout(impatience);
      child.removeAllListeners("exit");
      resolve({
        name: options.name,
        pid: child.pid ?? 0,
        port: message.ready ?? 0,
        tell: (order) => void (child.connected && child.send(order)),
        stop: () => stopChild(child),
      });
    });
  });
}
