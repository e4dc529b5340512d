import {
  readDatabaseSystem,
  readLogException,
  readNumber,
  readPath,
  readServerAddress,
  readSpanExceptions,
  readText,
  type Span,
} from "@faultline/model";
import { parseStack } from "../../detect/parse-stack.ts";
import { readAccountStack } from "../../isolate/hops/exchange-hops.ts";
import type { Hop } from "../../isolate/hops/hop-shape.ts";
import { formatUtc } from "../../trace/format-utc.ts";
import type { Findings, Origin } from "../findings.ts";
import { quoteWord } from "./fill-words.ts";

/**
 * The words for the templates of checks, as far as telemetry has them. Anything that may end up in a command is one quoted word of a shell,
 * or was accepted by a strict pattern.
 */
export type CheckWords = Partial<
  Record<
    | "service"
    | "serviceWord"
    | "operation"
    | "caller"
    | "callee"
    | "time"
    | "traceId"
    | "requestId"
    | "target"
    | "host"
    | "port"
    | "url"
    | "callUrl"
    | "frontUrl"
    | "database"
    | "runningQueries"
    | "frame"
    | "blame"
    | "exception"
    | "setting"
    | "version"
    | "previousVersion",
    string
  >
>;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
const TRACE_ID = /^[0-9a-f]{32}$/;
const SETTING = /\b(?!E[A-Z]{3,}\b)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/;

/** Reads the words for a fault with a known origin. */
export function readCheckWords(findings: Findings, { judgement, occurrence, step }: Origin): CheckWords {
  const at = judgement.steps.indexOf(step);
  const callSpan = (step.call ?? step.hop?.call ?? judgement.steps[at + 1]?.call ?? step.hop?.calls.at(-1))?.from.span;
  const peer = step.hop === undefined ? step.service : (judgement.steps[at + 1]?.service ?? step.hop.calls.at(-1)?.peer.name);
  const callee = peer ?? step.service;
  const caller = step.hop === undefined || peer === undefined ? judgement.steps[at - 1]?.service : step.service;
  return {
    service: step.service,
    serviceWord: quoteWord(step.service),
    operation: step.operation,
    callee,
    time: `${formatUtc(occurrence.entry.entry.span.startMs)} UTC`,
    ...defined({
      // A request known only from an access log or an alert has no trace to replay.
      traceId: TRACE_ID.exec(occurrence.path.traceId)?.[0],
      caller,
      url: step.hop === undefined ? undefined : readUrl(step.hop.entry.span),
      frontUrl: readUrl((occurrence.above[0] ?? occurrence.entry).entry.span),
    }),
    ...(callSpan === undefined ? {} : readCallWords(callSpan)),
    ...readThrown(step.hop),
    ...defined({ setting: findings.sayings.map(({ text }) => SETTING.exec(text)?.[1]).find((name) => name !== undefined) }),
    ...readReleases(findings),
  };
}

/** The words that are known. */
function defined(words: { readonly [Name in keyof CheckWords]: string | undefined }): CheckWords {
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined));
}

function readCallWords(span: Span): CheckWords {
  const host = toHost(readServerAddress(span.attributes));
  const scheme = readText(span.attributes, "url.scheme", "http.scheme") ?? "";
  const port = readNumber(span.attributes, "server.port", "net.peer.port") ?? DEFAULT_PORTS[scheme];
  const database = readDatabaseSystem(span.attributes);
  return defined({
    host,
    port: port === undefined ? undefined : String(Math.trunc(port)),
    callUrl: readUrl(span),
    database,
    runningQueries: database === undefined || host === undefined ? undefined : toRunningQueries(database, host, port),
  });
}

function toHost(address: string | undefined): string | undefined {
  const host = address?.replace(/:\d{1,5}$/, "");
  return host !== undefined && /^[A-Za-z0-9_][\w.-]*$/.test(host) ? host : undefined;
}

