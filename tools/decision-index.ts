/** The index of the decisions, held against the decisions: each is listed once, in order, by the title in its file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "docs/decisions";
const INDEX = `${FOLDER}/README.md`;

/** The line that the index must have for a decision; undefined when its file does not begin with `# NNNN Title`. */
function toEntry(file: string): string | undefined {
  const number = file.slice(0, 4);
  const title = /^# (\d{4}) (.+)/.exec(readFileSync(join(FOLDER, file), "utf8"));
  return title?.[1] === number ? `- [${number}](${file}) ${title[2] ?? ""}` : undefined;
}

/** What is wrong with the index, or with the files that it lists; only the first entry that differs is named. */
export function checkDecisionIndex(): readonly string[] {
  const files = readdirSync(FOLDER)
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort();
  const taken = files.filter((file, at) => files[at - 1]?.slice(0, 4) === file.slice(0, 4));
  const untitled = files.filter((file) => toEntry(file) === undefined);
  const wanted = files.map((file) => toEntry(file));
  const listed = readFileSync(INDEX, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("- "));
  const differing = Array.from({ length: Math.max(wanted.length, listed.length) }, (_, at) => at).find((at) => wanted[at] !== listed[at]);
  return [
    ...taken.map((file) => `${FOLDER}/${file}: its number is taken`),
    ...untitled.map((file) => `${FOLDER}/${file}: its first line must be "# ${file.slice(0, 4)} TITLE"`),
    ...(differing === undefined
      ? []
      : [`${INDEX}: entry ${differing + 1} should be "${wanted[differing] ?? "nothing"}", not "${listed[differing] ?? "nothing"}"`]),
  ];
}
