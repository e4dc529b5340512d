/** Checks what the pages tell a reader to type or to open: commands and their options, benchmarks, links, paths, the index of the decisions. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDecisionIndex } from "./decision-index.ts";

const FEWEST_COMMANDS = 25;
/** Source files that hold commands for a reader to type. */
const CODE_WITH_COMMANDS = [
  "packages/playbook/src/diagnose/checks/checks-by-cause.ts",
  "packages/playbook/src/diagnose/checks/checks-by-platform.ts",
  "packages/playbook/src/guard/guards.ts",
  "packages/playbook/src/triage.ts",
];
/** A path of the repository in backticks. One with a star or an ellipsis is a pattern, and does not match. */
const REPOSITORY_PATH = /^(?:packages|docs|tests|benchmarks|demo|tools)\/[\w./-]*\w\/?$/;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { encoding: "utf8" });
const pages = [...listed.split("\n").filter((path) => path !== "" && existsSync(path)), ...CODE_WITH_COMMANDS];
const helps = new Map<string, string>();
const complaints: string[] = [];
let commands = 0;

/** The help text of a command; undefined when there is no such command. */
async function readHelp(name: string): Promise<string | undefined> {
  const file = `packages/cli/src/commands/${name}.ts`;
  if (!/^[a-z]+$/.test(name) || !existsSync(file)) return undefined;
  const known = helps.get(name);
  if (known !== undefined) return known;
  const module: { command: { help: string } } = await import(new URL(`../${file}`, import.meta.url).href);
  helps.set(name, module.command.help);
  return module.command.help;
}

/** What is wrong with a command line that a page shows. */
async function checkCommand(line: string): Promise<readonly string[]> {
  const words = line.replace(/\s#.*$/, "").split(/\s+/);
  const name = words[words.indexOf("faultline") + 1] ?? "";
  const help = await readHelp(name);
  if (help === undefined) return [`there is no command "faultline ${name}"`];
  const options = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? []);
  return options.filter((option) => !help.includes(option)).map((option) => `"faultline ${name} --help" knows no ${option}`);
}

/** What is wrong with one line of a page. */
async function checkLine(line: string, page: string): Promise<readonly string[]> {
  const found: string[] = [];
  const quoted = [...line.matchAll(/`([^`]+)`|"((?:npx )?faultline [^"]+)"/g)].map((match) => match[1] ?? match[2] ?? "");
  for (const typed of [line.trim(), ...quoted].filter((text) => /^(?:npx )?faultline [a-z]+(?: |$)/.test(text))) {
    commands += 1;
    found.push(...(await checkCommand(typed)));
  }
  for (const [, area = ""] of line.matchAll(/npm run bench -- ([a-z-]+)/g))
    if (!existsSync(`benchmarks/${area}/bench.ts`)) found.push(`there is no benchmark "${area}"`);
  for (const [, target = ""] of line.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g))
    if (!existsSync(join(dirname(page), target))) found.push(`the link leads nowhere: ${target}`);
  for (const path of quoted.filter((text) => REPOSITORY_PATH.test(text))) if (!existsSync(path)) found.push(`there is no ${path}`);
  return found;
}

complaints.push(...checkDecisionIndex());
for (const page of pages) {
  const lines = readFileSync(page, "utf8").split("\n");
  for (const [index, line] of lines.entries())
    for (const complaint of await checkLine(line, page)) complaints.push(`${page}:${index + 1}: ${complaint}`);
}
if (commands < FEWEST_COMMANDS) complaints.push(`only ${commands} commands were read: does the check still find them?`);
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`docs: ${pages.length} pages, ${commands} commands, no complaints`);
