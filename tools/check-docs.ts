/** What the pages tell a reader to type or to open, held against what is there: commands and their options, benchmarks, links, paths. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FEWEST_COMMANDS = 25;
/** Code whose texts a reader is told to type. */
const SPOKEN_CODE = [
  "packages/playbook/src/diagnose/checks/checks-by-cause.ts",
  "packages/playbook/src/diagnose/checks/checks-by-platform.ts",
  "packages/playbook/src/guard/guards.ts",
  "packages/playbook/src/triage.ts",
];
/** Paths of the repository in backticks; with a star or an ellipsis they are patterns, not files. */
const REPOSITORY_PATH = /^(?:packages|docs|tests|benchmarks|demo|tools)\/[\w./-]*\w\/?$/;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { encoding: "utf8" });
const pages = [...listed.split("\n").filter((path) => path !== "" && existsSync(path)), ...SPOKEN_CODE];
const helps = new Map<string, string>();
const complaints: string[] = [];
let commands = 0;

async function readHelp(name: string): Promise<string | undefined> {
  const file = `packages/cli/src/commands/${name}.ts`;
  if (!/^[a-z]+$/.test(name) || !existsSync(file)) return undefined;
  const known = helps.get(name);
  if (known !== undefined) return known;
  const module: { command: { help: string } } = await import(new URL(`../${file}`, import.meta.url).href);
  helps.set(name, module.command.help);
  return module.command.help;
}

async function checkCommand(line: string): Promise<readonly string[]> {
  const words = line.replace(/\s#.*$/, "").split(/\s+/);
  const name = words[words.indexOf("faultline") + 1] ?? "";
  const help = await readHelp(name);
  if (help === undefined) return [`there is no command "faultline ${name}"`];
  const options = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? []);
  return options.filter((option) => !help.includes(option)).map((option) => `"faultline ${name} --help" knows no ${option}`);
}

async function checkLine(line: string, page: string): Promise<readonly string[]> {
  const found: string[] = [];
  const spoken = [...line.matchAll(/`([^`]+)`|"((?:npx )?faultline [^"]+)"/g)].map((match) => match[1] ?? match[2] ?? "");
  for (const typed of [line.trim(), ...spoken].filter((text) => /^(?:npx )?faultline [a-z]+(?: |$)/.test(text))) {
    commands += 1;
    found.push(...(await checkCommand(typed)));
  }
  for (const [, area = ""] of line.matchAll(/npm run bench -- ([a-z-]+)/g))
    if (!existsSync(`benchmarks/${area}/bench.ts`)) found.push(`there is no benchmark "${area}"`);
  for (const [, target = ""] of line.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g))
    if (!existsSync(join(dirname(page), target))) found.push(`the link leads nowhere: ${target}`);
  for (const path of spoken.filter((text) => REPOSITORY_PATH.test(text))) if (!existsSync(path)) found.push(`there is no ${path}`);
  return found;
}

/** The index of the decisions names each of them once, in order, by the title that stands in the file. */
function checkDecisions(): readonly string[] {
  const folder = "docs/decisions";
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort();
  const twice = files.filter((name, index) => files[index - 1]?.slice(0, 4) === name.slice(0, 4));
  const wanted = files.map((name) => {
    const title = /^# (\d{4}) (.+)/.exec(readFileSync(join(folder, name), "utf8"));
    return title?.[1] === name.slice(0, 4)
      ? `- [${name.slice(0, 4)}](${name}) ${title[2] ?? ""}`
      : `- a first line "# ${name.slice(0, 4)} TITLE" in ${name}`;
  });
  const listed = readFileSync(join(folder, "README.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("- "));
  const at = wanted.findIndex((line, index) => line !== listed[index]);
  const place = at === -1 && listed.length > wanted.length ? wanted.length : at;
  const wrong = place === -1 ? [] : [`entry ${place + 1} should be "${wanted[place] ?? "nothing"}", not "${listed[place] ?? "nothing"}"`];
  return [...twice.map((name) => `the number of ${name} is taken`), ...wrong].map((complaint) => `${folder}/README.md: ${complaint}`);
}

complaints.push(...checkDecisions());
for (const page of pages) {
  const lines = readFileSync(page, "utf8").split("\n");
  for (const [index, line] of lines.entries())
    for (const complaint of await checkLine(line, page)) complaints.push(`${page}:${index + 1}: ${complaint}`);
}
if (commands < FEWEST_COMMANDS) complaints.push(`only ${commands} commands were read: does the check still find them?`);
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`docs: ${pages.length} pages, ${commands} commands, no complaints`);
