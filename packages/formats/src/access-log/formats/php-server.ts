/**
 * PHP's built-in server: `[Wed Mar  4 05:06:07 2026] 127.0.0.1:51234 [200]: GET /a`, perhaps followed by an error, and notes about
 * connections and the script's output. Source: php-src, sapi/cli/php_cli_server.c (php_cli_server_log_response).
 */
import { parseCTime } from "../values/clock.ts";
import { putClient, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";

/** PHP's built-in server. */
export const phpServer: TextFormat = { id: "php-server", create: createPhpServer };

const LINE = /^(?:\[\d{1,10}\] )?\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] (\S.*)$/s;
const ANSWER = /^(\S{2,64}:\d{1,5}) \[(\d{3})\]: (?:([A-Z-]{3,16}) )?(\/\S*)(?: - (.+))?$/s;
const WORDS =
  /^(?:\S{2,64}:\d{1,5} (?:Accepted|Closing|Closed without sending a request|Invalid request)|PHP |[A-Z]\w*(?:Error|Exception|Warning)\b)/;
const BAD_WORDS = /Error|Exception|Fatal|Invalid request/;

function createPhpServer(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const timeMs = parseCTime(match[1] ?? "", context.zoneOffsetMinutes);
    const text = match[2] ?? "";
    const answer = ANSWER.exec(text);
    if (answer === null) {
      if (!WORDS.test(text)) return undefined;
      const message = { severity: BAD_WORDS.test(text) ? 17 : 9, text };
      return { kind: "message", format: "php-server", message: timeMs === undefined ? message : { ...message, timeMs } };
    }
    const [, client, status, method, target, error] = answer;
    const draft = startDraft("app-server", "php");
    putTime(draft, timeMs);
    putClient(draft, client);
    putStatus(draft, status);
    putText(draft, "method", method);
    putTarget(draft, target);
    putText(draft, "errorMessage", error);
    if (draft.status !== undefined && draft.status >= 500) {
      draft.madeBy = { hop: "observer", because: "PHP's own server answered so", confidence: 0.85 };
    }
    return { kind: "exchange", format: "php-server", exchange: draft };
  };
}
