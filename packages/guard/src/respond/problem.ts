/** The answer to an error: RFC 9457 problem details with nothing inside that helps an attacker, in the representation the client asked for. */
import type { ErrorAnswer } from "./error-facts.ts";
import { STATUS_CODES } from "node:http";
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

/** Who asks and under which ids. */
export type AnswerContext = {
  readonly service: string;
  readonly accept: unknown;
  readonly requestId: string;
  readonly traceId: string;
};

function toUuidUrn(traceId: string): string {
  const [, a, b, c, d, e] = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(traceId) ?? [];
  return `urn:uuid:${a}-${b}-${c}-${d}-${e}`;
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

function writeProblem(title: string, answer: ErrorAnswer, context: AnswerContext): string {
  return JSON.stringify({
    type: answer.type ?? "about:blank",
    title,
    status: answer.status,
    ...(answer.detail === undefined ? {} : { detail: answer.detail }),
    instance: toUuidUrn(context.traceId),
    request_id: context.requestId,
    trace_id: context.traceId,
    retryable: answer.retryable ?? false,
    ...(answer.retryAfterSeconds === undefined ? {} : { retry_after: answer.retryAfterSeconds }),
    ...(answer.errors === undefined ? {} : { errors: answer.errors }),
  });
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
  if (mediaType === "text/html") {
    const csp = { "content-security-policy": "default-src 'none'" };
    const body = writeHtml(title, answer, context);
    return { status: answer.status, headers: { ...headers, ...csp, "content-type": "text/html; charset=utf-8" }, body };
  }
  if (mediaType === "text/plain") {
    const body = `${answer.status} ${title}\nrequest ${context.requestId}\n`;
    return { status: answer.status, headers: { ...headers, "content-type": "text/plain; charset=utf-8" }, body };
  }
  return { status: answer.status, headers: { ...headers, "content-type": mediaType }, body: writeProblem(title, answer, context) };
}
