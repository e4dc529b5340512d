/** uWSGI's default request line. Source: uWSGI core/logging.c; its times have no zone. */
import { parseCTime } from "./clock.ts";
import { putClient, putDuration, putNumber, putStatus, putTarget, putTime, startDraft } from "./draft.ts";
import type { LineParser, ParseContext, TextFormat } from "./line.ts";

/** uWSGI. */
export const uwsgi: TextFormat = { id: "uwsgi", create: createUwsgi };

const LINE =
  /^\[pid: \d+\|app: [^|]*\|req: [^\]]*\] (\S+) \(.*?\) \{\d+ vars in (\d+) bytes\} \[([^\]]+)\] ([A-Z_-]+) (.*?) => generated (\d+) bytes in (\d+) (msecs|micros|usecs|secs)(?: via sendfile\(\)| via offload\(\))? \(([^ )]+) (\d{3})\)/s;

function createUwsgi(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const draft = startDraft("app-server", "uwsgi");
    putClient(draft, match[1] ?? "");
    putTime(draft, parseCTime(match[3] ?? "", context.zoneOffsetMinutes));
    draft.method = match[4] ?? "";
    putTarget(draft, match[5]);
    putNumber(draft, "responseBytes", match[6]);
    putDuration(draft, match[7], match[8] === "secs" ? 1000 : match[8] === "msecs" ? 1 : 0.001);
    putStatus(draft, match[10]);
    if (draft.status !== undefined && draft.status >= 500) {
      draft.madeBy = { hop: "observer", because: "the application under uWSGI answered so", confidence: 0.85 };
    }
    return { kind: "exchange", format: "uwsgi", exchange: draft };
  };
}
