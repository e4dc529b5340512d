/** Google Cloud's LogEntry: load balancers, Cloud Run, App Engine and applications. Source: Cloud Logging, LogEntry and HttpRequest. */
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  putClient,
  putDuration,
  putNumber,
  putStatus,
  putTarget,
  putText,
  putTime,
  readJsonText,
  readObject,
  startDraft,
} from "../exchange/draft.ts";
import { findGoogleDetail } from "../knowledge/google-details.ts";
import type { JsonFormat, JsonLineParser, JsonObject, LogMessage, ParseContext } from "../line.ts";
import { readAppMessage } from "../application/app-message.ts";
import { readSeverity } from "../values/severity.ts";

/** LogEntry, as exported or as an application's structured log writes it. */
export const googleCloud: JsonFormat = { id: "google-cloud", create: createGoogleCloud };

/** Every entry has one of these. */
const PAYLOADS = ["textPayload", "jsonPayload", "protoPayload"];

/** The time of a LogEntry. Libraries also write it in two parts. */
function readTimestamp(object: JsonObject): unknown {
  const parts = readObject(object["timestamp"]);
  return parts === undefined ? object["timestamp"] : Number(parts["seconds"]) + Number(parts["nanos"] ?? 0) / 1e9;
}

function createGoogleCloud(context: ParseContext): JsonLineParser {
  return (written) => {
    const object = "http_request" in written && ("insert_id" in written || "log_name" in written) ? toCamelCase(written) : written;
    const request = findRequest(object);
    const isLogEntry = isEntry(object);
    // An application may mention a request that it is working on. Only with an answer the record is an exchange.
    if (request !== undefined && ("status" in request || (isLogEntry && "requestUrl" in request))) {
      return { kind: "exchange", format: "google-cloud", exchange: readRequest(object, { request, context }) };
    }
    if (!isLogEntry && !isOfApplication(object)) return undefined;
    return { kind: "message", format: "google-cloud", message: readMessage(object, context) };
  };
}

function findRequest(object: JsonObject): JsonObject | undefined {
  return (
    readObject(object["httpRequest"]) ??
    readObject(readObject(object["jsonPayload"])?.["httpRequest"]) ??
    readRequestLog(readObject(object["protoPayload"]))
  );
}

/** True for a LogEntry, by the members that only it has. */
function isEntry(object: JsonObject): boolean {
  if ("logName" in object || "insertId" in object || "receiveTimestamp" in object) return true;
  return PAYLOADS.some((name) => name in object) && ("severity" in object || "resource" in object);
}

/** True for an application's structured log, which addresses Cloud Logging by special names. */
function isOfApplication(object: JsonObject): boolean {
  return "severity" in object && Object.keys(object).some((key) => key.startsWith("logging.googleapis.com/"));
}

