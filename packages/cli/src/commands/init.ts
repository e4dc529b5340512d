import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { type DetectedApp, detectApp } from "../init/detect-app.ts";
import { makesApp, MARK, planChange, takeOut } from "../init/plan-change.ts";

const HELP = `usage: faultline init [--yes | --undo] [--dir DIR] [--entry FILE] [--framework NAME] [--service NAME]

Guards an app: shows the change, and with --yes makes it. It adds one file, which makes the guard, and lines to the entry file; each ends in a
mark. Where it cannot be sure what to change it says so and changes nothing.

  --yes               make the change
  --undo              take it back: both files are as they were
  --dir DIR           the app's folder, with its package.json; default here
  --entry FILE        the file that makes the app
  --framework NAME    express, fastify, koa, hono or nest
  --service NAME      service.name; default the package's name

exit codes: 0 shown, made or taken back, 2 nothing was changed

example: faultline init && faultline init --yes
`;

function undo(folder: string, app: DetectedApp, io: CommandIo): number {
  const file = join(folder, app.entry);
  const restored = takeOut(readFileSync(file, "utf8"));
  if (restored === undefined) throw new UsageError(`${app.entry} has no lines of faultline init`);
  const made = join(folder, planName(app));
  writeFileSync(file, restored);
  const isOurs = existsSync(made) && readFileSync(made, "utf8").split("\n", 1)[0]?.trimEnd().endsWith(MARK) === true;
  if (isOurs) rmSync(made);
  io.stdout.write(`${app.entry} is as it was${isOurs ? `, ${planName(app)} is gone` : ""}\n`);
  return 0;
}

/** The name of the new file: beside the entry, with its extension. */
function planName({ entry }: DetectedApp): string {
  return entry.replace(/[^/\\]*(\.\w+)$/, "faultline$1");
}

/** True where the app finds the guard: in its own folder, or above it, as in a workspace. */
function hasGuard(folder: string): boolean {
  const places = createRequire(join(folder, "package.json")).resolve.paths("@faultline/guard") ?? [];
  return places.some((place) => existsSync(join(place, "@faultline", "guard")));
}

/** `faultline init` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        yes: { type: "boolean", default: false },
        undo: { type: "boolean", default: false },
        dir: { type: "string", default: "." },
        entry: { type: "string" },
        framework: { type: "string" },
        service: { type: "string" },
      },
    });
    const folder = resolve(values.dir);
    const app = detectApp(folder, values, makesApp);
    if (values.undo) return undo(folder, app, io);
    const source = readFileSync(join(folder, app.entry), "utf8");
    if (source.includes("@faultline/guard")) throw new UsageError(`${app.entry} imports @faultline/guard already`);
    const change = planChange(app, source);
    if (existsSync(join(folder, change.file))) throw new UsageError(`${change.file} exists; it would be overwritten`);
    const modules = app.modules === "esm" ? "ES modules" : "CommonJS";
    io.stdout.write(`${app.framework}, ${modules}${app.isTypeScript ? " in TypeScript" : ""}, service ${app.service}\n\n${change.diff}\n`);
    if (!values.yes) {
      io.stdout.write("nothing is changed yet: faultline init --yes makes the change\n");
      return 0;
    }
    writeFileSync(join(folder, change.file), change.content);
    writeFileSync(join(folder, change.entry), change.changed);
    const install = hasGuard(folder) ? "" : "install @faultline/guard, ";
    io.stdout.write(`changed; next: ${install}start the app, faultline verify --url http://127.0.0.1:PORT\n`);
    return 0;
  },
};
