import { ALNUM, CLASSES, DIGIT, UNDERSCORE, UPPER } from "../character.ts";
import type { Finding } from "../finding.ts";
import { redactJson } from "./json.ts";
import { MAX_ENCODINGS, type Pass } from "../pass.ts";
import { findSecrets } from "../scan.ts";
import { allowWork, COST } from "../work.ts";

/** Text that a JSON value begins: worth reading by its structure first. */
function looksLikeJson(text: string): boolean {
  return /^\s{0,16}(?:\{\s{0,16}(?:"|\})|\[\s{0,16}[[{"\]])/.test(text);
}

function applyFindings(text: string, findings: readonly Finding[]): string {
  let output = "";
  let copied = 0;
  for (const finding of findings) {
    output += text.slice(copied, finding.start) + finding.replacement;
    copied = finding.end;
  }
  return output + text.slice(copied);
}

/** Where to cut so that no word is cut in two: half a secret is not always known for one. */
export function findCut(text: string, limit: number): number {
  for (let at = limit; at > limit - 512 && at > 0; at--) if (/[\s,;&"']/.test(text.charAt(at))) return at;
  return Math.max(0, limit - 512);
}

/** The shortest word that is a secret by itself, and the shortest without a digit; every other has signs in it, or a name before it. */
const SHORTEST_SECRET = 10;
const SHORTEST_OF_LETTERS = 20;

/** True for a short word alone, and for names of small words: most names and many values of a JSON text. Nothing is looked for in it. */
function isPlainWord(text: string): boolean {
  // Written so that what is no text, and has no length, is not passed over unread.
  if (!(text.length < 128)) return false;
  let bits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = CLASSES[code] ?? 0;
    if ((kind & (ALNUM | UNDERSCORE)) === 0 && code !== 0x2e && code !== 0x2d) return false;
    bits |= kind;
  }
  return text.length < SHORTEST_SECRET || ((bits & DIGIT) === 0 && (text.length < SHORTEST_OF_LETTERS || (bits & UPPER) === 0));
}

/** Redacts free text, `depth` encodings deep inside what was given. Text past the policy's limit is dropped unread. */
export function redactTextWith(text: string, pass: Pass, depth = 0): string {
  if (isPlainWord(text)) return text;
  if (depth === 0) allowWork(pass.work, text.length);
  else pass.work.left -= COST.inner;
  const limit = pass.policy.maxTextLength;
  if (text.length > limit)
    return `${redactTextWith(text.slice(0, limit).replace(/\S{1,512}$/, ""), pass, depth)}[${text.length - limit} more]`;
  const inner = (piece: string): string => redactTextWith(piece, pass, depth + 1);
  if (depth < MAX_ENCODINGS && looksLikeJson(text)) return redactJson(text, pass, inner);
  const findings = findSecrets(text, pass, depth < MAX_ENCODINGS ? inner : undefined);
  for (const finding of findings) pass.count(finding.kind);
  return findings.length === 0 ? text : applyFindings(text, findings);
}
