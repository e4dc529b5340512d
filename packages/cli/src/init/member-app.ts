import { UsageError } from "../command.ts";

const ROUTES = String.raw`(?:all|delete|get(?!\(\s*["'][\w ]+["']\s*\))|patch|post|put|route|use)\(`;
/** What may precede the call to `listen` in a statement: the server is assigned or returned. */
const KEEPS = String.raw`(?:(?:return|await|(?:const|let|var)\s+\w+(?:\s*:[^=]+)?\s*=|this\.\w+\s*=)\s*)*`;

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}

/** From a line to the end of its block. */
function takeBlock(lines: readonly string[], from: number): readonly string[] {
  const indent = indentOf(lines[from] ?? "");
  const length = lines.slice(from).findIndex((line) => line.trim() !== "" && indentOf(line) < indent);
  return lines.slice(from, length === -1 ? undefined : from + length);
}

/** The method that contains a line. */
function findMethod(lines: readonly string[], at: number): string {
  const indent = indentOf(lines[at] ?? "");
  const heads = lines.slice(0, at).filter((line) => line.trim() !== "" && indentOf(line) < indent);
  return /^\s*(?:(?:public|private|protected|static|async)\s+)*(\w+)\s*[(=]/.exec(heads.at(-1) ?? "")?.[1] ?? "";
}

/** What runs after a line: the rest of its block, and of each block that calls its method. */
function listLater(lines: readonly string[], at: number): readonly string[] {
  const [later, known] = [takeBlock(lines, at).slice(1), new Set<string>()];
  const follow = (from: number): void => {
    const method = findMethod(lines, from);
    if (method === "" || known.has(method)) return;
    known.add(method);
    for (const [index, line] of lines.entries()) {
      if (!line.includes(`this.${method}(`)) continue;
      later.push(...takeBlock(lines, index).slice(1));
      follow(index);
    }
  };
  follow(at);
  return later;
}

/** True where a line begins a statement inside braces, so that another statement can be inserted before it. */
function isStatement(lines: readonly string[], at: number): boolean {
  const indent = indentOf(lines[at] ?? "");
  const head = lines.slice(0, at).findLast((line) => /^\s*[^\s/*]/.test(line) && indentOf(line) < indent);
  return /\{\s*(?:\/\/.*)?$/.test(head ?? "");
}

/**
 * Finds the line after the routes of an app that a class holds (`this.app = express()`): the statement, in whatever method, with which it begins to
 * listen. Throws a UsageError where that is not certain, or where routes may be added later.
 */
export function findMemberListening(lines: readonly string[], member: string, created: number): number {
  const name = member.replace(".", String.raw`\.`);
  const served = lines.map((line) => new RegExp(String.raw`(\bthis\.\w+)\s*=\s*(?:\w+\.)?createServer\(.*\b${name}\)`).exec(line)?.[1]);
  const server = served.find((each) => each !== undefined)?.replace(".", String.raw`\.`);
  const listens = new RegExp(String.raw`^\s*${KEEPS}(?:${name}${server === undefined ? "" : `|${server}`})\.listen\(`);
  const [at, second] = lines.flatMap((line, index) => (index > created && listens.test(line) ? [index] : []));
  if (at === undefined || second !== undefined || !isStatement(lines, at))
    throw new UsageError(
      `the one place where ${member} begins to listen was not found in the entry file; name another with --entry, or wire the guard by hand`,
    );
  const isLate = new RegExp(String.raw`\b${name}\.${ROUTES}|^\s*(?:await\s+)?this\.\w+\(`);
  const outside = lines.slice(lines.findIndex((line, index) => index > at && line.startsWith("}")));
  const isOfOthers = new RegExp(String.raw`\w${name.replace("this", "")}\.${ROUTES}`);
  if (listLater(lines, at).some((line) => isLate.test(line)) || outside.some((line) => isOfOthers.test(line)))
    throw new UsageError(`${member} may get routes after line ${at + 1}, where it begins to listen; wire the guard by hand`);
  return at;
}
