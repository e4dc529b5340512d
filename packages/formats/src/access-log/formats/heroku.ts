/** Heroku's router since 2013: logfmt with `at=`, `dyno=`, `connect=` and `service=`. Source: Heroku Dev Center, "HTTP routing" and "Error codes". */
import {
  type Draft,
  isAbsent,
  putClient,
  putDuration,
  putMadeBy,
  putNumber,
  putStatus,
  putTarget,
  putText,
  startDraft,
} from "../exchange/draft.ts";
import { findHerokuCode } from "../knowledge/heroku-codes.ts";
import type { ParsedLine, TextFormat } from "../line.ts";
import { readPairs } from "../values/logfmt-pairs.ts";

/** Heroku's router. */
export const heroku: TextFormat = { id: "heroku-router", create: () => parseHeroku };

function parseHeroku(line: string): ParsedLine | undefined {
  if (!/(?:^| )at=\w+ /.test(line) || !/ (?:dyno|service|host)=/.test(line)) return undefined;
  const pairs = readPairs(line.replace(/^heroku\[router\]: /, ""));
  if (pairs === undefined || !pairs.has("status") || !(pairs.has("path") || pairs.has("connect"))) return undefined;
  const draft = startDraft("platform", "heroku-router");
  putText(draft, "method", pairs.get("method"));
  putTarget(draft, pairs.get("path"));
  putText(draft, "host", pairs.get("host"));
  putText(draft, "requestId", pairs.get("request_id"));
  putClient(draft, pairs.get("fwd") ?? "");
  putStatus(draft, pairs.get("status"));
  putNumber(draft, "responseBytes", pairs.get("bytes"));
  const connect = pairs.get("connect")?.replace(/ms$/, "");
  const service = pairs.get("service")?.replace(/ms$/, "");
  if (!isAbsent(service)) putDuration(draft, Number(service) + (isAbsent(connect) ? 0 : Number(connect)), 1);
  const dyno = pairs.get("dyno");
  if (!isAbsent(dyno)) {
    draft.instance = dyno ?? "";
    draft.upstream = [{ address: dyno ?? "", ...(pairs.get("at") === "info" ? { answered: true } : {}) }];
  }
  putText(draft, "flags", pairs.get("code"));
  putText(draft, "errorMessage", pairs.get("desc"));
  judgeHeroku(draft, pairs);
  return { kind: "exchange", format: "heroku-router", exchange: draft };
}

function judgeHeroku(draft: Draft, pairs: ReadonlyMap<string, string>): void {
  if (draft.status === undefined || draft.status < 500) return;
  const code = pairs.get("code");
  if (isAbsent(code)) return putMadeBy(draft, "behind", { because: "at=info: the router passed the dyno's status on", confidence: 0.95 });
  const known = findHerokuCode(code ?? "");
  const because = `${code}: ${known?.meaning ?? pairs.get("desc") ?? ""}`;
  putMadeBy(draft, known?.hop === "client" ? "client" : "observer", { because, confidence: 0.95 });
}
