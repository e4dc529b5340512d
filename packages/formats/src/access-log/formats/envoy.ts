/**
 * Envoy's and Istio's default text format. Source: Envoy "Access logging", default format string; Istio `EnvoyTextLogFormat`. The fields
 * after the flags differ by version, so the quoted fields serve as anchors.
 */
import { parseIsoTime } from "../values/clock.ts";
import {
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putText,
  putTime,
  startDraft,
  type Draft,
} from "../exchange/draft.ts";
import { putEnvoyVerdict } from "../exchange/envoy-verdict.ts";
import { findEnvoyFlag } from "../knowledge/envoy-flags.ts";
import type { ParsedLine, TextFormat } from "../line.ts";
import { findClosingQuote, readTokens, type Token } from "../values/tokens.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** Envoy and Istio access logs as text. */
export const envoy: TextFormat = { id: "envoy", create: () => parseEnvoy };

/** Ambassador writes a word before the time. Some layouts leave the time to the wrapper. */
const HEAD = /^(?:ACCESS )?(?:\[(\d{4}-\d\d-\d\dT[\d:.]+Z)\] )?"/;
/** The number of quoted fields that must follow the numbers if there is no time. */
const QUOTED = 5;
const MAX_REQUEST = 65_536;
const AFTER = / (\d{1,3}|-) (\S+) /y;

/** Finds the numbers after the details: received, sent, duration and upstream service time. Four or five quoted fields follow them. */
function parseEnvoy(line: string): ParsedLine | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const { quote, after } = findRequestEnd(line, head[0].length);
  if (after === null) return undefined;
  const draft = startDraft("mesh", "envoy");
  putTime(draft, parseIsoTime(head[1] ?? "", 0));
  putRequestLine(draft, line.slice(head[0].length, quote));
  putStatus(draft, after[1]);
  putText(draft, "flags", after[2]);
  const rest = readTokens(line, AFTER.lastIndex, 40);
  const numbers = findNumbers(rest);
  if (numbers === -1) return readCut(draft, rest);
  const isWhole = rest.slice(numbers + 4, numbers + 4 + QUOTED).filter((token) => token.kind === "quoted").length === QUOTED;
  if (head[1] === undefined && !isWhole) return undefined;
  // A number in the place of the details is gRPC's status or another count.
  const details = rest
    .slice(0, numbers)
    .map((token) => token.text)
    .filter((text) => !/^\d+$/.test(text));
  readNumbers(draft, rest.slice(numbers));
  const serviceTime = rest[numbers + 3]?.text;
  putEnvoyVerdict(draft, {
    details: details.length > 1 ? details[0] : undefined,
    failure: details.at(-1),
    serviceTime,
    hasServiceTime: true,
  });
  return { kind: "exchange", format: details.length > 0 ? "istio" : "envoy", exchange: draft };
}

/** Reads a line that was shortened before it was shown to others. Nobody but Envoy writes flags like these after the status. */
function readCut(draft: Draft, rest: readonly Token[]): ParsedLine | undefined {
  const { method, status, flags = "" } = draft;
  const isTold = /^[A-Z]{2,6}(?:,[A-Z]{2,6})*$/.test(flags) && flags.split(",").every((flag) => findEnvoyFlag(flag) !== undefined);
  if (!isTold || method === undefined || !isUsualStatus(String(status))) return undefined;
  const details = rest[0]?.kind === "bare" && /^[a-z_]{4,80}(?:\{.{0,80}\})?$/.test(rest[0].text) ? rest[0].text : undefined;
  putEnvoyVerdict(draft, { details, hasServiceTime: false });
  return { kind: "exchange", format: "istio", exchange: draft };
}

/** The end of the request. Envoy does not escape quotes in it, so it ends at the first quote that status and flags follow. */
function findRequestEnd(line: string, start: number): { readonly quote: number; readonly after: RegExpExecArray | null } {
  for (let quote = findClosingQuote(line, start); quote !== -1; quote = findClosingQuote(line, quote + 1)) {
    AFTER.lastIndex = quote + 1;
    const after = AFTER.exec(line);
    if (after !== null || quote - start > MAX_REQUEST) return { quote, after };
  }
  return { quote: -1, after: null };
}

/** The index of the first of four bare numbers (or `-`) that a quoted field follows. */
function findNumbers(rest: readonly Token[]): number {
  return rest.findIndex((_, index) => {
    const four = rest.slice(index, index + 4);
    const fits = four.length === 4 && four.every((token) => token.kind === "bare" && /^(?:\d+|-)$/.test(token.text));
    return fits && rest[index + 4]?.kind === "quoted" && /^\d+$/.test(four[0]?.text ?? "");
  });
}

function readNumbers(draft: Draft, rest: readonly Token[]): void {
  const [received, sent, duration, serviceTime, forwarded, agent, requestId, authority, host, ...tail] = rest.map(({ text }) => text);
  putNumber(draft, "requestBytes", received);
  putNumber(draft, "responseBytes", sent);
  putDuration(draft, duration, 1);
  putText(draft, "userAgent", agent);
  putText(draft, "requestId", requestId);
  putText(draft, "host", authority);
  const [cluster, , , remote] = tail;
  putText(draft, "service", cluster);
  putClient(draft, isAbsent(forwarded) ? remote : forwarded);
  const headerMs = isAbsent(serviceTime) ? {} : { headerMs: Number(serviceTime) };
  if (!isAbsent(host)) draft.upstream = [{ address: host ?? "", ...headerMs }];
}
