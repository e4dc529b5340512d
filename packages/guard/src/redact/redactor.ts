import type { Pass } from "./pass.ts";
import { createKeyClassifier } from "./names/sensitive-key.ts";
import type { Attributes } from "@faultline/model";
import { UNSCANNED } from "./replacement.ts";
import { createPseudonymizer } from "./pseudonym.ts";
import { redactBodyWith } from "./carriers/body.ts";
import { redactValueWith } from "./carriers/value.ts";
import { startWork } from "./work.ts";
import { redactAttributesWith } from "./carriers/attributes.ts";
import { redactUrlWith } from "./carriers/url.ts";
import { type RedactionPolicy, resolvePolicy } from "./policy.ts";
import { createNameTable } from "./names/name-table.ts";
import { type HeaderInput, redactHeadersWith } from "./carriers/headers.ts";
import { redactTextWith } from "./carriers/text.ts";

/** Headers as a redactor accepts them. */
export type { HeaderInput } from "./carriers/headers.ts";

/** A redacted body, which may leave the process. */
export type RedactedBody = {
  readonly text: string;
  /** True when something was truncated at the policy's limit, or dropped because it could not be read. */
  readonly truncated: boolean;
};

/**
 * Removes secrets and personal data from whatever is about to leave memory. Credentials become markers such as `[redacted:token:3fa9c1]`;
 * emails, cards, IBANs and numbers become others of the same shape, so that a recorded request can still be sent in a test. Equal
 * values have equal pseudonyms within one redactor.
 *
 * No method ever throws, changes its argument, or takes more than linear time. If anything fails inside, the value being read is
 * dropped and replaced by `[unscanned]`: nothing leaves unread.
 */
export type Redactor = {
  /** Free text: a message, a stack, a log line, SQL. */
  redactText(text: string): string;
  /** Headers by name. Several values of one name are joined by a comma. */
  redactHeaders(headers: HeaderInput): Record<string, string>;
  /** The body of a request or response, by its content type; bytes that are not text are dropped and described. */
  redactBody(body: string | Uint8Array, contentType?: string): RedactedBody;
  /** A request target or a whole URL. */
  redactUrl(target: string): string;
  /** Any value of the program, as JSON data: a log record's fields, an error's properties. Getters are not called. */
  redactValue(value: unknown): unknown;
  /** Attributes of a span, an event or a log record. */
  redactAttributes(attributes: Attributes): Attributes;
  /** How many values were replaced so far, by kind; `unscanned` counts what was dropped because the redactor failed. */
  counts(): Readonly<Record<string, number>>;
};

/** Creates a redactor. Its pseudonyms are consistent among themselves, and with those of others only if they share `pseudonymKey`. */
export function createRedactor(policy: RedactionPolicy = {}): Redactor {
  const resolved = resolvePolicy(policy);
  const counts: Record<string, number> = Object.create(null);
  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const work = { left: 0 };
  const classify = createKeyClassifier(resolved.keys, resolved.safeKeys, work);
  const pass: Pass = {
    policy: resolved,
    classify,
    names: createNameTable(classify, work),
    work,
    pseudonym: createPseudonymizer(resolved.pseudonymKey),
    count,
  };
  return createRedactorFrom(pass, counts);
}

/** Creates a redactor from the given parts; tests pass parts that fail. */
export function createRedactorFrom(pass: Pass, counts: Record<string, number>): Redactor {
  const unscanned = () => UNSCANNED;
  const closed =
    <Input extends readonly unknown[], Output>(read: (...input: Input) => Output, dropped: () => Output) =>
    (...input: Input): Output => {
      try {
        startWork(pass.work);
        return read(...input);
      } catch {
        // Counted without `pass.count`, which may be what failed.
        counts["unscanned"] = (counts["unscanned"] ?? 0) + 1;
        return dropped();
      }
    };
  return {
    redactText: closed((text: string) => redactTextWith(text, pass), unscanned),
    redactHeaders: closed(
      (headers: HeaderInput) => redactHeadersWith(headers, pass),
      () => ({}),
    ),
    redactBody: closed(
      (body: string | Uint8Array, contentType?: string) => redactBodyWith(body, contentType, pass),
      () => ({ text: UNSCANNED, truncated: true }),
    ),
    redactUrl: closed((target: string) => redactUrlWith(target, pass), unscanned),
    redactValue: closed((value: unknown) => redactValueWith(value, pass), unscanned),
    redactAttributes: closed(
      (attributes: Attributes) => redactAttributesWith(attributes, pass),
      () => ({}),
    ),
    counts: () => ({ ...counts }),
  };
}
