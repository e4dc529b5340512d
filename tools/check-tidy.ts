/** Tidiness as a check: each ban names what to do instead. Reads the files that git tracks or would track. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

type Ban = { readonly pattern: RegExp; readonly instead: string; readonly files: RegExp };

const CODE = /\.(ts|tsx|mjs|js)$/;
const EVERY_TEXT = /\.(ts|tsx|mjs|js|json|md|css|html|yml|yaml|sh|lua|conf)$|^\.ci\/run$/;
const BANS: readonly Ban[] = [
  { pattern: /\b(?:TODO|FIXME|XXX)\b/, instead: "file an issue, or record the decision in docs/decisions", files: CODE },
  { pattern: /\.(?:skip|only)\(/, instead: "run the test, or use describe.runIf with a said reason", files: /\.test\.tsx?$/ },
  { pattern: /@ts-(?:ignore|nocheck)/, instead: "fix the type, or @ts-expect-error with a reason", files: CODE },
  { pattern: /(?<![\w.])\/(?:root|work|home\/[a-z]+)\//, instead: "a path relative to the repository", files: EVERY_TEXT },
  { pattern: /registry\.npmjs\.org/, instead: "no registry host is written down", files: EVERY_TEXT },
];
const GRAB_BAGS = /^(utils?|helpers?|common|types|constants|misc|shared)\.tsx?$/;
/** This file holds the bans, so it cannot keep them. */
const PASSED_OVER = /^tools\/check-tidy\.ts$|^tests\/incidents\/[^/]+\/[^/]+\/|^benchmarks\/results\/|\/fixtures\//;

/** Exported declarations of a source file that stand without a docstring above them. */
function findUndocumented(lines: readonly string[]): number[] {
  return lines.flatMap((line, index) => {
    if (!/^export (?:async )?(?:function|class|const|type|interface|enum|abstract)\b(?! \{)/.test(line)) return [];
    return /\*\/\s*$/.test(lines[index - 1] ?? "") ? [] : [index + 1];
  });
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8", maxBuffer: 64 << 20 });
const files = listed
  .split("\n")
  .filter((path) => path !== "" && !PASSED_OVER.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile());
const complaints: string[] = [];
for (const path of files) {
  if (GRAB_BAGS.test(basename(path))) complaints.push(`${path}: a grab bag; name the file after the one thing it holds`);
  if (!EVERY_TEXT.test(path)) continue;
  const lines = readFileSync(path, "utf8").split("\n");
  for (const ban of BANS.filter((each) => each.files.test(path))) {
    lines.forEach((line, index) => {
      if (ban.pattern.test(line)) complaints.push(`${path}:${index + 1}: ${ban.pattern.source}; instead: ${ban.instead}`);
    });
  }
  if (/^packages\/.*\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path)) {
    for (const line of findUndocumented(lines)) complaints.push(`${path}:${line}: exported without a docstring`);
  }
}
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`tidy: ${files.length} files, no complaints`);
