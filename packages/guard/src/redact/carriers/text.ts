import { allowWork, STEP_COST } from "../work.ts";
import { redactJson } from "./json.ts";
import { findSecrets } from "../scan.ts";
import { rewrite } from "../finding.ts";
import { MAX_ENCODINGS, type Pass } from "../pass.ts";

/** Text that begins with a JSON value, and is read as JSON first. */
const JSON_BEGINNING = /^\s{0,16}(?:\{\s{0,16}["}]|\[\s{0,16}[[{"\]])/;

/** Where to cut without splitting a word: half a secret is not always recognised as one. */
export function findCut(text: string, limit: number): number {
  for (let at = limit; at > limit - 512 && at > 0; at--) if (/[\s,;&"']/.test(text.charAt(at))) return at;
  return Math.max(0, limit - 512);
}

/** Redacts a text that is JSON as a whole. */
export function redactJsonWith(text: string, pass: Pass): string {
  allowWork(pass.work, text.length);
  return redactJson(text, 0, { pass, inner: (inner) => redactTextWith(inner, pass, 1) });
}

/** Redacts free text, `depth` encodings deep in the text that was passed in. Anything past the policy's limit is dropped unread. */
export function redactTextWith(text: string, pass: Pass, depth = 0): string {
  if (depth === 0) allowWork(pass.work, text.length);
  else pass.work.left -= STEP_COST;
  const limit = pass.policy.maxTextLength;
  if (text.length > limit) return `${redactTextWith(text.slice(0, findCut(text, limit)), pass, depth)}[${text.length - limit} more]`;
  const inner = (piece: string): string => redactTextWith(piece, pass, depth + 1);
  if (depth < MAX_ENCODINGS && JSON_BEGINNING.test(text)) return redactJson(text, depth, { pass, inner });
  const findings = findSecrets(text, depth, {
    pass,
    inner: depth < MAX_ENCODINGS ? inner : undefined,
  });
  for (const finding of findings) pass.count(finding.kind);
  return findings.length === 0 ? text : rewrite(text, [0, text.length], findings);
}
