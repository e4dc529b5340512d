/**
 * PHP-FPM: its access log, which has times without brackets and requests without a protocol, and its error log, whose format PHP's own
 * `error_log` shares. Source: php-src, sapi/fpm/www.conf.in (`access.format`), fpm/zlog.c and main/main.c (php_log_err).
 */
import { parseAnyTime } from "../values/clock.ts";
import { putClient, putDuration, putStatus, putTarget, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** PHP-FPM. */
export const phpFpm: TextFormat = { id: "php-fpm", create: createPhpFpm };

const ACCESS =
  /^(\S{2,45}) - +(?:\S+ )?\[?(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]? "([A-Z]{3,16}) (\/\S*)" (\d{3})(?: (.*))?$/;
/** The fields that `www.conf` proposes after the status: the script, milliseconds, kilobytes and the processor's share. */
const PROPOSED = /^\S+\.php (\d+\.\d{3}) \d+ \d+\.\d\d%$/;
const TIME = String.raw`(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)`;
const ZONE = String.raw`(?: ([A-Z]\w+(?:\/[\w/+-]+)?))?`;
const LEVEL = "(DEBUG|NOTICE|WARNING|ERROR|ALERT)";
const LEVEL_OF_PHP = "(Fatal error|Parse error|Recoverable fatal error|Warning|Notice|Deprecated)";
const ERROR = new RegExp(String.raw`^\[${TIME}${ZONE}\] (?:${LEVEL}: |PHP ${LEVEL_OF_PHP}: +)?(\S.*)$`, "s");

function createPhpFpm(context: ParseContext): LineParser {
  return (line) => {
    const access = ACCESS.exec(line);
    return access === null ? readError(line, context) : readAccess(access, context);
  };
}

function readAccess(access: RegExpExecArray, context: ParseContext): ParsedLine {
  const draft = startDraft("app-server", "php-fpm");
  putClient(draft, access[1]);
  putTime(draft, parseAnyTime(access[2], context));
  draft.method = access[3] ?? "";
  putTarget(draft, access[4]);
  putStatus(draft, access[5]);
  putDuration(draft, PROPOSED.exec(access[6] ?? "")?.[1], 1);
  if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = { hop: "observer", because: "the script under PHP-FPM answered so", confidence: 0.85 };
  }
  return { kind: "exchange", format: "php-fpm", exchange: draft };
}

function readError(line: string, context: ParseContext): ParsedLine | undefined {
  const error = ERROR.exec(line);
  if (error === null) return undefined;
  const [, day, month, year, clock, zone, level, kind, text = ""] = error;
  // Other zones are written by names, and the line does not tell their offset.
  const known = zone === undefined || zone === "UTC" || zone === "GMT";
  const timeMs = known
    ? parseAnyTime(`${day}/${month}/${year}:${clock?.slice(0, 8)}${zone === undefined ? "" : " +0000"}`, context)
    : undefined;
  const severity = readSeverity(level ?? kind?.split(" ").at(-1));
  return { kind: "message", format: "php-fpm", message: { severity, text, ...(timeMs === undefined ? {} : { timeMs }) } };
}
