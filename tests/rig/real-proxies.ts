/** Starts real proxies on loopback in front of a backend, each with its files in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Proxies that Debian has. */
export const PROXIES = ["nginx", "haproxy", "apache", "caddy", "varnish"] as const;

/** The name of one of them. */
export type ProxyName = (typeof PROXIES)[number];

/** A running proxy. */
export type RunningProxy = {
  readonly name: ProxyName;
  readonly url: string;
  readonly directory: string;
  log(): string;
  /** Ends it; after that `log` is complete. */
  stop(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
};

type Setup = { readonly directory: string; readonly port: number; readonly backendPort: number; readonly timeoutS: number };
type Recipe = {
  readonly programs: readonly string[];
  readonly files: (setup: Setup) => Readonly<Record<string, string>>;
  readonly args: (setup: Pick<Setup, "directory" | "port">) => readonly string[];
};

const MODULES = "/usr/lib/apache2/modules";

const RECIPES: Readonly<Record<ProxyName, Recipe>> = {
  nginx: {
    programs: ["/usr/sbin/nginx"],
    files: ({ directory, port, backendPort, timeoutS }) => ({
      "nginx.conf": `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http {
  log_format up '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time ua="$upstream_addr" us="$upstream_status" uht="$upstream_header_time"';
  access_log ${directory}/access.log up;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${directory}/${name};`).join(" ")}
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${backendPort}; proxy_connect_timeout 1s; proxy_read_timeout ${timeoutS}s; } }
}`,
    }),
    args: ({ directory }) => ["-p", directory, "-e", `${directory}/error.log`, "-c", `${directory}/nginx.conf`],
  },
  haproxy: {
    programs: ["/usr/sbin/haproxy"],
    files: ({ port, backendPort, timeoutS }) => ({
      "haproxy.cfg": `global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  retries 1
  timeout connect 1s
  timeout client 20s
  timeout server ${timeoutS}s
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  server app 127.0.0.1:${backendPort}
`,
    }),
    args: ({ directory }) => ["-db", "-f", `${directory}/haproxy.cfg`],
  },
  apache: {
    programs: ["/usr/sbin/apache2"],
    files: ({ directory, port, backendPort, timeoutS }) => ({
      "apache.conf": `ServerRoot ${directory}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${directory}/pid
ErrorLog ${directory}/error.log
Mutex file:${directory} default
LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
LoadModule authz_core_module ${MODULES}/mod_authz_core.so
LoadModule proxy_module ${MODULES}/mod_proxy.so
LoadModule proxy_http_module ${MODULES}/mod_proxy_http.so
StartServers 1
ThreadsPerChild 25
MinSpareThreads 5
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" combined
CustomLog ${directory}/access.log combined
ProxyTimeout ${timeoutS}
ProxyPass / http://127.0.0.1:${backendPort}/ retry=0 connectiontimeout=1
`,
    }),
    args: ({ directory }) => ["-DFOREGROUND", "-f", `${directory}/apache.conf`],
  },
  caddy: {
    programs: ["/usr/bin/caddy"],
    files: ({ directory, port, backendPort, timeoutS }) => ({
      Caddyfile: `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  log {
    output file ${directory}/access.log
  }
  reverse_proxy 127.0.0.1:${backendPort} {
    transport http {
      dial_timeout 1s
      response_header_timeout ${timeoutS}s
    }
  }
}
`,
    }),
    args: ({ directory }) => ["run", "--config", `${directory}/Caddyfile`, "--adapter", "caddyfile"],
  },
  varnish: {
    programs: ["/usr/sbin/varnishd"],
    files: ({ backendPort, timeoutS }) => ({
      "default.vcl": `vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "${backendPort}"; .connect_timeout = 1s; .first_byte_timeout = ${timeoutS}s; }
sub vcl_recv { return (pass); }
`,
    }),
    args: ({ directory, port }) => [
      "-F",
      "-j",
      "none",
      "-n",
      `${directory}/state`,
      "-a",
      `127.0.0.1:${port}`,
      "-f",
      `${directory}/default.vcl`,
    ],
  },
};

/** The proxies whose programs this machine has; in CI all of them must be there. */
export function listInstalledProxies(): readonly ProxyName[] {
  const installed = PROXIES.filter((name) => RECIPES[name].programs.every((program) => existsSync(program)));
  const absent = PROXIES.filter((name) => !installed.includes(name));
  if (absent.length > 0 && process.env["CI"] === "true") throw new Error(`CI must have ${absent.join(", ")}`);
  if (absent.length > 0) console.warn(`left out, not installed: ${absent.join(", ")}`);
  return installed;
}

/** The given number of loopback ports that were free a moment ago. All are held at the same time, because a released port may be given out again at once. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const found = servers.map((server) => (server.address() as { port: number }).port); // a TCP server's address has a port
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  return found;
}

/** A port of this machine that nothing listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const [port = 0] = await findFreePorts(1);
  return port;
}

/** Starts a proxy and resolves when it accepts connections. */
export async function startProxy(name: ProxyName, backendPort: number, timeoutS = 1): Promise<RunningProxy> {
  const port = await findFreePort();
  return await launchProxy(name, port, (directory) => RECIPES[name].files({ directory, port, backendPort, timeoutS }));
}

/** Starts a proxy with your own files, which must have the same names and listen on the same ports as the rig's. */
export async function launchProxy(
  name: ProxyName,
  port: number,
  write: (directory: string) => Readonly<Record<string, string>>,
): Promise<RunningProxy> {
  const directory = mkdtempSync(join(tmpdir(), `faultline-${name}-`));
  const recipe = RECIPES[name];
  mkdirSync(join(directory, "state"), { recursive: true });
  for (const [file, text] of Object.entries(write(directory))) writeFileSync(join(directory, file), text);
  const child = spawn(recipe.programs[0] as string, recipe.args({ directory, port }), {
    env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await waitForPort(port, child, () => output);
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    directory,
    log: () =>
      [
        output,
        ...["access.log", "error.log"]
          .map((file) => join(directory, file))
          .filter((file) => existsSync(file))
          .map((file) => readFileSync(file, "utf8")),
      ].join("\n"),
    stop: async () => await stop(child),
    async close() {
      await stop(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Ends the process group that this rig started, by its id, and resolves when all of its output has arrived. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      return;
    }
    const isOver = await Promise.race([ended.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2000))]);
    if (isOver) return;
  }
}

async function waitForPort(port: number, child: ChildProcess, output: () => string): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${output()}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
  }
  throw new Error(`port ${port} did not open: ${output()}`);
}

/** The version that a program of the rig prints of itself; some print it where errors go. */
export function readVersion(name: ProxyName): string {
  const args = { nginx: ["-v"], haproxy: ["-v"], apache: ["-v"], caddy: ["version"], varnish: ["-V"] }[name];
  const { stdout, stderr } = spawnSync(RECIPES[name].programs[0] as string, args, { encoding: "utf8" });
  return `${stdout}${stderr}`.split("\n", 1)[0] ?? "";
}
