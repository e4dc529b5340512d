/** What was thrown, as the attributes of a log record: message, stack and causes, redacted. */
import { AttributeText } from "../export/otlp-json.ts";
import { escapeText, flatten } from "../json-text.ts";
import type { RememberingRedactor } from "../redaction.ts";
import { MAX_STACK } from "./stack.ts";
import type { ThrownAccount } from "./throwable.ts";

/** A redacted exception. `headline` is its type and message, escaped; `attributes` are written. */
export type ExceptionText = { readonly headline: string; readonly attributes: string };

/** Redacted text as JSON without its quotes, and its length before escaping. */
type Written = { readonly json: string; readonly length: number };

function toWritten(text: string): Written {
  return { json: escapeText(text), length: text.length };
}

function concat(first: Written, next: Written): Written {
  return { json: first.json + next.json, length: first.length + next.length };
}

const MAX_KNOWN_FRAMES = 256;

/** Remembers redacted frames: they repeat from failure to failure and hold no values, so each is redacted and written once. */
function redactFrames(frames: string, { knownFrames, redactText }: RememberingRedactor): Written {
  let written = knownFrames.get(frames);
  if (written !== undefined) return written;
  if (knownFrames.size >= MAX_KNOWN_FRAMES) knownFrames.clear();
  // A copy, because a slice would keep the whole stack in memory, however long its message.
  knownFrames.set(flatten(frames), (written = toWritten(redactText(frames))));
  return written;
}

/** Redacts a stack: separately its head, which repeats the message, and its frames. `message` is already redacted. */
function redactStack(account: ThrownAccount, message: Written, redactor: RememberingRedactor): Written {
  const { stack } = account;
  if (stack === undefined) return concat(toWritten(`${account.type}: `), message);
  const { head, frames } = stack;
  const isPlain = account.message !== "" && head.endsWith(account.message);
  const shown = isPlain ? concat(toWritten(head.slice(0, -account.message.length)), message) : toWritten(redactor.redactText(head));
  return frames === "" ? shown : concat(shown, redactFrames(frames, redactor));
}

/** A line break and the words of Java's traces, which tools know. */
const CAUSED_BY = toWritten("\nCaused by: ");

type Link = { readonly type: string; readonly message: string; readonly written: Written; readonly stack: Written };

/** The stacks of a chain as one text, in JSON without its quotes. */
function joinStacks(links: readonly Link[]): string {
  const { json, length } = links.map(({ stack }) => stack).reduce((all, stack) => concat(concat(all, CAUSED_BY), stack));
  // Clipping is rare; only then is the text recovered from its JSON.
  return length > MAX_STACK ? escapeText((JSON.parse(`"${json}"`) as string).slice(0, MAX_STACK)) : json;
}

/** The message is escaped once: it stands in the record three times. */
function redactLink(account: ThrownAccount, redactor: RememberingRedactor): Link {
  const message = redactor.redactText(account.message);
  const written = toWritten(message);
  return { type: account.type, message, written, stack: redactStack(account, written, redactor) };
}

/** Writes the exception: what was thrown, followed by its causes. */
export function writeException(accounts: readonly ThrownAccount[], redactor: RememberingRedactor): ExceptionText {
  const links = accounts.map((each) => redactLink(each, redactor));
  const thrown = links[0] as Link;
  const message = thrown.written.json;
  const type = escapeText(thrown.type);
  const attributes = new AttributeText();
  attributes.addEscaped("exception.type", type);
  attributes.addEscaped("exception.message", message);
  attributes.addEscaped("exception.stacktrace", joinStacks(links));
  attributes.add("faultline.exception.code", accounts.find(({ code }) => code !== undefined)?.code);
  if (links.length > 1) {
    attributes.add(
      "faultline.exception.causes",
      links.slice(1).map((link) => `${link.type}: ${link.message}`),
    );
  }
  return { headline: `${type}: ${message}`, attributes: attributes.written };
}
