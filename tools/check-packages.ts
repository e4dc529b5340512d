/** Checks the shape of what would be published: publint on every public package after a build. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
let checked = 0;
for (const name of readdirSync("packages")) {
  const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8")) as { private?: boolean };
  if (manifest.private === true) continue;
  const { messages } = await publint({ pkgDir: `packages/${name}`, level: "warning" });
  for (const message of messages) console.error(`packages/${name}: ${formatMessage(message, manifest)}`);
  if (messages.length > 0) process.exitCode = 1;
  checked += 1;
}
console.log(`package shape: ${checked} packages checked`);
