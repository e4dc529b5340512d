import type { RecordedRequest } from "@faultline/model";
import type { RecordedFailure } from "./find-recorded-failure.ts";

/** A header that the test sends only when the person who runs it provides the value. */
type HeaderFromEnvironment = { readonly name: string; readonly variable: string };

/** What a generated test sends, and what a person must know before trusting it. */
export type ReplayPlan = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fromEnvironment: readonly HeaderFromEnvironment[];
  readonly body?: string;
  /** False for methods that may change something. These are sent only to this machine, or with permission. */
  readonly isSafe: boolean;
  readonly caveats: readonly string[];
};

/** Headers that belong to one connection, one hop or one trace, and not to the input. */
const NOT_INPUT = new Set(
  "host connection keep-alive proxy-connection transfer-encoding te trailer upgrade expect content-length traceparent tracestate baggage forwarded via x-request-id x-correlation-id x-real-ip sentry-trace newrelic date".split(
    " ",
  ),
);
const CREDENTIALS = /^(?:authorization|proxy-authorization|cookie|.*(?:api-?key|token|secret|session|signature|credential).*)$/i;
const REDACTED = /\[redacted:|redacted-[0-9a-f]{6}|@redacted\.example|\[unscanned\]/;
const UNREADABLE = /^\[(?:unscanned|\d+ (?:bytes|characters) of .*)\]$/;

function toVariable(name: string): string {
  return `FAULTLINE_HEADER_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

type Headers = Pick<ReplayPlan, "headers" | "fromEnvironment">;

/** Sorts the headers: input is sent, credentials are asked for, and headers of the connection are left out. */
function planHeaders(request: RecordedRequest): Headers {
  const headers: Record<string, string> = {};
  const fromEnvironment: HeaderFromEnvironment[] = [];
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (NOT_INPUT.has(lower) || lower.startsWith("x-forwarded-") || lower.startsWith(":") || !/^[\w-]{1,128}$/.test(name)) continue;
    if (CREDENTIALS.test(lower) || REDACTED.test(value)) fromEnvironment.push({ name: lower, variable: toVariable(lower) });
    // A body that was recorded as text is sent as text.
    else if (lower !== "content-encoding") headers[lower] = value.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?");
  }
  return { headers, fromEnvironment };
}

function listCaveats({ request, dependencies }: RecordedFailure, { fromEnvironment }: Headers): string[] {
  const caveats: string[] = [];
  if (fromEnvironment.length > 0) {
    const names = fromEnvironment.map(({ name, variable }) => `${name} (${variable})`).join(", ");
    caveats.push(`credentials and redacted headers are never replayed: set ${names} if the route asks for them`);
  }
  const where = [REDACTED.test(request.target) ? "the request target" : "", REDACTED.test(request.body ?? "") ? "the body" : ""].filter(
    (each) => each !== "",
  );
  if (where.length > 0)
    caveats.push(
      `${where.join(" and ")} held secrets, which were replaced by values of the same shape: a failure that depends on them is not reproduced`,
    );
  if (request.bodyTruncated) caveats.push("the body was recorded only in part: a failure that depends on the rest is not reproduced");
  if (UNREADABLE.test(request.body ?? "")) caveats.push("the body could not be recorded as text and is not sent");
  if (/^(?:POST|PUT|PATCH)$/.test(request.method) && request.body === undefined)
    caveats.push("no body was recorded: install the guard on this service to record it");
  if (Object.keys(request.headers).length === 0) caveats.push("no headers were recorded: only what the runner sends by itself is sent");
  if (dependencies.length > 0) caveats.push(`the test does not hold these still: ${dependencies.join("; ")}`);
  return caveats;
}

/** The method, if it is valid. Telemetry may come from anybody, so only a valid method is written into a script. */
function toMethod(method: string): string {
  return /^[A-Za-z-]{1,32}$/.test(method) ? method.toUpperCase() : "GET";
}

/** The path and query as sent, with characters encoded that no request line may contain. */
function toTarget(target: string): string {
  const path = target.startsWith("/") ? target : `/${target.replace(/^[a-z]+:\/\/[^/]*\/?/i, "")}`;
  return path.replace(/[^\u0021-\u007e\u0080-\uffff]/g, (each) => encodeURIComponent(each));
}

/** Decides what a test sends, and which caveats it needs. */
export function planReplay(recorded: RecordedFailure): ReplayPlan {
  const { request } = recorded;
  const headers = planHeaders(request);
  const body = UNREADABLE.test(request.body ?? "") ? undefined : request.body;
  return {
    method: toMethod(request.method),
    target: toTarget(request.target),
    ...headers,
    ...(body === undefined ? {} : { body }),
    isSafe: /^(?:GET|HEAD|OPTIONS|QUERY)$/.test(toMethod(request.method)),
    caveats: listCaveats(recorded, headers),
  };
}
