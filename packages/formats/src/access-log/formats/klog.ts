/**
 * Kubernetes' own layout, in which ingress-nginx's controller writes between its access lines: `E1215 04:15:13.816036 8 config.go:489]
 * words`.
 */
import { readAppRecord } from "../application/app-message.ts";
import { parseIsoTime, parseSyslogTime } from "../values/clock.ts";
import { putTime } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readTextPairs } from "../values/logfmt-pairs.ts";

/** klog and glog. */
export const klog: TextFormat = { id: "klog", create: createKlog };

const LINE = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{1,9})\s+\d+ [\w.-]+:\d+\] (.*)$/s;
/** With a year, as TensorFlow and other programs write it: `2019-09-17 10:16:16.343128: I core/cpu.cc:141] words`. */
const DATED = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9}): ([IWEF]) \S{1,200}:\d+\] (.*)$/s;
const SEVERITIES: Readonly<Record<string, number>> = { I: 9, W: 13, E: 17, F: 21 };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function createKlog(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return readDated(line, context);
    const [, level = "", month, day = "", time = "", text = ""] = match;
    const timeMs = parseSyslogTime(`${MONTHS[Number(month) - 1] ?? ""} ${day} ${time}`, context);
    const pairs = readTextPairs(text);
    if (pairs !== undefined) {
      const parsed = readAppRecord(Object.fromEntries(pairs), { id: "klog", observer: "application" }, context);
      if (parsed.kind === "exchange") {
        putTime(parsed.exchange, timeMs);
        return parsed;
      }
    }
    const message = { severity: SEVERITIES[level] ?? 0, text };
    return { kind: "message", format: "klog", message: timeMs === undefined ? message : { ...message, timeMs } };
  };
}

function readDated(line: string, context: ParseContext): ReturnType<LineParser> {
  const match = DATED.exec(line);
  if (match === null) return undefined;
  const timeMs = parseIsoTime(match[1] ?? "", context.zoneOffsetMinutes);
  const message = { severity: SEVERITIES[match[2] ?? ""] ?? 0, text: match[3] ?? "" };
  return { kind: "message", format: "klog", message: timeMs === undefined ? message : { ...message, timeMs } };
}
