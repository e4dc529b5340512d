/**
 * Amazon API Gateway's access log as JSON. The operators choose the keys, usually the names in `$context`. `status` is text.
 * `integrationStatus` is the status of the Lambda service, 200 even if the function failed; `integration.status` is the function's. Source:
 * AWS, "Customize HTTP API access logs" and "$context variables".
 */
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putStatus,
  putTarget,
  putText,
  putTime,
  readJsonText,
  readObject,
  readStatus,
  startDraft,
} from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, JsonObject, ParseContext } from "../line.ts";

/** API Gateway as JSON. */
export const apiGateway: JsonFormat = { id: "apigateway", create: createApiGateway };

/** A member by any of its usual spellings. Case and `_` do not matter, and `a.b` also finds the nested member. */
function pick(object: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const [key, value] of Object.entries(object)) {
      if (key.replaceAll("_", "").toLowerCase() !== name) continue;
      const text = readJsonText(value);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

function createApiGateway(context: ParseContext): JsonLineParser {
  return (object) => {
    const keys = new Set(Object.keys(object).map((key) => key.replaceAll("_", "").toLowerCase()));
    const typical = [
      "resourcepath",
      "routekey",
      "apiid",
      "stage",
      "extendedrequestid",
      "integrationstatus",
      "integrationlatency",
      "resourceid",
      "integrationerrormessage",
      "integrationerror",
    ];
    const identified = keys.has("requestid") || keys.has("extendedrequestid");
    if (!keys.has("status") || !(identified ? isTimedAnswer(object) || typical.some((key) => keys.has(key)) : isGatewaysOwn(object, keys)))
      return undefined;
    const draft = startDraft("gateway", "api-gateway");
    putTime(draft, parseAnyTime(readTimeValue(object), context));
    putTargets(draft, object);
    putStatus(draft, pick(object, "status"));
    putNumber(draft, "responseBytes", pick(object, "responselength"));
    putDuration(draft, pick(object, "responselatency", "latency"), 1);
    putClient(draft, pick(object, "ip", "sourceip", "clientip") ?? "");
    putText(draft, "userAgent", pick(object, "useragent"));
    putText(draft, "requestId", pick(object, "requestid", "extendedrequestid"));
    putText(draft, "host", pick(object, "domainname"));
    putText(draft, "traceId", pick(object, "xraytraceid"));
    putIntegration(draft, object);
    return { kind: "exchange", format: "apigateway-access", exchange: draft };
  };
}

/** `$context.responseLatency` is whole milliseconds in quotes. Others who use this name write a number. */
function hasLatency(object: JsonObject): boolean {
  const latency = object["responseLatency"];
  return typeof latency === "string" && /^\d{1,7}$/.test(latency);
}

/** True for a status with such a latency. An id would not tell: jobs have an id, a status and a latency too. */
function isTimedAnswer(object: JsonObject): boolean {
  return hasLatency(object) && /^[1-5]\d\d$/.test(readJsonText(object["status"]) ?? "");
}

/** True if, without the request's id, two names that only `$context` has identify the record. */
function isGatewaysOwn(object: JsonObject, keys: ReadonlySet<string>): boolean {
  return isTimedAnswer(object) && keys.has("responselength") && keys.has("integrationstatus");
}

function readTimeValue(object: JsonObject): unknown {
  const text = pick(object, "requesttime", "requesttimeepoch", "time", "timestamp", "@timestamp");
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function putTargets(draft: Draft, object: JsonObject): void {
  const route = pick(object, "routekey") ?? pick(object, "route");
  const resource = pick(object, "resourcepath");
  const words = route?.split(" ") ?? [];
  putText(draft, "method", pick(object, "httpmethod", "method") ?? (words.length === 2 && words[0] !== "ANY" ? words[0] : undefined));
  const template = resource ?? (words.length === 2 ? words[1] : undefined);
  if (template !== undefined && !template.includes("$default")) draft.route = template;
  putTarget(draft, pick(object, "path", "rawpath", "uri") ?? template);
}

/** Rule aws-apigw-136, trap T6. */
function putIntegration(draft: Draft, object: JsonObject): void {
  const nested = readObject(object["integration"]);
  const own = readStatus(Number(pick(object, "integration.status", "functionresponsestatus") ?? readJsonText(nested?.["status"])));
  const message =
    pick(object, "integrationerrormessage", "integration.error", "integrationerror", "error.message", "errormessage", "authorizer.error") ??
    readJsonText(readObject(object["error"])?.["message"]);
  const responseType = pick(object, "error.responsetype", "errorresponsetype", "responsetype");
  if (!isAbsent(message)) draft.errorMessage = message ?? "";
  if (!isAbsent(responseType)) draft.flags = responseType ?? "";
  if (own !== undefined) draft.upstream = [{ status: own, answered: true }];
  const { status } = draft;
  if (status === undefined || status < 500) return;
  if (own === status)
    draft.madeBy = { hop: "behind", because: `integration.status is ${own}: the integration answered so`, confidence: 0.9 };
  else if (!isAbsent(responseType)) draft.madeBy = { hop: "observer", because: `gateway response ${responseType}`, confidence: 0.9 };
  else if (own !== undefined)
    draft.madeBy = { hop: "observer", because: `the integration answered ${own}, the gateway ${status}`, confidence: 0.85 };
  else if (!isAbsent(message)) draft.madeBy = { hop: "observer", because: `the gateway's own words: ${message}`, confidence: 0.75 };
  else {
    const because = "integrationStatus is the Lambda service's status, not the function's; log $context.integration.status";
    draft.madeBy = { hop: "unknown", because, confidence: 0.4 };
  }
}
