/** What was thrown, as the attributes of a log record: message, stack and causes, redacted. */
import { AttributeText } from "../export/otlp-json.ts";
import { escapeText } from "../json-text.ts";
import type { Redactor } from "../redaction.ts";
import { MAX_STACK } from "./stack.ts";
import { flattenAccount, type ThrownAccount } from "./throwable.ts";

/** A redacted exception. `headline` is its type and message, `attributes` are written. */
export type ExceptionText = { readonly headline: string; readonly attributes: string };

/** Redacted text as JSON without its quotes, and its length before that. */
type Written = { readonly json: string; readonly length: number };

function toWritten(text: string): Written {
  return { json: escapeText(text), length: text.length };
}

/** Frames repeat from failure to failure, and hold no values: they are looked through and written once. */
const knownFrames = new WeakMap<Redactor, Map<string, Written>>();
const MAX_KNOWN_FRAMES = 256;

function redactFrames(frames: string, redactor: Redactor): Written {
  let known = knownFrames.get(redactor);
  if (known === undefined) knownFrames.set(redactor, (known = new Map()));
  let written = known.get(frames);
  if (written !== undefined) return written;
  if (known.size >= MAX_KNOWN_FRAMES) known.clear();
  known.set(frames, (written = toWritten(redactor.redactText(frames))));
  return written;
}

/** Redacts a stack: its head, which repeats the message, and its frames apart. `message` is redacted already. */
function redactStack(account: ThrownAccount, message: string, redactor: Redactor): Written {
  const { stack } = account;
  if (stack === undefined) return toWritten(`${account.type}: ${message}`);
  const { head } = stack;
  const isPlain = account.message !== "" && head.endsWith(account.message);
  const shown = isPlain ? head.slice(0, head.length - account.message.length) + message : redactor.redactText(head);
  if (stack.frames === "") return toWritten(shown);
  const frames = redactFrames(stack.frames, redactor);
  return { json: escapeText(shown) + frames.json, length: shown.length + frames.length };
}

/** A line break, as JSON has it, and the words of Java's traces, which tools know. */
const CAUSED_BY = String.raw`\nCaused by: `;

/** The stacks of a chain as one text, in JSON without its quotes. */
function joinStacks(first: Written, rest: readonly Written[]): string {
  let { json, length } = first;
  for (const stack of rest) {
    json += CAUSED_BY + stack.json;
    length += CAUSED_BY.length + stack.length;
  }
  // What was clipped is rare: then the text is made from its JSON again.
  return length > MAX_STACK ? escapeText((JSON.parse(`"${json}"`) as string).slice(0, MAX_STACK)) : json;
}

type Link = { readonly account: ThrownAccount; readonly message: string; readonly stack: Written };

function redactLink(account: ThrownAccount, redactor: Redactor): Link {
  const message = redactor.redactText(account.message);
  return { account, message, stack: redactStack(account, message, redactor) };
}

/** Writes the exception. */
export function writeException(account: ThrownAccount, redactor: Redactor): ExceptionText {
  const first = redactLink(account, redactor);
  const rest = account.causes.flatMap(flattenAccount).map((link) => redactLink(link, redactor));
  const attributes = new AttributeText();
  attributes.add("exception.type", account.type);
  attributes.add("exception.message", first.message);
  const stack = joinStacks(
    first.stack,
    rest.map((link) => link.stack),
  );
  attributes.addEscaped("exception.stacktrace", stack);
  attributes.add("faultline.exception.code", account.code ?? rest.find((link) => link.account.code !== undefined)?.account.code);
  if (rest.length > 0) {
    attributes.add(
      "faultline.exception.causes",
      rest.map((link) => `${link.account.type}: ${link.message}`),
    );
  }
  return { headline: `${account.type}: ${first.message}`, attributes: attributes.written };
}
