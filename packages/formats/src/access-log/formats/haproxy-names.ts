/**
 * Records whose members have the names that HAProxy's manual gives its variables (`ST`, `ci`, `Ta`), as JSON or in pairs. Case matters:
 * `TR` is a timer and `tr` a time. Source: HAProxy configuration manual, section 8.2.6 (custom log format).
 */
import { readJsonText, startDraft } from "../exchange/draft.ts";
import type { JsonFormat, JsonObject, ParseContext, ParsedLine } from "../line.ts";
import { createFieldReader } from "../named-fields/field-reader.ts";
import { putNamedFields } from "../named-fields/named-fields.ts";
import { judgeHaproxy, putTries } from "./haproxy.ts";

/** What other layouts call the same. */
const NAMES: Readonly<Record<string, string>> = {
  ci: "client_ip",
  ST: "status",
  HM: "method",
  HU: "request_uri",
  HPO: "path",
  HP: "path",
  HQ: "query",
  r: "request",
  B: "bytes_sent",
  tr: "time",
  Tl: "time",
  t: "time",
  Ta: "total_time_ms",
  Tt: "total_time_ms",
  tsc: "termination_state",
  ts: "termination_state",
};

/** HAProxy's variables under their own names, as JSON. */
export const haproxyNames: JsonFormat = { id: "haproxy-json", create: (context) => (object) => readHaproxyNames(object, context) };

/** Reads such a record. Undefined if it lacks HAProxy's client or its status. */
export function readHaproxyNames(object: JsonObject, context: ParseContext): ParsedLine | undefined {
  if (!("ci" in object && "ST" in object)) return undefined;
  const named: Record<string, unknown> = {};
  for (const [name, usual] of Object.entries(NAMES)) named[usual] ??= object[name];
  const draft = startDraft("load-balancer", "haproxy");
  if (!putNamedFields(draft, createFieldReader(named), context)) return undefined;
  const flags = readJsonText(named["termination_state"]);
  if (flags !== undefined) draft.flags = flags;
  const [backend, server] = [readJsonText(object["b"]), readJsonText(object["s"])];
  const headerMs = Number(object["Tr"] ?? 0);
  if (backend !== undefined) draft.service = backend;
  if (backend !== undefined && server !== undefined && "Tr" in object)
    putTries(draft, { server, connectMs: Number(object["Tc"] ?? -1), headerMs, retries: readJsonText(object["rc"]) });
  judgeHaproxy(draft, headerMs);
  return { kind: "exchange", format: "haproxy-json", exchange: draft };
}
