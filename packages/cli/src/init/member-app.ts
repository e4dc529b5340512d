import { UsageError } from "../command.ts";

const ROUTES = String.raw`(?:all|delete|get(?!\(\s*["'][\w ]+["']\s*\))|patch|post|put|route|use)\(`;
/** What may stand before the call that listens in a statement: the server that it makes is kept or given back. */
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

/** The method that a line stands in. */
function findMethod(lines: readonly string[], at: number): string {
  const indent = indentOf(lines[at] ?? "");
  const heads = lines.slice(0, at).filter((line) => line.trim() !== "" && indentOf(line) < indent);
  return /^\s*(?:(?:public|private|protected|static|async)\s+)*(\w+)\s*[(=]/.exec(heads.at(-1) ?? "")?.[1] ?? "";
}

/**
 * Behind the routes of an app that a class keeps (`this.app = express()`): before the statement, of whatever method, with which it begins to
 * listen. Throws a UsageError where that is not certain, or where routes may come later.
 */
export function findMemberListening(lines: readonly string[], member: string, created: number): number {
  const name = member.replace(".", String.raw`\.`);
  const served = lines.map((line) => new RegExp(String.raw`(\bthis\.\w+)\s*=\s*(?:\w+\.)?createServer\(.*\b${name}\)`).exec(line)?.[1]);
  const server = served.find((each) => each !== undefined)?.replace(".", String.raw`\.`);
  const listens = new RegExp(String.raw`^\s*${KEEPS}(?:${name}${server === undefined ? "" : `|${server}`})\.listen\(`);
  const [at, second] = lines.flatMap((line, index) => (index > created && listens.test(line) ? [index] : []));
  if (at === undefined || second !== undefined)
    throw new UsageError(
      `the one place where ${member} begins to listen was not found in the entry file; name another with --entry, or wire the guard by hand`,
    );
  const making = takeBlock(lines, created).slice(1);
  const calls = making.findIndex((line) => line.includes(`this.${findMethod(lines, at)}(`) || listens.test(line));
  const later = [...takeBlock(lines, at).slice(1), ...(calls === -1 ? [] : making.slice(calls + 1))];
  const isLate = new RegExp(String.raw`\b${name}\.${ROUTES}|^\s*(?:await\s+)?this\.\w+\(`);
  if (later.some((line) => isLate.test(line)))
    throw new UsageError(`${member} may get routes after line ${at + 1}, where it begins to listen; wire the guard by hand`);
  return at;
}
