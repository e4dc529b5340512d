/**
 * AWS Application Load Balancers (and Classic ones, whose lines are shorter), as a line or as JSON with the documented field names. Times
 * are in seconds, and -1 means that the request was not dispatched. Fields at the end may be missing or new. Source: AWS, "Access logs for
 * your Application Load Balancer".
 */
import { parseIsoTime } from "../values/clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putNumber,
  putRequestLine,
  putStatus,
  putTarget,
  putText,
  putTime,
  readJsonText,
  readStatus,
  startDraft,
} from "../exchange/draft.ts";
import { findAlbReason } from "../knowledge/alb-reasons.ts";
import type { JsonFormat, JsonObject, ParsedLine, TextFormat } from "../line.ts";
import { readTokens, unescapeQuoted } from "../values/tokens.ts";

/** AWS load balancers, as lines. */
export const alb: TextFormat = { id: "alb", create: () => parseAlb };

/** A shipper may put the name of a service before the type. */
const TYPE = String.raw`(?:(?:[\w-]+ (?=[a-z\d]+ 20))?(https?|h2|grpcs|wss?) )?`;
const TIME = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)`;
/** The client and the target. */
const PEERS = String.raw`(\S+:\d+|-) (\S+:\d+|-)`;
const SECONDS = String.raw`(-?[\d.]+|-)`;
/** The load balancer's status, and the target's. */
const STATUSES = String.raw`(\d{3}|-) (\d{3}|-|0)`;
const SIZE = String.raw`(\d+|-)`;
const HEAD = new RegExp(`^${TYPE}${TIME} (\\S+) ${PEERS} ${SECONDS} ${SECONDS} ${SECONDS} ${STATUSES} ${SIZE} ${SIZE} "`);

function parseAlb(line: string): ParsedLine | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const tokens = readTokens(line, head[0].length - 1, 40).map(({ text }) => text);
  const [request, agent, , , , traceId, domain, , , created, actions, , reason] = tokens;
  const draft = startDraft("load-balancer", head[1] === undefined ? "elb" : "alb");
  const timeMs = parseIsoTime(head[2] ?? "", 0);
  putTime(draft, timeMs);
  putClient(draft, head[4]);
  putStatus(draft, head[9]);
  putNumber(draft, "requestBytes", head[11]);
  putNumber(draft, "responseBytes", head[12]);
  putRequestLine(draft, unescapeQuoted(request ?? "").replace(/ -$/, ""));
  putText(draft, "userAgent", unescapeQuoted(agent ?? ""));
  putText(draft, "requestId", traceId);
  if (!isAbsent(domain)) draft.host = domain ?? "";
  if (draft.host !== undefined) draft.host = draft.host.replace(/:(?:443|80)$/, "");
  putTimes(draft, [head[6], head[7], head[8]].map(Number), { timeMs, createdMs: parseIsoTime(created ?? "", 0) });
  const target = readStatus(head[10]);
  putAnswer(draft, head[5], target);
  if (!isAbsent(reason)) draft.errorMessage = reason ?? "";
  judgeAlb(draft, target, { reason, actions, pickedTarget: !isAbsent(head[5]) });
  return { kind: "exchange", format: head[1] === undefined ? "elb" : "alb", exchange: draft };
}

/**
 * AWS load balancers in JSON, made by a table or a parser from the documented field names (Athena's table, Vector's and Wazuh's parsers).
 */
export const albJson: JsonFormat = { id: "alb", create: () => parseAlbJson };

function parseAlbJson(object: JsonObject): ParsedLine | undefined {
  const pick = (...names: readonly string[]): string | undefined =>
    names.map((name) => readJsonText(object[name])).find((text) => text !== undefined);
  const target = pick("target_processing_time", "backend_processing_time");
  if (!("elb_status_code" in object) || target === undefined) return undefined;
  const draft = startDraft("load-balancer", "target_processing_time" in object ? "alb" : "elb");
  const timeMs = parseIsoTime(pick("time", "timestamp") ?? "", 0);
  putTime(draft, timeMs);
  const port = pick("client_port");
  putClient(draft, pick("client_host", "client:port", "client_ip", "client") ?? (port?.includes(":") === true ? port : undefined));
  putStatus(draft, pick("elb_status_code"));
  putNumber(draft, "requestBytes", pick("received_bytes"));
  putNumber(draft, "responseBytes", pick("sent_bytes"));
  putRequestLine(draft, pick("request")?.replace(/ -$/, "") ?? "");
  putText(draft, "method", pick("request_method", "request_verb", "http_method"));
  putTarget(draft, pick("request_url", "url"));
  putText(draft, "userAgent", pick("user_agent"));
  putText(draft, "requestId", pick("trace_id"));
  putText(draft, "host", pick("domain_name"));
  const times = [pick("request_processing_time"), target, pick("response_processing_time")].map(Number);
  putTimes(draft, times, { timeMs, createdMs: parseIsoTime(pick("request_creation_time") ?? "", 0) });
  const address = pick("target_host", "target:port", "target_ip", "backend_ip");
  const status = readStatus(pick("target_status_code", "backend_status_code"));
  putAnswer(draft, address, status);
  const reason = pick("error_reason");
  if (!isAbsent(reason)) draft.errorMessage = reason ?? "";
  judgeAlb(draft, status, { reason, actions: pick("actions_executed", "action_executed"), pickedTarget: !isAbsent(address) });
  return { kind: "exchange", format: draft.observer?.name === "elb" ? "elb" : "alb", exchange: draft };
}

function putAnswer(draft: Draft, address: string | undefined, status: number | undefined): void {
  const answer = status === undefined ? { answered: false } : { answered: true, status };
  if (!isAbsent(address)) draft.upstream = [{ address: address ?? "", ...answer }];
  else if (status !== undefined) draft.upstream = [answer];
}

/** Sets the sum of the three times if all are known, otherwise the time from the request's creation to the answer. */
function putTimes(
  draft: Draft,
  times: readonly number[],
  clock: { readonly timeMs: number | undefined; readonly createdMs: number | undefined },
): void {
  if (times.every((time) => time >= 0)) draft.durationMs = Math.round(times.reduce((sum, time) => sum + time, 0) * 1e6) / 1000;
  else if (clock.timeMs !== undefined && clock.createdMs !== undefined && clock.timeMs >= clock.createdMs) {
    draft.durationMs = Math.round((clock.timeMs - clock.createdMs) * 1000) / 1000;
  }
}

/** Rules aws-alb-140 to aws-alb-147. */
function judgeAlb(
  draft: Draft,
  target: number | undefined,
  seen: { readonly reason: string | undefined; readonly actions: string | undefined; readonly pickedTarget: boolean },
): void {
  const { status } = draft;
  if (status === 460) draft.madeBy = { hop: "client", because: "460: the client closed the connection", confidence: 0.95 };
  if (status === undefined || status < 500) return;
  if (target === status) {
    draft.madeBy = { hop: "behind", because: `target_status_code is ${status}: the target sent it`, confidence: 0.97 };
    return;
  }
  if (target !== undefined) {
    draft.madeBy = { hop: "observer", because: `the target answered ${target} and the load balancer ${status}`, confidence: 0.9 };
    return;
  }
  const known = findAlbReason(seen.reason ?? "");
  const because = seen.pickedTarget
    ? "target_status_code is -: the target did not answer"
    : (known?.meaning ?? "no target was picked: none is registered, or a rule or action answered");
  draft.madeBy = { hop: "observer", because, confidence: 0.95 };
}