/** Scheme, host, port and path, without the query, which may hold anything. */
function readUrl({ attributes, kind }: Span): string | undefined {
  const full = /^https?:\/\/[\w.-]+(?::\d{1,5})?(?:\/[\w./~%:@+-]*)?/.exec(readText(attributes, "url.full", "http.url") ?? "")?.[0];
  if (full !== undefined) return full;
  const host = toHost(readServerAddress(attributes));
  const path = readPath(attributes);
  const isHttp = readText(attributes, "http.request.method", "http.method") !== undefined;
  if (host === undefined || path === undefined || !isHttp || !/^\/[\w./~%:@+-]*$/.test(path)) return undefined;
  const scheme = readText(attributes, "url.scheme", "http.scheme") === "https" ? "https" : "http";
  const own =
    kind === "server" ? readText(attributes, "server.port", "net.host.port") : readText(attributes, "server.port", "net.peer.port");
  return `${scheme}://${host}${own !== undefined && /^\d{1,5}$/.test(own) ? `:${own}` : ""}${path}`;
}

/** The command that lists what a database is busy with. */
function toRunningQueries(system: string, host: string, port: number | undefined): string | undefined {
  const at = (flag: string) => (port === undefined ? "" : ` ${flag} ${Math.trunc(port)}`);
  if (/postgres/i.test(system)) {
    const query =
      "select pid, state, wait_event_type, now() - query_start as since, pg_blocking_pids(pid) as behind, left(query, 80) as query from pg_stat_activity where state <> 'idle' order by since desc nulls last limit 20";
    return `psql -h ${host}${at("-p")} -c "${query}"`;
  }
  if (/mysql|mariadb/i.test(system)) return `mysql -h ${host}${at("-P")} -e "show full processlist"`;
  if (/redis|valkey/i.test(system)) return `redis-cli -h ${host}${at("-p")} slowlog get 10`;
  if (/mongo/i.test(system))
    return `mongosh --host ${host}${at("--port")} --eval "db.currentOp({ active: true, secs_running: { \\$gt: 1 } })"`;
  return undefined;
}

/** The frame of the application that threw, taken from the outermost exception first. */
function readThrown(hop: Hop | undefined): CheckWords {
  if (hop === undefined) return {};
  const exceptions = [
    ...hop.spans.flatMap(({ span }) => readSpanExceptions(span)),
    ...hop.logs.flatMap((log) => readLogException(log) ?? []),
    ...hop.spans.flatMap(({ span }) => readLoggedStack(span)),
  ];
  for (const { stack, type } of exceptions) {
    const frame = parseStack(stack ?? "")
      .flatMap(({ frames }) => frames)
      .find(({ isInApp, line }) => isInApp && line !== undefined);
    if (frame?.line === undefined) continue;
    const { line } = frame;
    const file = frame.file.replace(/^file:\/\//, "");
    const inRepository = /(?:^|\/)((?:src|lib|app|packages|server|cmd|internal|demo)\/.*)$/.exec(file)?.[1] ?? file.replace(/^.*\//, "");
    return {
      exception: type,
      frame: `${file}:${line}`,
      blame: `git blame -L ${Math.max(1, line - 3)},${line + 3} -- ${quoteWord(inRepository)}`,
    };
  }
  return {};
}

/** The stack that an application logged with its own answer, and the type at its beginning. */
function readLoggedStack(span: Span): readonly { readonly stack: string; readonly type: string }[] {
  const stack = readAccountStack(span);
  const type = /^[A-Za-z_$][\w.$]*(?=:|$)/m.exec(stack?.split("\n", 1)[0] ?? "")?.[0];
  return stack === undefined || type === undefined ? [] : [{ stack, type }];
}

function readReleases({ changes, releases }: Findings): CheckWords {
  const change = changes.map((each) => each.change).find(({ version }) => version !== undefined);
  const seen = releases.find(({ kind }) => kind === "version")?.difference.value;
  const version = change?.version ?? seen;
  if (version === undefined) return {};
  return {
    version: quoteWord(String(version)),
    ...(change?.previousVersion === undefined ? {} : { previousVersion: quoteWord(change.previousVersion) }),
  };
}
