/** Apache's error log, 2.4 (`[time] [module:level] [pid 1:tid 2] ... AH01075: ...`) and 2.2 (`[time] [level] [client ...] ...`). */
import { parseAnyTime } from "../values/clock.ts";
import { stripPort } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";
import { readDjangoWords } from "./django.ts";

const LINE = /^\[([A-Z][a-z]{2} [A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? \d{4})\] \[(?:([\w-]*):)?(\w+)\] ?(.*)$/s;
/** With the operators' own time (`ErrorLogFormat`), the module before the level shows that the line is Apache's. */
const OWN_TIME = /^\[(\d[^\]]{16,40})\] \[([\w-]+):(\w+)\] (.*)$/s;
/** A line that was copied without its time. */
const UNTIMED = /^()\[([a-z]\w*):(\w+)\] (\[pid \d.*)$/s;
const STARTING = /^(?:\[[\w-]+:(\w+)\] )?(?:\(\d{1,6}\)[^:]{1,80}: )?AH\d{5}: \S/;
const PREFIX = /^(?:\w{1,40}\.c\(\d+\): )?\[(?:pid \d+(?::tid \d+)?|client ([^\]]+)|remote ([^\]]+)|[^\]]{1,64})\] ?/;

/** mod_proxy names the request whose response it could not read: AH00898 with the path, AH01106 with the method as well. */
const RETURNED_BY = /^(?:\([A-Z]+ ?\d*\)[^:]{1,120}: )?AH\d{5}: .* returned by (\/\S*?)(?: \(([A-Z]+)\))?(?:, referer: .*)?$/;

/** The error log of httpd. */
export const apacheError: TextFormat = { id: "apache-error", create: createApacheError };

function createApacheError(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line) ?? OWN_TIME.exec(line) ?? UNTIMED.exec(line);
    if (match === null) {
      // Before its log is open, httpd writes to the terminal, without a time.
      const starting = STARTING.exec(line);
      if (starting === null) return undefined;
      return { kind: "message", format: "apache-error", message: { severity: readSeverity(starting[1]), text: line } };
    }
    const severity = readSeverity(match[3]?.replace(/^trace\d$/, "trace"));
    if (severity === 0) return undefined;
    const { text, client } = splitPrefixes(match[4] ?? "");
    const timeMs = parseAnyTime(match[1], context);
    const request = RETURNED_BY.exec(text);
    return {
      kind: "message",
      format: "apache-error",
      message: {
        severity,
        text,
        ...(timeMs === undefined ? {} : { timeMs }),
        ...(client === undefined ? {} : { clientAddress: stripPort(client) }),
        ...(request === null ? {} : { path: request[1]?.split("?", 1)[0] ?? "" }),
        ...(request?.[2] === undefined ? {} : { method: request[2] }),
        // mod_wsgi passes on what the program behind it writes; older versions do not name the module. The words of other modules are their
        // own.
        ...(match[2] === undefined || match[2] === "" || match[2] === "wsgi" ? readDjangoWords(text) : {}),
      },
    };
  };
}

/**
 * Removes the prefixes `[pid ...]`, `[client ...]` and `(70008)Partial results...:` in any order. The last of these stays part of the text.
 */
function splitPrefixes(message: string): { readonly text: string; readonly client?: string } {
  let text = message;
  let client: string | undefined;
  let status = "";
  for (let round = 0; round < 6; round += 1) {
    const bracket = PREFIX.exec(text);
    const number = /^\((?:\d+|[A-Z]+ ?\d*)\)[^:[]{1,120}: (?=\[|AH\d)/.exec(text);
    if (bracket !== null) {
      client ??= bracket[1] ?? bracket[2];
      text = text.slice(bracket[0].length);
    } else if (number !== null) {
      status += number[0];
      text = text.slice(number[0].length);
    } else break;
  }
  return { text: status + text, ...(client === undefined ? {} : { client }) };
}
