/**
 * nginx proxy manager's two formats, `proxy` (with the statuses of the cache and the upstream) and `standard`: `[04/Dec/2022:13:14:01
 * +0000] - 200 200 - GET https a.example "/x" [Client 203.0.113.7] [Length 612] [Gzip -] [Sent-to app] "agent" "referrer"`. Source:
 * NginxProxyManager, rootfs/etc/nginx/conf.d/include/log.conf.
 */
import { parseClfTime } from "../values/clock.ts";
import { putClient, putNumber, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";
import { putNginxUpstream } from "../named-fields/nginx-upstream.ts";
import { readTokens, unescapeQuoted } from "../values/tokens.ts";

/** nginx proxy manager. */
export const nginxProxyManager: TextFormat = { id: "nginx-proxy-manager", create: () => parseLine };

const LINE =
  /^\[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (?:(?:-|[A-Z]+) (\d{3}(?:, \d{3})*|-) )?(\d{3}) - ([A-Z]{3,16}) (?:https?) (\S+) (?=")/;

function parseLine(line: string): ParsedLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [head, time = "", upstreamStatus, status, method = "", host] = match;
  const tokens = readTokens(line, head.length, 16);
  const [target, agent] = tokens.filter(({ kind }) => kind === "quoted").map(({ text }) => unescapeQuoted(text));
  const labelled = new Map(
    tokens
      .filter(({ kind }) => kind === "bracketed")
      .map(({ text }) => [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1)]),
  );
  const draft = startDraft("proxy", "nginx");
  putTime(draft, parseClfTime(time, 0));
  draft.method = method;
  putTarget(draft, target);
  putStatus(draft, status);
  putText(draft, "host", host);
  putClient(draft, labelled.get("Client"));
  putNumber(draft, "responseBytes", labelled.get("Length"));
  putText(draft, "userAgent", agent);
  const address = upstreamStatus === "-" ? undefined : labelled.get("Sent-to");
  putNginxUpstream(draft, { address, status: upstreamStatus }, upstreamStatus !== undefined);
  return { kind: "exchange", format: "nginx-proxy-manager", exchange: draft };
}
