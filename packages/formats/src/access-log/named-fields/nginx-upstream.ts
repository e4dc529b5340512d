import type { UpstreamAttempt } from "@faultline/model";
import { type Draft, isAbsent, NO_STATUS_LINE, putDuration, putMadeBy, readStatus, scaleDuration } from "../exchange/draft.ts";
import type { Token } from "../values/tokens.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** nginx's upstream variables, as in the log. Each may have several values. */
export type NginxUpstream = {
  readonly address?: string | undefined;
  readonly status?: string | undefined;
  readonly connectTime?: string | undefined;
  readonly headerTime?: string | undefined;
  readonly responseTime?: string | undefined;
  readonly bytesReceived?: string | undefined;
};

/**
 * Splits a variable's values: `a, b` are tries of one request, and `a : b` is an internal redirect to another group
 * (ngx_http_upstream_module, $upstream_addr).
 */
function splitValues(text: string | undefined): string[] {
  return text === undefined || isAbsent(text) ? [] : text.split(/,|(?<=\s):(?=\s)/).map((each) => each.trim());
}

/** The tries of a request, the oldest first. */
function readNginxAttempts(upstream: NginxUpstream): UpstreamAttempt[] {
  const addresses = splitValues(upstream.address);
  const statuses = splitValues(upstream.status);
  const connects = splitValues(upstream.connectTime);
  const headers = splitValues(upstream.headerTime);
  const responses = splitValues(upstream.responseTime);
  const received = splitValues(upstream.bytesReceived);
  const count = Math.max(...[addresses, statuses, connects, headers, responses].map(({ length }) => length));
  return Array.from({ length: count }, (_, index) => {
    const status = readStatus(statuses[index]);
    const connectMs = scaleDuration(connects[index], 1000);
    const headerMs = scaleDuration(headers[index], 1000);
    const durationMs = scaleDuration(responses[index], 1000);
    const answered = findAnswered({
      // If the format has this variable, - means that there was no header. If it lacks the variable, nothing is known.
      header: upstream.headerTime === undefined ? undefined : (headers[index] ?? "-"),
      bytes: upstream.bytesReceived === undefined ? undefined : (received[index] ?? "-"),
      status,
    });
    return {
      ...(isAbsent(addresses[index]) ? {} : { address: addresses[index] ?? "" }),
      ...(status === undefined ? {} : { status }),
      ...(answered === undefined ? {} : { answered }),
      ...(connectMs === undefined ? {} : { connectMs }),
      ...(headerMs === undefined ? {} : { headerMs }),
      ...(durationMs === undefined ? {} : { durationMs }),
    };
  });
}

/**
 * True if response headers came from behind, undefined if that is unknown. If a try fails, nginx writes its own 502 or 504 into
 * `$upstream_status` (ngx_http_upstream_next), so for these two only the header time or the received bytes tell. Any other status came from
 * behind.
 */
function findAnswered(seen: {
  readonly header: string | undefined;
  readonly bytes: string | undefined;
  readonly status: number | undefined;
}): boolean | undefined {
  if (seen.header !== undefined) return !isAbsent(seen.header);
  if (seen.bytes !== undefined) return !isAbsent(seen.bytes) && seen.bytes !== "0";
  if (seen.status === undefined) return undefined;
  return seen.status === 502 || seen.status === 504 ? undefined : true;
}

/** Sets the tries and, for a server error, who made it. `named` means that the log's format has the upstream variables. */
export function putNginxUpstream(draft: Draft, upstream: NginxUpstream, named: boolean): void {
  const listed = readNginxAttempts(upstream);
  const isLeftAlone = isGroup(listed.at(-1)?.address) && draft.status === 502;
  const attempts = isLeftAlone ? listed.slice(0, -1) : listed;
  if (attempts.length > 0) draft.upstream = attempts;
  if (draft.errorMessage === NO_STATUS_LINE) return judgeNoStatusLine(draft, attempts);
  if (named) draft.observer = { kind: "proxy", name: "nginx" };
  if (named && isLeftAlone) {
    const because = `no live upstream: $upstream_addr is the group's name, ${listed.at(-1)?.address}, as no server of it could be chosen`;
    putMadeBy(draft, "observer", { because, confidence: 0.95 });
  } else judgeNginx(draft, named);
}

