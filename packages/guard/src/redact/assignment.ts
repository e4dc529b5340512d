import { findNameAbove, readNextLine } from "./beside.ts";
import { ALNUM, classOf, SPACE } from "./character.ts";
import type { Finding, Scan } from "./finding.ts";
import { replaceDigits, replaceString } from "./scalar.ts";
import { findValue } from "./assigned-value.ts";
import type { KeyKind } from "./sensitive-key.ts";
import { isCredible, isSuspectName } from "./credible.ts";
import { findSign, type Operator } from "./operator.ts";
import { isSignedParameter } from "./query-name.ts";

/** `token.ts:12:5` is a place in a file. */
const FILE_NAME =
  /\.(?:[cm]?[jt]sx?|py|rb|go|java|kt|scala|php|rs|cs|cpp|cc|c|h|swift|vue|svelte|html?|css|json|ya?ml|md|txt|log|sql|sh|lua|ex|exs|dart)$/i;

const NAME_TAIL = new Set([
  "key",
  "keys",
  "number",
  "code",
  "id",
  "value",
  "string",
  "str",
  "text",
  "is",
  "was",
  "const",
  "phrase",
  "hash",
  "secret",
]);

/** Only the last two of dotted names count: what a host or a class is called says nothing of a value. */
function lastNames(chain: string): string {
  const last = chain.lastIndexOf(".");
  return last < 0 ? chain : chain.slice(chain.lastIndexOf(".", last - 1) + 1);
}

/** The kind by the name, or by the name and the word before it: `api key: ...`, `var accessToken string = ...`. */
function classifyChain(scan: Scan, wordEnd: number, operator: Operator): { readonly kind: KeyKind | undefined; readonly name: string } {
  const { text, pass, chain, before } = scan;
  const name = lastNames(text.slice(chain, wordEnd));
  if (name.includes(".") && FILE_NAME.test(name)) return { kind: undefined, name: "file" };
  const isParameter = operator === "assign" && /[?&;]/.test(text.charAt(chain - 1));
  const kind = pass.classify(name) ?? (isParameter && isSignedParameter(name, 16) ? "key" : undefined);
  const above = kind === undefined && operator === "colon" && name === "value" ? findNameAbove(text, chain) : undefined;
  if (above !== undefined) return { kind: pass.classify(above), name: above };
  const gap = chain - before.end;
  const isApart = (classOf(text.charCodeAt(chain - 1)) & SPACE) !== 0;
  if (kind !== undefined || !isApart || gap < 1 || gap > 2 || !NAME_TAIL.has(name.toLowerCase())) return { kind, name };
  const previous = lastNames(text.slice(Math.max(before.start, before.end - 64), before.end));
  return {
    kind:
      pass.classify(`${previous} ${name}`) ??
      (/^(?:str|string|text|value|is|was|const)$/i.test(name) ? pass.classify(previous) : undefined),
    name: `${previous} ${name}`,
  };
}

/** A secret by its name: the value that is assigned to the name ending at `wordEnd`. */
export function readAssignment(scan: Scan, wordEnd: number): Finding | undefined {
  const { text, pass } = scan;
  const after = classOf(text.charCodeAt(wordEnd));
  if (
    wordEnd >= text.length ||
    (after & ALNUM) !== 0 ||
    ((after & SPACE) !== 0 && text.charCodeAt(wordEnd) < 0x0e && text.charCodeAt(wordEnd) !== 0x09)
  )
    return undefined;
  const sign = findSign(scan, wordEnd);
  if (sign === undefined) return undefined;
  const { kind, name } = classifyChain(scan, wordEnd, sign.operator);
  if (kind === undefined && !isSuspectName(name, sign.operator)) return undefined;
  const below = kind === undefined ? undefined : readNextLine(scan, sign, kind);
  if (below !== undefined) return below;
  const value = findValue(scan, sign, kind);
  if (value === undefined || !isCredible({ scan, value, kind, name, operator: sign.operator })) return undefined;
  const raw = text.slice(value.start, value.end);
  if (kind === "personal" && pass.policy.personal === "keep") return undefined;
  const found = kind ?? "key";
  // The count is taken by the scan; these two count as well when a structured value calls them.
  const quiet = { ...pass, count: () => undefined };
  const isNumber = !value.isQuoted && /^\d{1,19}$/.test(raw);
  const replacement = isNumber ? replaceDigits(found, raw, quiet) : replaceString(found, raw, quiet);
  return replacement === raw ? undefined : { start: value.start, end: value.end, kind: found, replacement };
}
