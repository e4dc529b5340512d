/** Kubernetes' own layout, which ingress-nginx's controller writes between its access lines: `E1215 04:15:13.816036 8 config.go:489] words`. */
import { parseSyslogTime } from "../clock.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";

/** klog and glog. */
export const klog: TextFormat = { id: "klog", create: createKlog };

const LINE = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{1,9})\s+\d+ [\w.-]+:\d+\] (.*)$/s;
const SEVERITIES: Readonly<Record<string, number>> = { I: 9, W: 13, E: 17, F: 21 };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function createKlog(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const [, level = "", month, day = "", time = "", text = ""] = match;
    const timeMs = parseSyslogTime(`${MONTHS[Number(month) - 1] ?? ""} ${day} ${time}`, context);
    const message = { severity: SEVERITIES[level] ?? 0, text };
    return { kind: "message", format: "klog", message: timeMs === undefined ? message : { ...message, timeMs } };
  };
}
