import { anyOf } from "@faultline/model";

/** uWSGI's default request line. Its times have no zone. Source: uWSGI core/logging.c. */
import { parseCTime } from "../values/clock.ts";
import { putClient, putDuration, putNumber, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";

/** uWSGI. */
export const uwsgi: TextFormat = { id: "uwsgi", create: createUwsgi };

const USAGE = String.raw`(?:\{(?=[^}]*usage: )[^}]*\} ){0,2}`;
const PROCESS = String.raw`\[pid: \d+(?:\|app: [^|]*\|req: [^\]]*)?\]`;
const CLIENT = String.raw`(?:(\S*)|[[<{][A-Za-z][\w -]{1,39}[\]>}]) (?:\(.{0,200}?\) )?`;
const REQUEST = String.raw`\{\d+ vars in (\d+) bytes\} \[([^\]]+)\] ([A-Z_-]*) (.*?)`;
const ANSWER = String.raw`generated (\d+) bytes in (\d+) (msecs|micros|usecs|secs)(?: via sendfile\(\)| via offload\(\))?`;
const LINE = new RegExp(String.raw`^(?:[\w.-]+: )?${USAGE}${PROCESS} ${CLIENT}${REQUEST} => ${ANSWER} \(([^)]{0,8000}) (-?\d+)\)`, "s");

function createUwsgi(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null) return readOwnWords(line, context);
    const draft = startDraft("app-server", "uwsgi");
    putClient(draft, match[1] ?? "");
    putTime(draft, parseCTime(match[3] ?? "", context.zoneOffsetMinutes));
    putText(draft, "method", match[4]);
    // If a target contains a space, uWSGI ends it there, and the rest of the line is taken for the protocol.
    const rest = / HTTP\/\d\.\d$/.exec(match[9] ?? "");
    putTarget(draft, rest === null ? match[5] : `${match[5]} ${match[9]?.slice(0, rest.index)}`);
    putNumber(draft, "responseBytes", match[6]);
    putDuration(draft, match[7], match[8] === "secs" ? 1000 : match[8] === "msecs" ? 1 : 0.001);
    putStatus(draft, match[10]);
    if (draft.status !== undefined && draft.status >= 500) {
      draft.madeBy = { hop: "observer", because: "the application under uWSGI answered so", confidence: 0.85 };
    }
    return { kind: "exchange", format: "uwsgi", exchange: draft };
  };
}

/** With `--log-date`, uWSGI writes the time before each of its own lines. */
const DATED = /^([A-Z][a-z]{2} [A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d \d{4}) - (.*)$/s;

/** What uWSGI says about itself when it starts, respawns, exceeds a limit or stops (core/uwsgi.c, core/master.c). */
const OWN_WORDS = new RegExp(
  `^(?:\\[UWSGI\\] ?)?${anyOf(
    /\*{3} .* \*{3}\s*$/,
    /compiled with version: /,
    /os: /,
    /nodename: /,
    /machine: /,
    /clock source: /,
    /pcre jit /,
    /detected /,
    /current working directory: /,
    /uWSGI /,
    /your /,
    /lock engine: /,
    /thunder lock: /,
    /uwsgi socket /,
    /Python (?:version|main interpreter)/,
    /python threads support /,
    /!!! /,
    /mapped \d+ bytes/,
    /WSGI app /,
    /spawned uWSGI /,
    /DAMN ! /,
    /worker \d+ /,
    /Respawned uWSGI /,
    /SIG[A-Z]+(?:\/SIG[A-Z]+)* received/,
    /gateway "/,
    /SIGPIPE: /,
    /goodbye to uWSGI/,
    /VACUUM: /,
    /chdir\(\) to /,
    /set(?:g|u)id\(\) to /,
    /dropping root /,
    /HARAKIRI/,
    /invalid (?:request block|HTTP request) size/,
    /VmPeak/,
    /--- .* ---\s*$/,
    /subprocess \d+ exited/,
    /\.{3}/,
    /Gracefully killing/,
    /\[uwsgi-[\w-]+ /,
    /uwsgi_\w+\(\)/,
    /announcing my loyalty/,
    /binary reloaded/,
  )}`,
);
const BAD_WORDS = /^(?:DAMN ! |\*{3} HARAKIRI|HARAKIRI|invalid (?:request block|HTTP request) size)/;

function readOwnWords(line: string, context: ParseContext): ReturnType<LineParser> {
  const dated = DATED.exec(line);
  const text = dated?.[2] ?? line;
  if (dated === null && !OWN_WORDS.test(text)) return undefined;
  const timeMs = parseCTime(dated?.[1] ?? "", context.zoneOffsetMinutes);
  const message = { severity: BAD_WORDS.test(text) ? 17 : 9, text };
  return { kind: "message", format: "uwsgi", message: timeMs === undefined ? message : { ...message, timeMs } };
}
