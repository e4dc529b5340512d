/**
 * Squid's native format, which Apache Traffic Server writes too: `time elapsed client code/status bytes method URL user peer type`.
 * Operators' own layouts usually keep its head, and add further numbers and headers between or after its fields. Source: Squid wiki, "Squid
 * LogFormat"; Traffic Server's squid.
 */
import { putClient, putDuration, putNumber, putStatus, putTarget, putTime, startDraft } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";

/** Squid. */
export const squid: TextFormat = { id: "squid", create: () => parseSquid };

const HEAD = /^(\d{9,10}\.\d{3})\s+(\d+) (\S+)(?: \d{1,5})? ((?:TCP|UDP|ERR|NONE|TAG)\w*)\/(\d{3}) (\d+) /;
const REQUEST = /^(?:[\d-]+ ){0,8}([A-Z]{3,16}|-) (\S+) (?:\d\.\d )?\S+ (\w+)\/(\S+) \S+(?: .*)?$/;

function parseSquid(line: string): ParsedLine | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const request = REQUEST.exec(line.slice(head[0].length));
  if (request === null) return undefined;
  const [, time, elapsed, client, code = "", status, bytes] = head;
  const [, method = "", target, peering = "", peer = ""] = request;
  const draft = startDraft("proxy", "squid");
  putTime(draft, Math.round(Number(time) * 1000));
  putDuration(draft, elapsed, 1);
  putClient(draft, client);
  putStatus(draft, status);
  putNumber(draft, "responseBytes", bytes);
  if (method !== "-") draft.method = method;
  putTarget(draft, target);
  draft.flags = code;
  const isAsked = /DIRECT|PARENT|SIBLING/.test(peering) && peer !== "-";
  if (isAsked) draft.upstream = [{ address: peer }];
  return { kind: "exchange", format: "squid", exchange: draft };
}
