/**
 * The two lines of a `java.util.logging` record in its English default, as Tomcat wrote them until version 7: time, class and method, then
 * level and words. The second line is a record by itself. Source: java.util.logging.SimpleFormatter.
 */
import { parseClfTime } from "../values/clock.ts";
import type { ParsedLine, ParseContext, TextFormat } from "../line.ts";

/** The first line of such a record. The second, level and words, is written by many layouts. */
export const javaUtilLogging: TextFormat = { id: "java-util-logging", create: (context) => (line) => parseHead(line, context) };

const HEAD = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d{1,2}):(\d\d:\d\d) ([AP])M ((?:[\w$]+\.)+[\w$]+ [\w$<>]+)$/;

function parseHead(line: string, context: ParseContext): ParsedLine | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const [, month, day, year, hour, rest, half, text = ""] = head;
  const hours = (Number(hour) % 12) + (half === "P" ? 12 : 0);
  const timeMs = parseClfTime(`${day}/${month}/${year}:${String(hours).padStart(2, "0")}:${rest}`, context.zoneOffsetMinutes);
  return { kind: "message", format: "java-util-logging", message: { severity: 0, text, ...(timeMs === undefined ? {} : { timeMs }) } };
}
