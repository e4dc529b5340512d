/**
 * IIS's own format, which is older than its W3C logs and still available: fifteen fields, each with a comma after it, as in `192.0.2.1, -,
 * 3/4/2026, 7:55:20, W3SVC2, SERVER, 198.51.100.5, 4502, 163, 3223, 200, 0, GET, /a.gif, -,`. The date is in the order of the United
 * States, unless its first part cannot be a month. The time is the server's local time. Source: Microsoft, "IIS log file formats".
 */
import { parseIsoTime } from "../values/clock.ts";
import { isAbsent, putClient, putDuration, putNumber, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";

/** IIS in its own format. */
export const iisNative: TextFormat = { id: "iis-native", create: createIisNative };

const ADDRESS = String.raw`[\d.:a-f%]{2,60}`;
const CLIENT_AND_USER = String.raw`(${ADDRESS}), ([^,]{1,120})`;
const TIME = String.raw`(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}), (\d{1,2}:\d\d:\d\d)`;
const SITE_AND_SERVER = String.raw`(\w{1,40}), ([^,]{1,120}), (${ADDRESS}|-)`;
const TOOK_RECEIVED_AND_SENT = String.raw`(\d+), (\d+), (\d+)`;
const STATUSES = String.raw`(\d{3}), (\d+)`;
const REQUEST = "([A-Z_-]{1,20}), ([^,]*), (.*?),?";
const LINE = new RegExp(`^${[CLIENT_AND_USER, TIME, SITE_AND_SERVER, TOOK_RECEIVED_AND_SENT, STATUSES, REQUEST].join(", ")}$`, "i");

function createIisNative(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const [, client, , first = "", second = "", year = "", clock = "", , , , took, received, sent, status, , method, target, query] = match;
    const [month, day] = Number(first) > 12 ? [second, first] : [first, second];
    const date = `${year.length === 2 ? "20" : ""}${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const draft = startDraft("app-server", "iis");
    putTime(draft, parseIsoTime(`${date}T${clock.padStart(8, "0")}`, context.zoneOffsetMinutes));
    putClient(draft, client);
    putText(draft, "method", method);
    putTarget(draft, target);
    if (!isAbsent(query)) putText(draft, "query", query);
    putStatus(draft, status);
    putNumber(draft, "requestBytes", received);
    putNumber(draft, "responseBytes", sent);
    putDuration(draft, took, 1);
    if (draft.status !== undefined && draft.status >= 500) {
      draft.madeBy = { hop: "observer", because: "IIS logs what it or the application inside it answered", confidence: 0.7 };
    }
    return { kind: "exchange", format: "iis", exchange: draft };
  };
}