/**
 * True for the name of a group. A server has a port or is a socket. If no server can be chosen, nginx keeps the group's name
 * (ngx_http_upstream_module, $upstream_addr).
 */
function isGroup(address: string | undefined): boolean {
  return address !== undefined && /^[a-z_][\w.-]*$/i.test(address);
}

/** Sets that the upstream's data was not an answer. `$upstream_status` is 200 only because nothing else is known. */
function judgeNoStatusLine(draft: Draft, attempts: readonly UpstreamAttempt[]): void {
  draft.observer = { kind: "proxy", name: "nginx" };
  draft.upstream = attempts.map(({ status, ...attempt }, index) =>
    index === attempts.length - 1 ? { ...attempt, answered: false } : { ...attempt, ...(status === undefined ? {} : { status }) },
  );
  putMadeBy(draft, "behind", { because: "nginx notes 009: what came from the upstream began with no status line", confidence: 0.9 });
}

/** Rules nginx-011 to nginx-015 and trap T1. */
function judgeNginx(draft: Draft, named: boolean): void {
  const { status } = draft;
  if (status === 499)
    putMadeBy(draft, "client", { because: "499 is nginx's note that the client closed the connection", confidence: 0.95 });
  if (status === undefined || status < 500 || !named) return;
  const last = draft.upstream?.at(-1);
  if (last === undefined) {
    putMadeBy(draft, "observer", {
      because: "nginx tried no upstream (its $upstream_ variables are -): it answered by itself",
      confidence: 0.95,
    });
    return;
  }
  if (last.answered === true && last.status === status) {
    putMadeBy(draft, "behind", { because: `the upstream really sent headers, with status ${status}`, confidence: 0.97 });
  } else if (last.answered === true && last.status === undefined) {
    const because = "the upstream really sent headers: $upstream_header_time has its time";
    putMadeBy(draft, "behind", { because, confidence: 0.85 });
  } else if (last.answered === false) {
    putMadeBy(draft, "observer", {
      because: `no response header came from the upstream, so nginx wrote the ${status} itself`,
      confidence: 0.95,
    });
  } else if (last.status !== undefined && last.status !== status) {
    putMadeBy(draft, "observer", { because: `nginx answered ${status} where the upstream's status was ${last.status}`, confidence: 0.85 });
  } else {
    putMadeBy(draft, "unknown", {
      because: `nginx writes its own 502 and 504 into $upstream_status; only $upstream_header_time, which this log lacks, would tell`,
      confidence: 0.5,
    });
  }
}

/**
 * Sets the duration from nginx's own times: that of the request and that of the upstream, in either order. Both always have three decimals,
 * and the request's is never shorter.
 */
export function putNginxSeconds(draft: Draft, tokens: readonly Token[]): void {
  const seconds = tokens.filter(({ text }) => /^\d{1,6}\.\d{3}s?,?$/.test(text)).map(({ text }) => Number.parseFloat(text));
  putLongest(draft, seconds);
}

/**
 * Milliseconds are rounded. Of two times that differ by one millisecond the first is taken, because most layouts have the request's time
 * before the upstream's.
 */
const ROUNDING = 0.0011;

/** Sets the longest of the times, given in seconds. */
export function putLongest(draft: Draft, seconds: readonly number[]): void {
  const [first = 0] = seconds;
  const longest = Math.max(...seconds);
  if (seconds.length > 0) putDuration(draft, longest - first < ROUNDING ? first : longest, 1000);
}

