/**
 * httpd's `ssl_request_log`, which its packages set up beside the access log. It repeats each request with protocol and cipher, but without
 * a status. So a line is a message about a request; as an exchange, the request would be counted twice. Source: httpd's
 * conf/extra/httpd-ssl.conf.
 */
import { parseClfTime } from "../values/clock.ts";
import { putRequestLine, startDraft } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";
import { unescapeQuoted } from "../values/tokens.ts";

/** httpd's log of TLS requests. */
export const apacheSslRequest: TextFormat = { id: "apache-ssl-request", create: () => parseLine };

const LINE = /^\[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (\S+) (?:SSL|TLS)v[\d.]+ [\w-]+ "(.*)" (?:\d+|-)$/;

function parseLine(line: string): ParsedLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const draft = startDraft("proxy", "httpd");
  putRequestLine(draft, unescapeQuoted(match[3] ?? ""));
  const { method, path, query } = draft;
  const timeMs = parseClfTime(match[1] ?? "", 0);
  return {
    kind: "message",
    format: "apache-ssl-request",
    message: {
      severity: 9,
      text: line,
      clientAddress: match[2] ?? "",
      ...(timeMs === undefined ? {} : { timeMs }),
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
      ...(query === undefined ? {} : { query }),
    },
  };
}
