/** What structured application logs have in common: a level, a message, a time, an exception, and what they say about a request. */
import { readAnswerSentence } from "./answer-sentence.ts";
import { putAppVerdict } from "../exchange/app-verdict.ts";
import { type Draft, readJsonText, startDraft } from "../exchange/draft.ts";
import type { JsonObject, LogMessage, ParseContext, ParsedLine } from "../line.ts";
import { createFieldReader, type FieldReader } from "../named-fields/field-reader.ts";
import { putNamedFields, putNamedUpstream } from "../named-fields/named-fields.ts";
import { isKept, isOfAnother, isOfRequest, listWords, type Told } from "./own-answer.ts";
import { LEVEL, readSeverity } from "../values/severity.ts";

const MESSAGE = ["message", "msg", "event", "text", "log", "body", "short_message", "@message", "@m", "@mt", "renderedmessage"];
const EXCEPTION_TYPE = [
  "err.type",
  "err.name",
  "error.type",
  "exception.type",
  "error.name",
  "exception.class",
  "error_class",
  "exception_class",
  "error.class",
];
const STACK = [
  "err.stack",
  "error.stack_trace",
  "error.stack",
  "exception.stacktrace",
  "stack",
  "stack_trace",
  "stacktrace",
  "exc_info",
  "exception",
  "traceback",
  "@x",
];
const ERROR_TEXT = ["err.message", "error.message", "exception.message", "error", "err"];
const SERVICE = ["service.name", "service", "app", "application", "name"];

/** The message of a structured record, whatever its library. */
export function readAppMessage(object: JsonObject, context: ParseContext): LogMessage {
  const read = createFieldReader(object);
  const draft = startDraft("app", "application");
  putNamedFields(draft, read, context);
  return toMessage(draft, read);
}

function toMessage(draft: Draft, read: FieldReader): LogMessage {
  const { timeMs, method, path, query, host, status, durationMs, clientAddress, userAgent, requestId, traceId } = draft;
  const known = { timeMs, method, path, query, host, status, durationMs, clientAddress, userAgent, requestId, traceId };
  const stack = readJsonText(read(STACK));
  const thrown = stack === undefined ? undefined : readThrown(stack);
  const exceptionType = readJsonText(read(EXCEPTION_TYPE)) ?? thrown?.type;
  const [said, errorText] = [readJsonText(read(MESSAGE)), readJsonText(read(ERROR_TEXT))];
  const exceptionMessage = [errorText, thrown?.message].find((words) => words !== undefined && words !== "" && words !== said);
  const service = readJsonText(read(SERVICE));
  return {
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Partial<LogMessage>),
    severity: readSeverity(read(LEVEL)),
    text: said ?? errorText ?? "",
    ...(stack === undefined ? {} : { exceptionStack: stack }),
    ...(exceptionType === undefined ? {} : { exceptionType }),
    ...(exceptionMessage === undefined || said === undefined ? {} : { exceptionMessage }),
    ...(service === undefined ? {} : { service }),
  };
}

/** The error that a stack is about: the last line of a Python traceback, otherwise the first line. */
function readThrown(stack: string): { readonly type?: string; readonly message?: string } {
  const lines = stack.trim().split("\n");
  const isPython = lines[0]?.startsWith("Traceback (most recent call last)") === true;
  const [line, pattern] = isPython ? [lines.at(-1), PYTHON_ERROR] : [lines[0], ERROR_LINE];
  const [, type, message] = pattern.exec(line ?? "") ?? [];
  return { ...(type === undefined ? {} : { type }), ...(message === undefined ? {} : { message }) };
}

const PYTHON_ERROR = /^([A-Za-z_][\w.]*)(?:: (.*))?$/;
const ERROR_LINE = /^((?:[A-Za-z_$][\w.$]*)?(?:Error|Exception|Fault)): (.*)$/;

/** How a library's records are identified and named. */
export type AppFormat = { readonly id: string; readonly observer: string };

/** Reads a structured record as an exchange if it reports one (a status with a method or path), otherwise as a message. */
export function readAppRecord(object: JsonObject, format: AppFormat, context: ParseContext): ParsedLine {
  const read = createFieldReader(object);
  const draft = startDraft("app", format.observer);
  const isTold = putNamedFields(draft, read, context);
  const told = { read, words: listWords(readJsonText(read(MESSAGE)) ?? "") };
  const isExchange = isTold && isOfRequest(draft, told) && !isOfAnother(draft, told);
  if (draft.status !== undefined && !isExchange && (isTold || !isKept(draft, told))) delete draft.status;
  const message = toMessage(draft, read);
  if (!isExchange && !putSentence(draft, message.text, told)) return { kind: "message", format: format.id, message };
  if (!putNamedUpstream(draft, read)) putAppVerdict(draft, message);
  return { kind: "exchange", format: format.id, exchange: draft };
}

/**
 * Sets the exchange that the words alone tell about, if they are a whole sentence about an answer of this program. Returns whether they
 * are.
 */
function putSentence(draft: Draft, text: string, record: Told): boolean {
  const answer = draft.status === undefined && draft.method === undefined ? readAnswerSentence(text) : undefined;
  if (answer === undefined || isOfAnother(draft, record)) return false;
  const { method, path, query, status, durationMs, clientAddress, responseBytes } = answer;
  const told = { method, path, query, status, durationMs, clientAddress, responseBytes };
  Object.assign(draft, Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)));
  return true;
}
