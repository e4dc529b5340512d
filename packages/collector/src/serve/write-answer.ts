import type { ServerResponse } from "node:http";
import type { ProblemDetails } from "@faultline/model";
import { prefersPage, toProblemPage } from "./problem-page.ts";
import type { Answer } from "./route.ts";

/** Writes an answer, once. A problem is a page to a browser that goes to its address, and problem details to everybody else. */
export function writeAnswer(response: ServerResponse, answer: Answer, listStylesheets: () => readonly string[]): void {
  if (response.headersSent || response.destroyed) return;
  if (answer.kind === "stream") return answer.open(response);
  if (answer.kind === "json")
    return writeBody(response, { status: answer.status, type: "application/json", text: JSON.stringify(answer.body) });
  for (const [name, value] of Object.entries({ vary: "accept", ...answer.headers })) response.setHeader(name, value);
  // The unread rest of a refused body must not be taken for the next request.
  if (response.req.method === "POST" && !response.req.complete) response.setHeader("connection", "close");
  writeBody(response, { status: answer.problem.status, ...toBody(answer.problem, response.req.headers.accept, listStylesheets) });
}

type Body = { readonly type: string; readonly text: string };

function toBody(problem: ProblemDetails, accept: string | undefined, listStylesheets: () => readonly string[]): Body {
  return prefersPage(accept)
    ? { type: "text/html; charset=utf-8", text: toProblemPage(problem, listStylesheets()) }
    : { type: "application/problem+json", text: JSON.stringify(problem) };
}

function writeBody(response: ServerResponse, { status, type, text }: Body & { readonly status: number }): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, { "content-type": type, "content-length": bytes.length, "cache-control": "no-store" });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
