/**
 * API Gateway's access log as CSV and as XML, with the fields and the order that its console proposes. (What it proposes for the Common Log
 * Format is read with that family.) Source: AWS, "Set up access logging for REST APIs", access log formats.
 */
import { parseClfTime } from "../values/clock.ts";
import { putClient, putNumber, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";

/** API Gateway as CSV and XML. */
export const apiGatewayText: TextFormat = { id: "apigateway-access", create: () => parseLine };

const CSV =
  /^([\d.]{7,15}|[0-9a-f:]{3,39}),[^,]*,[^,]*,(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}),([A-Z]{3,16}),([^,]*),HTTP\/[\d.]+,(\d{3}),(\d+|-),([\w-]+)(?:,\S+)?$/i;
const XML = /^<request id="([\w-]+)">.*<\/request>$/s;
const ELEMENT = /<(\w+)>([^<]*)<\/\1>/g;

function parseLine(line: string): ParsedLine | undefined {
  const csv = CSV.exec(line);
  if (csv !== null) {
    const [, ip, time, method, path, status, length, id] = csv;
    return build({ ip, time, method, path, status, length, id });
  }
  const xml = XML.exec(line.trim());
  if (xml === null) return undefined;
  const members = new Map([...line.matchAll(ELEMENT)].map(([, name = "", text = ""]) => [name, text.trim()]));
  if (!members.has("status")) return undefined;
  return build({
    ip: members.get("ip"),
    time: members.get("requestTime"),
    method: members.get("httpMethod"),
    path: members.get("resourcePath"),
    status: members.get("status"),
    length: members.get("responseLength"),
    id: xml[1],
  });
}

type Fields = Readonly<Record<"ip" | "time" | "method" | "path" | "status" | "length" | "id", string | undefined>>;

function build(fields: Fields): ParsedLine {
  const draft = startDraft("gateway", "api-gateway");
  putTime(draft, parseClfTime(fields.time ?? "", 0));
  putText(draft, "method", fields.method);
  putTarget(draft, fields.path);
  putText(draft, "route", fields.path);
  putStatus(draft, fields.status);
  putNumber(draft, "responseBytes", fields.length);
  putClient(draft, fields.ip);
  putText(draft, "requestId", fields.id);
  return { kind: "exchange", format: "apigateway-access", exchange: draft };
}
