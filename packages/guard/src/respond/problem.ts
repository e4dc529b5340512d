/** The answer to an error: RFC 9457 problem details with nothing inside that helps an attacker, in the representation the client asked for. */
import type { ErrorAnswer } from "./error-facts.ts";
import { STATUS_CODES } from "node:http";
import { quote } from "../json-text.ts";
import { negotiate } from "./accept.ts";
import { formatProxyStatus } from "./proxy-status.ts";

/** Where RFC 9110 renamed what Node still calls by its older name. */
const RENAMED: Readonly<Record<number, string>> = { 413: "Content Too Large", 416: "Range Not Satisfiable", 422: "Unprocessable Content" };

/** The standard reason phrase, which RFC 9457 asks for as `title` of `about:blank`. */
function titleOf(status: number): string {
  return RENAMED[status] ?? STATUS_CODES[status] ?? (status >= 500 ? "Server Error" : "Client Error");
}

/** What goes on the wire. */
export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Who asks and under which ids: `requestId` as `parseRequestId` lets it pass, `traceId` 32 hex digits, so neither needs to be escaped. */
export type AnswerContext = {
  readonly service: string;
  readonly accept: unknown;
  readonly requestId: string;
  readonly traceId: string;
};

function toUuidUrn(id: string): string {
  return `urn:uuid:${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function writeHtml(title: string, answer: ErrorAnswer, context: AnswerContext): string {
  const heading = escapeHtml(`${answer.status} ${title}`);
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title>` +
    `<h1>${heading}</h1><p>Request ${escapeHtml(context.requestId)}</p>`
  );
}

/** Written by hand, because it is written for each failure: `JSON.stringify` of the same object takes four times as long. */
function writeProblem(title: string, answer: ErrorAnswer, context: AnswerContext): string {
  const { requestId, traceId } = context;
  const type = answer.type === undefined ? '"about:blank"' : JSON.stringify(answer.type);
  const detail = answer.detail === undefined ? "" : `"detail":${JSON.stringify(answer.detail)},`;
  const retryAfter = answer.retryAfterSeconds === undefined ? "" : `,"retry_after":${JSON.stringify(answer.retryAfterSeconds)}`;
  const errors = answer.errors === undefined ? "" : `,"errors":${JSON.stringify(answer.errors)}`;
  return (
    `{"type":${type},"title":${quote(title)},"status":${answer.status},${detail}"instance":"${toUuidUrn(traceId)}",` +
    `"request_id":"${requestId}","trace_id":"${traceId}","retryable":${answer.retryable ?? false}${retryAfter}${errors}}`
  );
}

/** Writes the answer. Every text in it is constant, an id, or was declared public by the rule that made `answer`. */
export function writeAnswer(answer: ErrorAnswer, context: AnswerContext): Answer {
  const mediaType = negotiate(context.accept);
  const title = answer.title ?? titleOf(answer.status);
  const headers: Record<string, string> = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": context.requestId,
  };
  if (answer.retryAfterSeconds !== undefined) headers["retry-after"] = String(Math.ceil(answer.retryAfterSeconds));
  if (answer.proxy !== undefined) headers["proxy-status"] = formatProxyStatus(context.service, answer.proxy);
  const write = (contentType: string, body: string): Answer => {
    headers["content-type"] = contentType;
    return { status: answer.status, headers, body };
  };
  if (mediaType === "text/plain") return write("text/plain; charset=utf-8", `${answer.status} ${title}\nrequest ${context.requestId}\n`);
  if (mediaType !== "text/html") return write(mediaType, writeProblem(title, answer, context));
  headers["content-security-policy"] = "default-src 'none'";
  return write("text/html; charset=utf-8", writeHtml(title, answer, context));
}
