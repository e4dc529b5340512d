import type { ProblemDetails } from "@faultline/model";
import type { Answer } from "./route.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  413: "Content too large",
  415: "Unsupported media type",
  421: "Misdirected request",
  500: "Internal error",
  502: "Bad gateway",
  503: "Service unavailable",
};

/** Problem details (RFC 9457) for a status; `detail` is one sentence for the person who sent the request. */
export function toProblem(status: number, detail: string, parameter?: string): ProblemDetails {
  return { type: "about:blank", title: TITLES[status] ?? "Error", status, detail, ...(parameter === undefined ? {} : { parameter }) };
}

/** An answer that is a problem. */
export function answerProblem(status: number, detail: string, parameter?: string): Extract<Answer, { kind: "problem" }> {
  return { kind: "problem", problem: toProblem(status, detail, parameter) };
}

/** An answer that is JSON. */
export function answerJson(body: unknown, status = 200): Answer {
  return { kind: "json", status, body };
}
