/** Starts a real Redis and a real PostgreSQL for a test, each on a Unix socket in a folder of its own, which is removed when they are closed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A running database. For `pg`, `socket` is the folder that its socket is in. */
export type RunningDatabase = { readonly socket: string; close(): Promise<void> };

const WAIT_MS = 20_000;
/** PostgreSQL refuses to run as root; this is `nobody`. */
const NOBODY = 65_534;

function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function listPostgresFolders(): string[] {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).map((version) => join(root, version, "bin")) : [];
  return [...versions, ...(process.env["PATH"] ?? "").split(":")];
}

const REDIS = findProgram("redis-server", ["/usr/bin", "/usr/local/bin", ...(process.env["PATH"] ?? "").split(":")]);
const INITDB = findProgram("initdb", listPostgresFolders());
const POSTGRES = findProgram("postgres", listPostgresFolders());

/** True when Redis is installed. */
export const hasRedis = REDIS !== undefined;
/** True when PostgreSQL is installed. */
export const hasPostgres = INITDB !== undefined && POSTGRES !== undefined;

async function waitUntil(isReady: () => boolean, child: ChildProcess): Promise<void> {
  for (const endMs = performance.now() + WAIT_MS; performance.now() < endMs; await setTimeout(20)) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    if (isReady()) return;
  }
  throw new Error(`${child.spawnfile} was not ready within ${WAIT_MS} ms`);
}

function toRunning(child: ChildProcess, directory: string, socket: string): RunningDatabase {
  return {
    socket,
    async close() {
      const ended = once(child, "exit");
      // PostgreSQL waits for its clients to leave on one signal and disconnects them on the other. Redis ends on either.
      child.kill("SIGTERM");
      const impatience = globalThis.setTimeout(() => child.kill("SIGINT"), 3_000);
      if (child.exitCode === null) await ended;
      clearTimeout(impatience);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Starts Redis with nothing on disk. */
export async function startRedis(): Promise<RunningDatabase> {
  const directory = mkdtempSync(join(tmpdir(), "faultline-redis-"));
  const socket = join(directory, "socket");
  const child = spawn(REDIS ?? "redis-server", ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", directory], {
    stdio: "ignore",
  });
  await waitUntil(() => existsSync(socket), child);
  return toRunning(child, directory, socket);
}

/** Starts a new cluster of PostgreSQL; the user is `postgres` and the database too, no password. */
export async function startPostgres(): Promise<RunningDatabase> {
  const directory = mkdtempSync(join(tmpdir(), "faultline-postgres-"));
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(directory, NOBODY, NOBODY);
  chmodSync(directory, 0o700);
  const data = join(directory, "data");
  const made = spawnSync(INITDB ?? "initdb", ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync"], {
    ...owner,
    cwd: directory,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.stderr}`);
  const settings = ["listen_addresses=", `unix_socket_directories=${directory}`, "max_connections=60", "fsync=off"];
  const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
  const child = spawn(POSTGRES ?? "postgres", args, { ...owner, cwd: directory, stdio: "ignore" });
  // The socket exists before the server accepts connections; the last line of this file is the server's state.
  const pid = join(data, "postmaster.pid");
  await waitUntil(() => existsSync(pid) && /ready\s*$/.test(readFileSync(pid, "utf8")), child);
  return toRunning(child, directory, directory);
}