/** A list of values. It cannot start within another, so that a long list sent by a client is walked through only once. */
const LIST = (value: string) => new RegExp(String.raw`(?:^|(?<![,:])[\s"|=])(${value}(?:(?:, | : )(?:${value}|-))+)(?=$|[\s"|])`, "g");
const STATUSES = LIST(String.raw`\d{3}`);
const SECONDS = LIST(String.raw`\d{1,6}\.\d{3}`);
const ADDRESSES = LIST(String.raw`(?:[\w.-]{1,100}|\[[\da-f:.]{2,45}\]):\d{1,5}`);
const ADDRESS = String.raw`(?:(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]{2,45}\]):\d{1,5}`;
/** An address with its port, and a status before or after it. */
const SINGLE = new RegExp(
  String.raw`(?<=^|[\s"|=])(?:(?<address>${ADDRESS})"?[\s|]"?(?<status>5\d\d)|(?<before>5\d\d)"?[\s|]"?(?<behind>${ADDRESS}))(?=$|[\s"|])`,
);

/**
 * Sets tries that are written as only nginx writes them, wherever the layout puts them: several statuses of one request (`502, 200`), or
 * one status that equals the answer's and has an address beside it. A single value without an address could be anything, and of several
 * lists of times it is unknown which is which.
 */
export function putTries(draft: Draft, rest: string): void {
  if (draft.upstream !== undefined) return;
  if (!(rest.includes(", ") || rest.includes(" : "))) return putSingleTry(draft, rest);
  const statuses = [...rest.matchAll(STATUSES)].map((match) => match[1] ?? "");
  const status = statuses.find((list) => list.split(/, | : /).every((each) => each === "-" || isUsualStatus(each)));
  if (status === undefined) return;
  const times = [...rest.matchAll(SECONDS)];
  const address = [...rest.matchAll(ADDRESSES)][0]?.[1];
  putNginxUpstream(draft, { address, status, responseTime: times.length === 1 ? times[0]?.[1] : undefined }, true);
}

function putSingleTry(draft: Draft, rest: string): void {
  if ((draft.status ?? 0) < 500) return;
  const { address, behind, status = "", before = status } = SINGLE.exec(rest)?.groups ?? {};
  if (Number(before) === draft.status && !isOfClient(draft, address ?? behind))
    putNginxUpstream(draft, { address: address ?? behind, status: before }, true);
}

const NAMED_SECONDS = /(?:^|[ ,|\t])(?:request_time|rt)[= ]"?(\d{1,6}\.\d{1,3})(?=[ ",|\t]|$)(?! [mµu]s)/;

/** True for the client's own address with its port, which is not an upstream. */
function isOfClient(draft: Draft, address: string | undefined): boolean {
  return draft.clientAddress !== undefined && address?.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1") === draft.clientAddress;
}

/** Sets the duration from nginx's variable, named in the text: `request_time 0.087`, `rt=0.001`, in seconds. */
export function putNamedSeconds(draft: Draft, rest: string): void {
  putDuration(draft, NAMED_SECONDS.exec(rest)?.[1], 1000);
}

const SERVER = /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]{2,45}\]):\d{1,5}$/;

/**
 * Sets an upstream and its status, if the status is next to the address or only a time is between them. The number may instead be a size if
 * another code in use follows. For a server error only the same status counts, because any other number would say who made the error.
 */
export function putNextAnswer(draft: Draft, values: readonly string[]): void {
  if (draft.upstream !== undefined) return;
  const at = values.findIndex((value) => SERVER.test(value) && !isOfClient(draft, value));
  const [next, second, third] = at === -1 ? [] : values.slice(at + 1, at + 4);
  if (isUsualStatus(next) && (isUsualStatus(second) || isUsualStatus(third))) return;
  const status = /^\d{1,6}\.\d{3}$/.test(next ?? "") ? second : next;
  const isTold = (draft.status ?? 0) < 500 ? isUsualStatus(status) : status === String(draft.status);
  if (isTold) putNginxUpstream(draft, { address: values[at], status }, true);
}
