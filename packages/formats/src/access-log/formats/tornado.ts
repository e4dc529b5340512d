/** tornado's own line layout, and Jupyter's: `[E 230115 10:11:12 web:2239] 500 GET /api (127.0.0.1) 3.07ms`. Source: tornado/log.py, LogFormatter. */
import { readAnswerSentence } from "../application/answer-sentence.ts";
import { parseIsoTime } from "../values/clock.ts";
import { putTime } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** tornado. */
export const tornado: TextFormat = { id: "tornado", create: createTornado };

const LINE = /^\[([DIWEC]) (?:(\d{2}|\d{4}-)(\d\d)(-?)(\d\d) )?(\d\d:\d\d:\d\d(?:[.,]\d{3})?) ([\w.: -]{1,80})\] (.*)$/s;
const LEVELS: Readonly<Record<string, string>> = { D: "debug", I: "info", W: "warning", E: "error", C: "critical" };

function createTornado(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const [, level = "", year, month, , day, clock = "", , text = ""] = match;
    const century = year?.length === 2 ? "20" : "";
    const date = `${century}${year?.replace("-", "") ?? ""}-${month}-${day}`;
    const timeMs = year === undefined ? undefined : parseIsoTime(`${date}T${clock.replace(",", ".")}`, context.zoneOffsetMinutes);
    const draft = readAnswerSentence(text);
    if (draft !== undefined) {
      putTime(draft, timeMs);
      return { kind: "exchange", format: "tornado", exchange: draft };
    }
    const message = { severity: readSeverity(LEVELS[level]), text, ...(timeMs === undefined ? {} : { timeMs }) };
    return { kind: "message", format: "tornado", message };
  };
}
