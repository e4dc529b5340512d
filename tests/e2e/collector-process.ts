/** `faultline up` as a process of its own, when wanted in its own mount namespace with a small disk. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));

/** True where this user may mount file systems that nobody else sees. */
export const canMount = spawnSync("unshare", ["-rm", "true"]).status === 0;

/** The words that run a command with a file system of its own, in memory, at `directory`; mount(8) explains the options. */
export function onOwnDisk(directory: string, options: string): readonly string[] {
  const [size, ...later] = options.split(",");
  const remount = later.length === 0 ? "" : `&& mount -o remount,${later.join(",")} "$0" `;
  return ["unshare", "-rm", "sh", "-c", `mount -t tmpfs -o ${size} tmpfs "$0" ${remount}&& exec "$@"`, directory];
}

/** What became of a command that ended. */
export type Ending = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function spawnUp(words: readonly string[], wrapper: readonly string[]): ChildProcess & { readonly text: () => Ending } {
  const command = [...wrapper, process.execPath, CLI, "up", ...words];
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return Object.assign(child, { text: () => ({ code: child.exitCode, stdout, stderr }) });
}

/** Runs `faultline up` that is expected to end by itself. */
export async function runUp(words: readonly string[], wrapper: readonly string[] = []): Promise<Ending> {
  const child = spawnUp(words, wrapper);
  await once(child, "close");
  return child.text();
}

/** A collector that is up. */
export type CollectorProcess = { readonly url: string; readonly port: number; readonly pid: number; readonly stop: () => Promise<void> };

/** Starts `faultline up` and waits for its address. */
export async function startUp(words: readonly string[], wrapper: readonly string[] = []): Promise<CollectorProcess> {
  const child = spawnUp(words, wrapper);
  const exited = once(child, "close");
  for (;;) {
    const url = /faultline is up: (\S+)/.exec(child.text().stdout)?.[1];
    if (url !== undefined) return { url, port: Number(new URL(url).port), pid: Number(child.pid), stop: () => stop(child, exited) };
    const next = await Promise.race([exited.then(() => "exited"), once(child.stdout ?? child, "data").then(() => "said")]);
    if (next === "exited") throw new Error(`the collector ended: ${JSON.stringify(child.text())}`);
  }
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await exited;
}