function readMessage(object: JsonObject, context: ParseContext): LogMessage {
  const payload = readObject(object["jsonPayload"]) ?? readObject(object["protoPayload"]) ?? object;
  const text = readJsonText(object["textPayload"]) ?? readJsonText(payload["message"]) ?? readJsonText(payload["msg"]) ?? "";
  const message = readAppMessage(payload, context);
  const timeMs = parseAnyTime(object["timestamp"] ?? object["time"], context) ?? message.timeMs;
  const traceId = readTrace(object);
  return {
    ...message,
    text,
    severity: readSeverity(object["severity"]),
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/**
 * App Engine's own record of a request, whose members have other names than in LogEntry's HttpRequest. Source:
 * google.appengine.logging.v1.RequestLog.
 */
function readRequestLog(payload: JsonObject | undefined): JsonObject | undefined {
  const type = readJsonText(payload?.["@type"]);
  if (payload === undefined || type?.endsWith("google.appengine.logging.v1.RequestLog") !== true || !("status" in payload))
    return undefined;
  const { method, resource, status, latency, ip, userAgent, responseSize } = payload;
  return { requestMethod: method, requestUrl: resource, status, latency, remoteIp: ip, userAgent, responseSize };
}

/** Renames the members that client libraries spell as in Google's interface descriptions: `http_request`, `request_method`. */
function toCamelCase(object: JsonObject): JsonObject {
  const named = Object.entries(object).map(([name, value]) => {
    const inner = name === "http_request" ? readObject(value) : undefined;
    return [name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), inner === undefined ? value : toCamelCase(inner)];
  });
  return Object.fromEntries(named) as JsonObject;
}

/** Sets host and target. ingress-nginx, if configured for this layout, leaves the scheme out: `shop.example/v1`. */
function putUrl(draft: Draft, url: string | undefined): void {
  const bare = url !== undefined && /^[\w.:-]+\//.test(url) && !/^\w+:\/\//.test(url);
  putTarget(draft, bare ? `http://${url}` : url);
}

function readTrace(object: JsonObject): string | undefined {
  const trace = readJsonText(object["trace"]) ?? readJsonText(object["logging.googleapis.com/trace"]);
  return trace?.split("/").at(-1);
}

function readRequest(object: JsonObject, seen: { readonly request: JsonObject; readonly context: ParseContext }): Draft {
  const { request } = seen;
  const type = readJsonText(readObject(object["resource"])?.["type"]) ?? "";
  const isBalancer = /load_balancer|lb_rule/.test(type) || "jsonPayload" in object;
  const draft = startDraft(
    isBalancer ? "load-balancer" : /cloud_run|cloud_function|gae_app/.test(type) ? "platform" : "app",
    type === "" ? "google-cloud" : type,
  );
  putTime(draft, parseAnyTime(readTimestamp(object) ?? object["time"] ?? object["receiveTimestamp"], seen.context));
  putText(draft, "method", request["requestMethod"]);
  putUrl(draft, readJsonText(request["requestUrl"]));
  putStatus(draft, Number(request["status"]));
  putNumber(draft, "requestBytes", request["requestSize"]);
  putNumber(draft, "responseBytes", request["responseSize"]);
  putText(draft, "userAgent", request["userAgent"]);
  putClient(draft, readJsonText(request["remoteIp"]) ?? "");
  putLatency(draft, request["latency"]);
  putText(draft, "traceId", readTrace(object));
  const payload = readObject(object["jsonPayload"]);
  putText(draft, "requestId", readJsonText(payload?.["requestId"]));
  judgeGoogle(draft, payload);
  if (!isBalancer) judgeCloudRun(draft, readJsonText(object["textPayload"]));
  return draft;
}

/** Trap T8: a request without a free instance ends with 429 or 500, not 503, and only the entry's text says why. */
function judgeCloudRun(draft: Draft, text: string | undefined): void {
  if (text === undefined || draft.status === undefined || draft.status < 429) return;
  draft.errorMessage = text;
  if (!/no available instance/.test(text)) return;
  draft.madeBy = { hop: "observer", because: "Cloud Run had no available instance: the request did not reach the code", confidence: 0.9 };
}

/** `"0.123s"`, or `{seconds, nanos}`. */
function putLatency(draft: Draft, latency: unknown): void {
  if (typeof latency === "string") putDuration(draft, /^([\d.]+) ?s$/.exec(latency)?.[1], 1000);
  const parts = readObject(latency);
  if (parts !== undefined) draft.durationMs = Number(parts["seconds"] ?? 0) * 1000 + Number(parts["nanos"] ?? 0) / 1e6;
}

/** Rules gcp-lb-159 to gcp-lb-167, trap T13: the reason is in `statusDetails` or, with newer balancers, in `proxyStatus`. */
function judgeGoogle(draft: Draft, payload: JsonObject | undefined): void {
  const proxyStatus = readJsonText(payload?.["proxyStatus"]);
  const detail =
    readJsonText(payload?.["statusDetails"]) ??
    /details="?([\w-]+)"?/.exec(proxyStatus ?? "")?.[1] ??
    /error="?([\w-]+)"?/.exec(proxyStatus ?? "")?.[1];
  if (detail === undefined) return;
  draft.flags = detail;
  const { status } = draft;
  if (status === undefined) return;
  if (detail === "response_sent_by_backend") draft.upstream = [{ status, answered: true }];
  if (status < 500) return;
  const known = findGoogleDetail(detail);
  if (detail === "response_sent_by_backend") {
    draft.madeBy = { hop: "behind", because: "response_sent_by_backend", confidence: 0.97 };
  } else if (known?.hop === "client") draft.madeBy = { hop: "client", because: known.meaning, confidence: 0.85 };
  else draft.madeBy = { hop: "observer", because: known?.meaning ?? detail, confidence: known === undefined ? 0.7 : 0.93 };
}
