import { ALNUM, classOf, SPACE, UNDERSCORE } from "./character.ts";
import { type Finding, type Scan, toFinding, type Word } from "./finding.ts";
import { COST } from "./work.ts";
import { isReplacement } from "./replacement.ts";

const LONGEST = 4_096;

/** End of a run of the characters that tokens are made of. */
function findTokenEnd(text: string, start: number): number {
  const most = Math.min(text.length, start + LONGEST);
  let at = start;
  while (at < most) {
    const code = text.charCodeAt(at);
    const isToken =
      (classOf(code) & (ALNUM | UNDERSCORE)) !== 0 || (code >= 0x2b && code <= 0x2f && code !== 0x2c) || code === 0x7e || code === 0x3d;
    if (!isToken) break;
    at += 1;
  }
  return at;
}

/** The credential behind a scheme's name in running text: `Bearer ab12...`, `Basic dXNlcjpwYXNz`. */
export function readScheme(scan: Scan, { start, end }: Word): Finding | undefined {
  const scheme = scan.text.slice(start, end).toLowerCase();
  if (scheme !== "bearer" && scheme !== "basic" && scheme !== "token" && scheme !== "digest") return undefined;
  scan.pass.work.left -= COST.words;
  const from = end + 1;
  const to = findTokenEnd(scan.text, from);
  const raw = scan.text.slice(from, to);
  const isRandom = raw.length >= 8 && (/\d/.test(raw) || (raw.length >= 16 && /[a-z][A-Z]/.test(raw)));
  if (!isRandom || isReplacement(raw) || (scheme === "token" && raw.length < 20)) return undefined;
  return toFinding(scan, "auth", [from, to]);
}

/** The password of `curl -u name:password`, in quotes or not. */
export function readUserOption(scan: Scan, { start, end }: Word): Finding | undefined {
  const { text } = scan;
  const isShort = end - start === 1 && text.charCodeAt(start - 1) === 0x2d && (classOf(text.charCodeAt(start - 2)) & SPACE) !== 0;
  const isLong = end - start === 4 && text.startsWith("--user", start - 2);
  if (!isShort && !isLong) return undefined;
  scan.pass.work.left -= COST.words;
  const option = /^(?:=|[ \t]{0,5})(["']?)/.exec(text.slice(end, end + 8));
  const quote = option?.[1] ?? "";
  const from = end + (option?.[0].length ?? 0);
  const line = text.slice(from, from + 512);
  const pair = (
    quote === '"' ? /^([^":\n]*)(:?)([^"\n]*)/ : quote === "'" ? /^([^':\n]*)(:?)([^'\n]*)/ : /^([\w$@.{}-]+)(:)("[^"\n]*"|'[^'\n]*'|\S*)/
  ).exec(line);
  const [, name = "", colon = "", password = ""] = pair ?? [];
  if (pair === null || colon === "") return readQuotedPair(scan, from - quote.length);
  const at = from + name.length + 1;
  if (password === "")
    return name.length >= 16 && /\d/.test(name)
      ? toFinding(scan, "auth", [from, from + name.length])
      : readQuotedPair(scan, from - quote.length);
  if (/^\d+$/.test(password) || /^["']?(?:\$|<|\[|\{\{|\*+$)/.test(password) || isReplacement(password)) return undefined;
  return toFinding(scan, "password", [at, at + password.length]);
}

/** `"name":"password"`, each in quotes of its own. */
function readQuotedPair(scan: Scan, from: number): Finding | undefined {
  const match = /^(["'])[^"'\n]{1,100}\1:(["'])([^"'\n]{3,200})\2/.exec(scan.text.slice(from, from + 320));
  const password = match?.[3];
  if (match === null || password === undefined || /^[$<{[]/.test(password)) return undefined;
  const start = from + match[0].length - 1 - password.length;
  return toFinding(scan, "password", [start, start + password.length]);
}
