/** Real PostgreSQL and Redis servers, each with its data in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { findFreePort } from "../../rig/real-proxies.ts";

/** A server that can be asked, and made to suffer. */
export type RunningDatabase = {
  readonly url: string;
  readonly port: number;
  /** As its operator would: SQL, or a Redis command in words. */
  operate(...words: readonly string[]): Promise<unknown>;
  /** Stands still, or goes on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  stop(): Promise<void>;
};

const VERSIONS = "/usr/lib/postgresql";

function findPostgres(): string {
  const version = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  if (version === undefined) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  return join(VERSIONS, version, "bin");
}

/** PostgreSQL refuses to run as root. */
function asPostgres(program: string, args: readonly string[]): readonly [string, string[]] {
  return process.getuid?.() === 0
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, ...args]]
    : [program, [...args]];
}

/** Tables of a small shop. */
const SCHEMA = `
create table orders (id int primary key, customer text not null, status varchar(12) not null, total_cents int not null check (total_cents >= 0));
insert into orders select n, 'c' || n, 'shipped', 1000 + n from generate_series(1, 200) n;
create table stock (sku text primary key, pieces int not null);
insert into stock values ('tea', 100), ('mug', 40), ('pot', 5);
`;

let template: string | undefined;

/** One initialised cluster, copied for each server. */
function readyTemplate(): string {
  if (template !== undefined) return template;
  const folder = mkdtempSync(join(tmpdir(), "faultline-pg-template-"));
  if (process.getuid?.() === 0) execFileSync("chown", ["postgres", folder]);
  const [program, args] = asPostgres(join(findPostgres(), "initdb"), [
    "-D",
    join(folder, "data"),
    "-U",
    "shop",
    "-A",
    "trust",
    "--no-sync",
    "-E",
    "UTF8",
    "--locale=C",
  ]);
  execFileSync(program, args, { stdio: "ignore", cwd: "/" });
  template = folder;
  return folder;
}

/** Removes what was kept for copying. */
export function dropTemplates(): void {
  if (template !== undefined) rmSync(template, { recursive: true, force: true });
  template = undefined;
}

/** Starts PostgreSQL with the shop's tables. `settings` are `name=value`; `password` asks the user `app` for one. */
export async function startPostgres({
  settings = [],
  password,
}: { settings?: readonly string[]; password?: string } = {}): Promise<RunningDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-pg-"));
  const port = await findFreePort();
  execFileSync("cp", ["-a", join(readyTemplate(), "data"), folder]);
  if (process.getuid?.() === 0) execFileSync("chown", ["postgres", folder]);
  const options = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "shared_buffers=16MB",
    "max_wal_senders=0",
    "deadlock_timeout=100ms",
    ...settings,
  ];
  const [program, args] = asPostgres(join(findPostgres(), "postgres"), [
    "-D",
    join(folder, "data"),
    ...options.flatMap((option) => ["-c", option]),
  ]);
  const child = spawn(program, args, { stdio: "ignore", cwd: "/", detached: true });
  const admin = `postgres://shop@127.0.0.1:${port}/postgres`;
  const operate = async (...words: readonly string[]): Promise<unknown> => {
    const client = new pg.Client({ connectionString: admin });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query(words.join(" "))).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  await waitUntil(() => operate("select 1"));
  await operate(SCHEMA);
  await operate(`create role app login superuser ${password === undefined ? "" : `password '${password}'`}`);
  return {
    url: `postgres://app@127.0.0.1:${port}/postgres`,
    port,
    operate,
    signal: (name) => void signalGroup(child, name),
    async stop() {
      await endGroup(child, "SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts Redis, which keeps nothing on disk. */
export async function startRedis(settings: readonly string[] = []): Promise<RunningDatabase> {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), "faultline-redis-"));
  mkdirSync(folder, { recursive: true });
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...settings], {
    stdio: "ignore",
    detached: true,
  });
  await waitUntil(() => connect(port));
  const operate = async (name = "ping", ...args: readonly string[]): Promise<unknown> => {
    const client = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on("error", () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    operate,
    signal: (name) => void signalGroup(child, name),
    async stop() {
      await endGroup(child, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function connect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

async function waitUntil(check: () => Promise<unknown>): Promise<void> {
  for (let left = 200; ; left -= 1) {
    try {
      await check();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await sleep(50);
    }
  }
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, name);
  } catch {
    return false;
  }
}

async function endGroup(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  signalGroup(child, "SIGCONT");
  signalGroup(child, name);
  await gone;
}
