import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Command } from "../command.ts";

/** `faultline version` */
export const command: Command = {
  help: "usage: faultline version\n\nPrints the version of Faultline and of Node.\n",
  run(args, io) {
    parseArgs({ args: [...args], options: {} });
    const manifest: { version: string } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    io.stdout.write(`faultline ${manifest.version} (node ${process.version})\n`);
    return Promise.resolve(0);
  },
};
