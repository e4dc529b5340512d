import { anyOf } from "@faultline/model";

/**
 * API Gateway's execution log. Each request has several lines, `(requestId) text`, or `Tue Aug 21 03:48:49 UTC 2018 : text` in a console
 * test.
 */
import { parseCTime } from "../values/clock.ts";
import { putStatus, startDraft } from "../exchange/draft.ts";
import type { LineParser, LogMessage, TextFormat } from "../line.ts";

/** Execution logs of API Gateway. */
export const apiGatewayExecution: TextFormat = { id: "apigateway-execution", create: createExecution };

const LINE = /^(?:\(([0-9a-fA-F-]{8,64}|[A-Za-z0-9_=-]{8,64})\) |([A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}) : )(.*)$/s;
const KNOWN = new RegExp(
  `^${anyOf(
    /Starting execution for request/,
    /HTTP Method:/,
    /Method request /,
    /Endpoint re/,
    /Sending request to /,
    /Received response/,
    /Method response /,
    /Method completed with status/,
    /Successfully completed/,
    /Execution failed/,
    /Extended Request Id/,
    /Verifying Usage Plan/,
    /API Key/,
    /Usage Plan/,
    /Lambda /,
    /Authorizer/,
    /Request body does not match/,
    /Gateway response/,
    /Starting authorizer/,
    /Using valid authorizer/,
    /AWS Integration/,
    /Integration /,
  )}`,
);

/** The first line of a console test. */
const BEGUN = /^Execution log for request ([\w-]{8,64})$/;

/** The most unfinished requests that are remembered at once. */
const MAX_OPEN = 1024;
type Open = { method?: string; path?: string };

function createExecution(): LineParser {
  const open = new Map<string, Open>();
  return (line) => {
    const begun = BEGUN.exec(line);
    if (begun !== null)
      return { kind: "message", format: "apigateway-execution", message: { severity: 9, text: line, requestId: begun[1] ?? "" } };
    const match = LINE.exec(line);
    if (match === null || !KNOWN.test(match[3] ?? "")) return undefined;
    const text = match[3] ?? "";
    const requestId = match[1] ?? "";
    const timeMs = match[2] === undefined ? undefined : parseCTime(match[2].replace(/^([A-Z][a-z]{2}) /, "$1 "), 0);
    const request = open.get(requestId) ?? {};
    const resource = /^HTTP Method: (\w+), Resource Path: (\S+)/.exec(text);
    if (resource !== null) Object.assign(request, { method: resource[1], path: resource[2] });
    if (open.size >= MAX_OPEN) open.clear();
    open.set(requestId, request);
    const completed = /^Method completed with status: (\d{3})/.exec(text);
    if (completed === null) return { kind: "message", format: "apigateway-execution", message: toMessage({ text, requestId, timeMs }) };
    open.delete(requestId);
    const draft = startDraft("gateway", "api-gateway");
    putStatus(draft, completed[1]);
    if (timeMs !== undefined) draft.timeMs = timeMs;
    if (requestId !== "") draft.requestId = requestId;
    if (request.method !== undefined) draft.method = request.method;
    if (request.path !== undefined) draft.path = request.path;
    return { kind: "exchange", format: "apigateway-execution", exchange: draft };
  };
}

function toMessage(line: { readonly text: string; readonly requestId: string; readonly timeMs: number | undefined }): LogMessage {
  const failed = /^Execution failed|error|exception/i.test(line.text);
  return {
    severity: failed ? 17 : 9,
    text: line.text,
    ...(line.requestId === "" ? {} : { requestId: line.requestId }),
    ...(line.timeMs === undefined ? {} : { timeMs: line.timeMs }),
  };
}
