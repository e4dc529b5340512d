/**
 * The platform lines that AWS Lambda writes around the lines of a function. Source: AWS, "Viewing CloudWatch logs for Lambda", platform
 * lines.
 */
import type { LogMessage, ParsedLine, TextFormat } from "../line.ts";
import { scaleDuration } from "../exchange/draft.ts";

/** Lambda's platform lines as text. */
export const lambda: TextFormat = { id: "lambda", create: () => parsePlatformLine };

const LINE = /^(?:(?:START|END|REPORT) RequestId: ([0-9a-f-]{36})|(?:INIT_START|INIT_REPORT|EXTENSION|TELEMETRY)\s)(.*)$/s;
const DURATION = /\bDuration: (\d+(?:\.\d+)?) ms/;
/** The end of a report on a run that did not end by itself. */
const FAILED = /\b(?:Status: (?:error|timeout|failure)|Task timed out|Error Type: )/i;

function parsePlatformLine(line: string): ParsedLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const durationMs = line.startsWith("REPORT") ? scaleDuration(DURATION.exec(match[2] ?? "")?.[1], 1) : undefined;
  const message: LogMessage = {
    severity: FAILED.test(line) ? 17 : 9,
    text: line.trimEnd(),
    ...(match[1] === undefined ? {} : { requestId: match[1] }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
  return { kind: "message", format: "lambda", message };
}
