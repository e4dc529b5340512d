/**
 * Heroku's router before logfmt (until 2013): `GET host/path dyno=web.1 queue=0 wait=0ms service=8ms status=200 bytes=35`, with errors as
 * `Error H12 (Request timeout) -> GET ...`; and the nginx in front of it, whose fields are separated by bars. Source: Heroku's changelog
 * item 222, and its Dev Center of those years.
 */
import { isAbsent, putClient, putDuration, putNumber, putStatus, putTarget, putText, startDraft } from "../exchange/draft.ts";
import { findHerokuCode } from "../knowledge/heroku-codes.ts";
import type { ParsedLine, TextFormat } from "../line.ts";

/** The old router. */
export const herokuBefore2013: TextFormat = { id: "heroku-router", create: () => parseOld };

const ROUTER =
  /^(?:Error ([A-Z]\d{1,2}) \(([^)]{1,80})\) -> )?([A-Z]{3,16}) (\S+) dyno=(\S*) queue=\S* wait=\S* service=(?:(\d+)ms)?(?: status=(\d{3})?)? bytes=(\d*)$/;
const NGINX = /^([A-Z]{3,16}) (\S+) HTTP\/[\d.]+ \| ([0-9a-fA-F.:]+) \| (\d+) \| https? \| (\d{3})$/;

function parseOld(line: string): ParsedLine | undefined {
  const router = ROUTER.exec(line);
  if (router === null) return parseNginx(line);
  const [, code, words, method = "", target = "", dyno, service, status, bytes] = router;
  const draft = startDraft("platform", "heroku-router");
  draft.method = method;
  putTarget(draft, /^https?:/.test(target) ? target : `http://${target}`);
  putDuration(draft, service, 1);
  putStatus(draft, status);
  putNumber(draft, "responseBytes", bytes);
  putText(draft, "instance", dyno);
  if (!isAbsent(dyno)) draft.upstream = [{ address: dyno ?? "", ...(code === undefined ? { answered: true } : {}) }];
  if (code !== undefined) {
    const known = findHerokuCode(code);
    draft.flags = code;
    draft.errorMessage = words ?? "";
    const because = `${code}: ${known?.meaning ?? words ?? ""}`;
    draft.madeBy = { hop: known?.hop === "client" ? "client" : "observer", because, confidence: 0.95 };
  } else if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = { hop: "behind", because: "no error code: the router passed the dyno's status on", confidence: 0.9 };
  }
  return { kind: "exchange", format: "heroku-router", exchange: draft };
}

function parseNginx(line: string): ParsedLine | undefined {
  const match = NGINX.exec(line);
  if (match === null) return undefined;
  const draft = startDraft("proxy", "nginx");
  draft.method = match[1] ?? "";
  putTarget(draft, match[2]);
  putClient(draft, match[3]);
  putNumber(draft, "responseBytes", match[4]);
  putStatus(draft, match[5]);
  return { kind: "exchange", format: "heroku-router", exchange: draft };
}
