/** Spring Boot's console layout (Logback). A record may be followed by stack traces of the JVM or of other languages. */
import { parseIsoTime } from "../values/clock.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** Spring Boot. */
export const spring: TextFormat = { id: "spring", create: createSpring };

const TIME = String.raw`(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d{3,9}(?:Z|[+-]\d\d:?\d\d)?)`;
const LEVEL = "(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)";
/** An optional field in brackets: the application, the thread, and the ids of a trace. */
const FIELD = String.raw`(?:\[([^\]]*)\] )?`;
const LINE = new RegExp(String.raw`^(?:${TIME}\s+|\s*)${LEVEL}\s+${FIELD}(\d+) --- ${FIELD}${FIELD}${FIELD}(\S.*?): (.*)$`, "s");
/** The rest of such a line if it was cut before the process number. */
const CUT = /^\d{1,7} --- (?:\[[^\]]*\] ){1,3}\S+ *: (\S.*)$/s;
/** Spring Boot's greeting. */
const BANNER = /^ :: Spring Boot :: +\(v/;
const THROWN = /(?<![\w$.])(?:[\d.]*\.)?([a-zA-Z_$][\w$]*(?:\.[\w$]+)+(?:Exception|Error|Throwable|Fault)\b)(?:: |$|;)/;

function createSpring(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return readRest(line);
    const timeMs = parseIsoTime((match[1] ?? "").replace(",", "."), context.zoneOffsetMinutes);
    const text = match[9] ?? "";
    const ids = [match[3], match[6], match[7]].join(",");
    const traceId = /(?:^|[,\s-])([0-9a-f]{32}|[0-9a-f]{16})(?:[-,\s]|$)/.exec(ids)?.[1];
    const thrown = THROWN.exec(text)?.[1];
    const status =
      match[8]?.trimEnd().endsWith(".DispatcherServlet") === true ? /^Completed (\d{3}) [A-Z][A-Z_ ]*$/i.exec(text)?.[1] : undefined;
    return {
      kind: "message",
      format: "spring",
      message: {
        severity: readSeverity(match[2]),
        text,
        ...(timeMs === undefined ? {} : { timeMs }),
        ...(status === undefined ? {} : { status: Number(status) }),
        ...(traceId === undefined ? {} : { traceId }),
        ...(thrown === undefined ? {} : { exceptionType: thrown }),
        ...(match[6] === undefined || match[5] === undefined ? {} : { service: match[5].trim() }),
      },
    };
  };
}

function readRest(line: string): ReturnType<LineParser> {
  if (BANNER.test(line)) return { kind: "directive", format: "spring", text: line };
  const text = CUT.exec(line)?.[1];
  return text === undefined ? undefined : { kind: "message", format: "spring", message: { severity: 0, text } };
}
