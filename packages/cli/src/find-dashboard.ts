import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BUILD_TIMEOUT_MS = 120_000;

/**
 * The folder of the built dashboard. The published package contains it. In a checkout it is built when it is missing or older than its sources, which
 * takes a few seconds and is announced through `say`. Undefined when it cannot be built: the API works without it.
 */
export function findDashboard(say: (line: string) => void): string | undefined {
  const packaged = fileURLToPath(new URL("dashboard", import.meta.url));
  if (existsSync(`${packaged}/index.html`)) return packaged;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const sources = `${root}/packages/dashboard`;
  if (!existsSync(`${sources}/src`)) return undefined;
  const index = `${sources}/dist/index.html`;
  if (existsSync(index) && statSync(index).mtimeMs >= findNewest(`${sources}/src`)) return `${sources}/dist`;
  say("building the dashboard, once");
  const build = spawnSync("npm", ["run", "build", "--silent", "-w", "packages/dashboard"], {
    cwd: root,
    encoding: "utf8",
    timeout: BUILD_TIMEOUT_MS,
  });
  if (build.status === 0 && existsSync(index)) return `${sources}/dist`;
  say(`the dashboard could not be built, the API goes on without it: ${build.stderr || String(build.error ?? "")}`);
  return undefined;
}

function findNewest(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs), 0);
}
