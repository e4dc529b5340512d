import { type Finding, findForm, joinPieces, lookAt, type Scan, toFinding, type Word } from "../finding.ts";
import { isReplacement } from "../replacement.ts";
import { readPair } from "./beside.ts";

const SCHEME =
  /^(?:[bB](?:asic|earer)|[dD]igest|[tT]oken(?=\s[\w.~+/=-]{20}))\s(?!http|HTTP)((?=[\w.~+/=-]*\d|(?=[\w.~+/=-]{16})[\w.~+/=-]*[a-z][A-Z])[\w.~+/=-]{8,})/;

/** The credential after the name of a scheme in running text: `Bearer ab12...`, `Basic dXNlcjpwYXNz`. */
export function readScheme(scan: Scan, { start }: Word): Finding | undefined {
  return findForm(scan, "auth", [start, 4_110, SCHEME]);
}

/** Functions that open a connection or take a key, matched backwards from the end of the name: most calls are of others. */
const OPENER = /(?<=[cC]onnect(?:ion)?|mysqli|PDO|login|Entry|Credential|Hmac|jwt\.\w{4,6})/y;

const CALL =
  /^[\w.]*(?:->__construct)?\([ \t]{0,4}((?:(?:"[^"\n]{0,160}"|'[^'\n]{0,160}'|\{[^{}]{0,160}\}|[\w.$]{1,40})[ \t]{0,4},\s{0,32}){1,2})["']([^"'\n$<{[/\\][^"'\n/]{3,80})["']/;

/** The password among the arguments of such a call: `mysqli_connect("db", "name", "x9")`, `smtp.login("name", "x9")`. */
export function readCall(scan: Scan, { end: wordEnd }: Word): Finding | undefined {
  if (!lookAt(scan.text, wordEnd, OPENER)) return undefined;
  const [call = "", others = "", password = ""] = CALL.exec(scan.text.slice(scan.chain, scan.chain + 512)) ?? [];
  if (call === "") return undefined;
  const end = scan.chain + call.length - 1;
  const at = end - password.length;
  return joinPieces(scan, "password", [
    { start: at - 1 - others.length, end: at - 1, replacement: scan.inner?.(others) ?? others },
    toFinding(scan, "password", [at, end]),
  ]);
}

const USER = /^(?:=|[ \t]{0,5})(?:(["'])((?:(?!\1|[:%]).)*)(?::|\b%)((?:(?!\1).)*)|([\w$@.{}-]+)[:%]("[^"\n]*"|'[^'\n]*'|\S*))/;

/** A command of HTTPie, whose `-a` and `--auth` take a name and a password. */
const HTTPIE = /\b(?:https?|xhs?) [^\n|;&]*$/;

/** The password of `curl -u name:password`, in quotes or not. */
export function readUserOption(scan: Scan, { start, end }: Word): Finding | undefined {
  const { text, codes } = scan;
  if (!/^(?:\s?-[uUa]|--(?:\w+-)?(?:user|auth))$/.test(text.slice(Math.max(0, scan.chain - 2), end))) return undefined;
  if (codes[start] === 0x61 && !HTTPIE.test(text.slice(Math.max(0, start - 96), start))) return undefined;
  const [whole = "", , quoted, first, bare, second] = USER.exec(text.slice(end, end + 520)) ?? [];
  const name = quoted ?? bare;
  if (name === undefined) return readPair(scan, codes[end] === 0x3d ? end + 1 : end);
  const password = first ?? second ?? "";
  const to = end + whole.length;
  const at = to - password.length;
  // With Freshdesk the key is the name, and the password is an `X`.
  if (/^x?$/i.test(password))
    return name.length >= 16 && /\d/.test(name) ? toFinding(scan, "auth", [at - 1 - name.length, at - 1]) : undefined;
  if (/^\d+$|^["']?(?:\$|<|\[|\/\/|\{\{|\*+$)/.test(password) || isReplacement(password)) return undefined;
  return toFinding(scan, "password", [at, to]);
}
