/**
 * AWS Application Load Balancer (and Classic, by its shorter line). Times are in seconds, -1 means not dispatched; fields at the end may be
 * missing or more than known. Source: AWS, "Access logs for your Application Load Balancer".
 */
import { parseIsoTime } from "../clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putNumber,
  putRequestLine,
  putStatus,
  putText,
  putTime,
  readStatus,
  startDraft,
} from "../draft.ts";
import { findAlbReason } from "../knowledge/alb-reasons.ts";
import type { ParsedLine, TextFormat } from "../line.ts";
import { readTokens, unescapeQuoted } from "../tokens.ts";

/** AWS load balancers. */
export const alb: TextFormat = { id: "alb", create: () => parseAlb };

/** A shipper may put the name of a service before the type. */
const HEAD =
  /^(?:(?:[\w-]+ (?=[a-z\d]+ 20))?(https?|h2|grpcs|wss?) )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (\S+) (\S+:\d+|-) (\S+:\d+|-) (-?[\d.]+|-) (-?[\d.]+|-) (-?[\d.]+|-) (\d{3}|-) (\d{3}|-) (\d+|-) (\d+|-) "/;

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
  if (!isAbsent(head[5])) {
    draft.upstream = [{ address: head[5] ?? "", answered: target !== undefined, ...(target === undefined ? {} : { status: target }) }];
  } else if (target !== undefined) {
    draft.upstream = [{ answered: true, status: target }];
  }
  if (!isAbsent(reason)) draft.errorMessage = reason ?? "";
  judgeAlb(draft, target, { reason, actions, pickedTarget: !isAbsent(head[5]) });
  return { kind: "exchange", format: head[1] === undefined ? "elb" : "alb", exchange: draft };
}

/** The three times when all are known, else the time from the request's creation to the answer. */
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
