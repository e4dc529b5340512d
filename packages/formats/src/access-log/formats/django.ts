/** Django's development server, the logger django.request, and the usual Python layouts around it. */
import { anyOf } from "@faultline/model";
import { parseAnyTime, parseClfTime } from "../values/clock.ts";
import { putNumber, putRequestLine, putStatus, putTime, splitTarget, startDraft } from "../exchange/draft.ts";
import type { LineParser, LogMessage, ParseContext, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";
import { unescapeQuoted } from "../values/tokens.ts";

/** Django. */
export const django: TextFormat = { id: "django", create: createDjango };

/** In Python's default layout, `INFO:django.server:` takes the place of the time. */
const SERVER = /^(?:(?:([A-Z]+) )?\[(\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] |[A-Z]+:django\.server:)"(.*)" (\d{3}) (\d+|-)$/s;
/** A record of the logger `django.request`: the phrase of a status, and the path for which it was sent. */
const PHRASE = anyOf(
  "Internal Server Error",
  "Bad Request",
  "Not Found",
  "Forbidden",
  "Method Not Allowed",
  "Service Unavailable",
  "Bad Gateway",
  "Gateway Timeout",
  "Unauthorized",
  "Gone",
);
const EXCEPTION = String.raw`(?: -(?: ([A-Z]\w*(?:Error|Exception)\b.*))?)?`;
const PHRASED = String.raw`(${PHRASE})(?: \([^)]*\))?: (\/\S*)(?: \[([\d.]{7,15})\])?${EXCEPTION}$`;
const REQUEST = new RegExp(`^${PHRASED}`, "s");
/** Such a record after level, time and logger, in the usual layouts of Python programs. */
const LEVEL = String.raw`(?:\[?(DEBUG|INFO|WARNING|ERROR|CRITICAL)\]?:? )?`;
const TIME = String.raw`(?:\[?(\d{4}-\d\d-\d\d[ T][\d:.,]+|\d\d\/[A-Z][a-z]{2}\/\d{4} [\d:,]+)\]? )?`;
const LOGGER = String.raw`(?:\[?[\w.:]{1,64}\]?:? ){0,3}`;
const LOGGED = new RegExp(`^${LEVEL}${TIME}${LEVEL}${LOGGER}(?=${PHRASED})(.*)$`, "s");
/** Notes of Python's own servers, such as `code 404, message File not found`. */
const SERVER_WORDS = /^(\S+) - - \[(\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] ([^"\s].*)$/s;
/** `runserver`'s note that the client had gone. */
const BROKEN_PIPE = /^\[(\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)(?:,\d{3})?\] - (Broken pipe from \('([^']{2,45})', \d{1,5}\))$/;
const STATUSES: Readonly<Record<string, number>> = {
  "Internal Server Error": 500,
  "Bad Request": 400,
  "Not Found": 404,
  Forbidden: 403,
  "Method Not Allowed": 405,
  "Service Unavailable": 503,
  "Bad Gateway": 502,
  "Gateway Timeout": 504,
  Unauthorized: 401,
  Gone: 410,
};

type DjangoRequest = Pick<LogMessage, "path" | "query" | "clientAddress" | "exceptionType"> & { readonly status: number };

function createDjango(context: ParseContext): LineParser {
  return (line) => {
    const server = SERVER.exec(line);
    if (server !== null) {
      const draft = startDraft("app-server", "django");
      putTime(draft, parseClfTime(server[2] ?? "", context.zoneOffsetMinutes));
      putRequestLine(draft, unescapeQuoted(server[3] ?? ""));
      putStatus(draft, server[4]);
      putNumber(draft, "responseBytes", server[5]);
      if (draft.status !== undefined && draft.status >= 500) {
        draft.madeBy = { hop: "observer", because: "Django's own server answered so", confidence: 0.85 };
      }
      return { kind: "exchange", format: "django", exchange: draft };
    }
    const logged = LOGGED.exec(line);
    const request = readDjangoWords(logged?.[8] ?? "");
    if (logged === null || request === undefined) return readServerWords(line, context);
    const level = logged[1] ?? logged[3];
    const timeMs = parseAnyTime(logged[2], context);
    return {
      kind: "message",
      format: "django",
      message: {
        severity: level === undefined ? (request.status >= 500 ? 17 : 13) : readSeverity(level),
        text: line,
        ...(timeMs === undefined ? {} : { timeMs }),
        ...request,
      },
    };
  };
}

/** What `django.request` says about a request, whatever log contains its words; undefined for other words. */
export function readDjangoWords(text: string): DjangoRequest | undefined {
  const [, phrase = "", target = "", clientAddress, thrown] = REQUEST.exec(text) ?? [];
  if (phrase === "") return undefined;
  return {
    ...splitTarget(target),
    status: STATUSES[phrase] ?? 500,
    ...(clientAddress === undefined ? {} : { clientAddress }),
    ...(thrown === undefined ? {} : { exceptionType: thrown.split(":", 1)[0] ?? "" }),
  };
}

function readServerWords(line: string, context: ParseContext): ReturnType<LineParser> {
  const match = SERVER_WORDS.exec(line);
  const broken = match === null ? BROKEN_PIPE.exec(line) : null;
  const [clientAddress, time, text] = match === null ? [broken?.[3], broken?.[1], broken?.[2]] : match.slice(1);
  if (clientAddress === undefined || text === undefined) return undefined;
  const timeMs = parseClfTime(time ?? "", context.zoneOffsetMinutes);
  const message = { severity: 9, text, clientAddress };
  return { kind: "message", format: "django", message: timeMs === undefined ? message : { ...message, timeMs } };
}
