/**
 * Lines of two Go frameworks, in columns separated by bars. Gin: `[GIN] 2023/05/11 - 15:04:05 | 200 | 13.5µs | 127.0.0.1 | GET "/ping"`
 * (logger.go, defaultLogFormatter). Fiber: `15:04:05 | 500 | 12.3ms | 10.0.0.3 | POST | /orders | its error` (middleware/logger).
 */
import { putAppVerdict } from "../exchange/app-verdict.ts";
import { parseIsoTime } from "../values/clock.ts";
import { type Draft, putClient, putStatus, putTarget, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readSuffixedDuration } from "../named-fields/named-durations.ts";
import { readSeverity } from "../values/severity.ts";

/** Gin and Fiber. */
export const gin: TextFormat = { id: "gin", create: createGin };

const CELLS = String.raw`\|\s*(?<status>\d{3})\s*\|\s*(?<took>\S+)\s*\|\s*(?:(?<client>[^\s|]*)\s*\|)?`;
const GIN = new RegExp(
  String.raw`^\[[\w-]{1,20}\]\s+(?<time>\d{4}\/\d\d\/\d\d - \d\d:\d\d:\d\d) ${CELLS}\s*(?<method>[A-Z]{3,16})\s+(?<target>"[^"]*"|\S+)(?:\s*(?<error>\S.*))?$`,
  "s",
);
const DEBUG = /^\[GIN-debug\] (?:\[(\w+)\] )?(\S.*)$/s;
const FIBER = new RegExp(
  String.raw`^(?<time>(?:\d{4}[-/]\d\d[-/]\d\d[ T])?\d\d:\d\d:\d\d) ${CELLS}\s*(?<method>[A-Z]{3,16})\s*\|\s*(?<target>\/\S*)\s*(?:\|(?<error>.*))?$`,
  "s",
);

function createGin(context: ParseContext): LineParser {
  return (line) => {
    const groups = (GIN.exec(line) ?? FIBER.exec(line))?.groups;
    if (groups === undefined) {
      const debug = DEBUG.exec(line);
      if (debug === null) return undefined;
      return { kind: "message", format: "gin", message: { severity: readSeverity(debug[1] ?? "debug"), text: debug[2] ?? "" } };
    }
    const draft: Draft = startDraft("app", line.startsWith("[") ? "gin" : "fiber");
    const time = (groups["time"] ?? "").replaceAll("/", "-").replace(/ - | /, "T");
    putTime(draft, parseIsoTime(time, context.zoneOffsetMinutes));
    draft.method = groups["method"] ?? "";
    putTarget(draft, groups["target"]?.replaceAll('"', ""));
    putStatus(draft, groups["status"]);
    putClient(draft, groups["client"]);
    const durationMs = readSuffixedDuration(groups["took"] ?? "");
    if (durationMs !== undefined) draft.durationMs = durationMs;
    const error = groups["error"]?.trim() ?? "-";
    putAppVerdict(draft, { text: error === "-" ? "" : error });
    return { kind: "exchange", format: "gin", exchange: draft };
  };
}
