/**
 * Reads the sentences in which frameworks log that they answered a request: tornado, sanic and hypercorn after a Python layout, Serilog,
 * and ASP.NET Core. The whole text must be such a sentence, so that words about a call which the application made are not taken for one.
 * Sources: tornado/web.py log_request; sanic/log.py; hypercorn's default access_log_format; Serilog.AspNetCore's MessageTemplate;
 * HostingApplicationDiagnostics' RequestFinishedLog of ASP.NET Core 6 and later.
 */
import { putAppVerdict } from "../exchange/app-verdict.ts";
import { anyOf } from "@faultline/model";
import { isOfCaller } from "../values/logfmt-pairs.ts";
import { type Draft, putClient, putDuration, putNumber, putStatus, putTarget, putText, startDraft } from "../exchange/draft.ts";
import { readSuffixedDuration } from "../named-fields/named-durations.ts";
import { isUsualStatus } from "../values/usual-status.ts";

const METHOD = "(?<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PROPFIND|PURGE)";
const TARGET = String.raw`(?<target>(?:/|https?://)\S*|\*)`;
const PLAIN_TARGET = String.raw`"?${TARGET.replace("\\S", '[^\\s"]')}"?`;
const ANSWERED_PATH = String.raw`${METHOD} (?<target>/\S*)`;
const CODE = String.raw`(?<status>[1-5]\d\d)`;
const UNIT = "(?:ms|s|µs|us)";
const PAIRS = String.raw`(?<pairs>(?: [A-Za-z]\w{1,39}=\S{0,200}){0,8})`;

/** The phrases that servers write after a status code. Any other word would be the thing that the number counts. */
const PHRASE = anyOf(
  "OK",
  "Created",
  "Accepted",
  "No Content",
  "Partial Content",
  "Moved Permanently",
  "See Other",
  "Not Modified",
  "(?:Temporary|Permanent) Redirect",
  "Bad Request",
  "Unauthorized",
  "Forbidden",
  "Not Found",
  "Method Not Allowed",
  "Conflict",
  "Gone",
  "Payload Too Large",
  "Unsupported Media Type",
  "Unprocessable (?:Entity|Content)",
  "Too Many Requests",
  "(?:Internal Server )?Error",
  "Not Implemented",
  "Bad Gateway",
  "Service Unavailable",
  "Gateway Time-?out",
);

const SENTENCES: readonly (readonly [framework: string, pattern: RegExp])[] = [
  ["tornado", new RegExp(String.raw`^(?<status>\d{3}) ${METHOD} ${TARGET} \((?:[^()\s]*@)?(?<client>[^()\s@]+)\) (?<ms>\d+(?:\.\d+)?)ms$`)],
  ["sanic", new RegExp(String.raw`^\[?(?<client>[^\]\s]+:\d+)\]?: ${METHOD} ${TARGET}  ?(?<status>\d{3}) (?<bytes>-?\d+)$`)],
  ["hypercorn", new RegExp(String.raw`^(?<client>\S+:\d+) ${METHOD} ${TARGET} [\d.]+ (?<status>\d{3}) (?<bytes>\d+|-) (?<us>\d+)$`)],
  ["serilog", new RegExp(String.raw`^(?:HTTP )?"?${METHOD}"? ${PLAIN_TARGET} responded (?<status>\d{3}) in (?<ms>\d+(?:\.\d+)?) ms\.?$`)],
  [
    "aspnetcore",
    new RegExp(
      String.raw`^Request finished (?:"?HTTP\/[\d.]+"?) "?${METHOD}"? ${PLAIN_TARGET} \S+ \S+ - (?<status>\d{3}) (?:\d+|-|null) .*?(?<![\d.])(?<ms>\d+(?:\.\d+)?)ms$`,
    ),
  ],
  [
    "application",
    new RegExp(
      String.raw`^${ANSWERED_PATH}(?: HTTP/[\d.]+)?(?::| -| ->| =>| →)? ${CODE} (?:- |in |\+)?\(?(?<took>\d+(?:\.\d+)? ?${UNIT})\)?(?: \((?<bytes>\d+) bytes\))?${PAIRS}$`,
    ),
  ],
  ["koa", new RegExp(String.raw`^(?:-->|xxx) ${ANSWERED_PATH} ${CODE} (?<took>\d+(?:\.\d+)?${UNIT})(?: (?:-|[\d.]+[kMG]?b))?$`)],
  ["application", new RegExp(String.raw`^(?:HTTP )?${ANSWERED_PATH}(?: HTTP/[\d.]+)?(?::| -| ->| =>| →) (?<usual>[1-5]\d\d)$`)],
  ["application", new RegExp(String.raw`^${ANSWERED_PATH} \(${CODE}\) (?<took>\d+(?:\.\d+)?${UNIT})$`)],
  ["application", new RegExp(String.raw`^${ANSWERED_PATH} ${CODE}(?: - (?<error>[A-Z]\w*(?:Error|Exception): .+))?$`, "s")],
  ["application", new RegExp(String.raw`^${ANSWERED_PATH} ${CODE} [A-Z][A-Za-z -]{1,40} \[(?<client>[\d.]{7,15})\]$`)],
  ["spring", new RegExp(String.raw`^(?:\[[\w-]{1,40}\] {1,2})?${CODE} Server Error for HTTP ${METHOD}(?: ${PLAIN_TARGET})?$`)],
  ["application", new RegExp(String.raw`^${ANSWERED_PATH} ${CODE} ${PHRASE}(?: \(?(?<took>\d+(?:\.\d+)? ?${UNIT})\)?)?$`)],
];

/** A logger's name, which some layouts put between the level and the words, perhaps after a host or thread in brackets. */
const LOGGER = /^(?:\[[A-Za-z][\w.-]{0,60}\] )?[A-Za-z_][\w.]{1,80}(?::?(?: -)? (?=[\d[])|: (?=[A-Z]{3,8} \/))/;

const REQUEST_ID = /\b(?:request_?id|req_?id|rid)=(\S+)/i;

/** The exchange that a sentence tells about; undefined for any other words. */
export function readAnswerSentence(text: string): Draft | undefined {
  const sentence = text.replace(LOGGER, "");
  // A client's logger writes what another program answered.
  if (isOfCaller(text.slice(0, text.length - sentence.length))) return undefined;
  for (const [framework, pattern] of SENTENCES) {
    const groups = pattern.exec(sentence)?.groups;
    if (groups === undefined) continue;
    const usual = groups["usual"];
    if (usual !== undefined && !isUsualStatus(usual)) continue;
    const draft = startDraft("app", framework);
    draft.method = groups["method"] ?? "";
    putTarget(draft, groups["target"]);
    putStatus(draft, groups["status"] ?? usual);
    putClient(draft, groups["client"]);
    putText(draft, "errorMessage", groups["error"]);
    putText(draft, "requestId", REQUEST_ID.exec(groups["pairs"] ?? "")?.[1]);
    putNumber(draft, "responseBytes", groups["bytes"]);
    putDuration(draft, groups["ms"], 1);
    putDuration(draft, groups["us"], 0.001);
    const durationMs = readSuffixedDuration(groups["took"] ?? "");
    if (durationMs !== undefined) draft.durationMs = durationMs;
    putAppVerdict(draft, { text: "" });
    return draft;
  }
  return undefined;
}
