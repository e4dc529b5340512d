import {
  type FailurePath,
  type SpanNode,
  readDatabaseSystem,
  readMethod,
  readPath,
  readPeerService,
  readQuery,
  readRoute,
  readServerAddress,
  readText,
} from "@faultline/model";
import { endOf, startOf } from "../../trace/span-time.ts";
import { type Behind, findBehind } from "./find-behind.ts";
import { type Within, findWithin } from "./find-within.ts";
import { explainByLogs } from "./explain-call.ts";
import type { Call, Hop, Peer } from "./hop-shape.ts";
import { findDescribedCall } from "./described-call.ts";
import { type Outcome, readOutcome } from "../outcome.ts";

/** The hops of a path, one for each root span. Roots behind a hop without telemetry, or behind a lost call, are placed below it. */
export function buildHops(path: FailurePath): readonly Hop[] {
  const behind = findBehind(path.roots);
  const bridged = new Set([...behind.values()].flat());
  const within = findWithin(path.roots.filter((root) => !bridged.has(root)));
  const found = new Set([...bridged, ...[...within.values()].flat()]);
  return path.roots.filter((root) => !found.has(root)).map((root) => buildHop(root, { path, behind, within, depth: 0 }));
}

/** A request passes few services. What lies deeper than this calls itself in a circle, or was made up to exhaust the reader. */
const MAX_DEPTH = 300;

/**
 * What a hop is built from: its path, the roots behind each call whose callee sent no telemetry, those that a lost call caused, and how
 * many hops lie above it.
 */
type Ground = { readonly path: FailurePath; readonly behind: Behind; readonly within: Within; readonly depth: number };

type GrowingHop = Omit<Hop, "spans" | "calls" | "call"> & { spans: SpanNode[]; calls: Call[]; call?: Call };

function buildHop(entry: SpanNode, ground: Ground): GrowingHop {
  const { path } = ground;
  const spans: SpanNode[] = [];
  const calls: Call[] = [];
  const open: SpanNode[] = [entry];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    spans.push(node);
    const isOutgoing = node.span.kind === "client" || node.span.kind === "producer";
    const entered = [...node.children.filter((child) => isEntered(node, child)), ...(ground.within.get(node) ?? [])];
    if (isOutgoing && !node.children.some((child) => isOutgoingBelow(node, child))) calls.push(...toCalls(node, entered, ground));
    else calls.push(...entered.map((child) => toCallee(node, child, { ground, hasClientSpan: false })));
    open.push(...node.children.filter((child) => !isEntered(node, child)));
  }
  spans.sort((a, b) => startOf(a) - startOf(b));
  calls.sort((a, b) => a.startMs - b.startMs);
  const logs = spans.flatMap((node) => path.logs.get(node.span.spanId) ?? []).sort((a, b) => a.timeMs - b.timeMs);
  const outcome = readOutcome(entry, path.logs.get(entry.span.spanId) ?? []);
  const heard = calls.map((call) => explainByLogs(call, logs));
  const hop = { service: entry.span.resource.service, entry, spans, calls: heard, outcome, logs };
  const found = findDescribedCall(hop);
  if (found === undefined) return hop;
  return { ...hop, calls: [...heard.filter((call) => call !== found.instead), ...toCalls(found.told, [], ground)] };
}

/** True if a child begins another hop: it serves a request, or belongs to another service. */
function isEntered(parent: SpanNode, child: SpanNode): boolean {
  if (child.span.resource.service !== parent.span.resource.service) return true;
  const serves = child.span.kind === "server" || child.span.kind === "consumer";
  return serves && (parent.span.kind === "client" || parent.span.kind === "producer");
}

/** Client spans nest (fetch over http, ORM over driver). Only the innermost one of a service is the call. */
function isOutgoingBelow(parent: SpanNode, child: SpanNode): boolean {
  return (child.span.kind === "client" || child.span.kind === "producer") && child.span.resource.service === parent.span.resource.service;
}

function toCalls(node: SpanNode, entered: readonly SpanNode[], ground: Ground): readonly Call[] {
  if (entered.length > 0) return entered.map((child) => toCallee(node, child, { ground, hasClientSpan: true }));
  const outcome = readCallOutcome(node, ground.path);
  const peer = readPeer(node);
  const callee = inferHop(node, { peer, outcome, ground });
  return [
    {
      from: node,
      hasClientSpan: true,
      peer,
      operation: nameOperation(node),
      outcome,
      ...(callee === undefined ? {} : { callee }),
      startMs: startOf(node),
      endMs: endOf(node),
    },
  ];
}

/** The hop between a call and the spans that it must have caused, as far as both show it. */
function inferHop(node: SpanNode, { peer, outcome, ground }: { peer: Peer; outcome: Outcome; ground: Ground }): Hop | undefined {
  const caused = ground.behind.get(node);
  if (caused === undefined) return undefined;
  const span: SpanNode["span"] = { ...node.span, kind: "server", events: [], resource: { service: peer.name, attributes: {} } };
  const entry: SpanNode = { span, children: caused, skewMs: node.skewMs };
  const calls = caused.map((child) => toCallee(entry, child, { ground, hasClientSpan: false }));
  return {
    service: peer.name,
    entry,
    spans: [entry],
    calls,
    outcome: { ...outcome, words: "", exceptions: [] },
    logs: [],
    isInferred: true,
  };
}

function toCallee(node: SpanNode, child: SpanNode, { ground, hasClientSpan }: { ground: Ground; hasClientSpan: boolean }): Call {
  const call: Call = {
    from: node,
    hasClientSpan,
    peer: { name: child.span.resource.service, kind: "service", isAddress: false },
    operation: hasClientSpan ? nameOperation(node, child) : nameOperation(child),
    outcome: readCallOutcome(hasClientSpan ? node : child, ground.path),
    startMs: hasClientSpan ? startOf(node) : startOf(child),
    endMs: hasClientSpan ? endOf(node) : endOf(child),
  };
  if (ground.depth >= MAX_DEPTH) return call;
  const callee = buildHop(child, { ...ground, depth: ground.depth + 1 });
  const called = { ...call, callee };
  callee.call = called;
  return called;
}

function readCallOutcome(node: SpanNode, path: FailurePath): Outcome {
  return readOutcome(node, path.logs.get(node.span.spanId) ?? []);
}

/** Older tracers name the client library instead of the database. */
const DATABASE_CLIENT = /\b(mongodb|postgresql|mysql|mariadb|redis|lettuce|jedis|memcached|cassandra|elasticsearch|h2|oracle|mssql)\b/i;

/** The target of a client span, by the names that OpenTelemetry gives it, the most specific first. */
function readPeer(node: SpanNode): Peer {
  const { attributes } = node.span;
  const system = readDatabaseSystem(attributes) ?? DATABASE_CLIENT.exec(readText(attributes, "component") ?? "")?.[1];
  const messaging = readText(attributes, "messaging.system");
  const service = readPeerService(attributes);
  const address = readServerAddress(attributes) ?? hostOf(readText(attributes, "url.full", "http.url"));
  const kind =
    system !== undefined
      ? /redis|memcached|valkey/i.test(system)
        ? "cache"
        : "database"
      : messaging !== undefined
        ? "messaging"
        : "service";
  if (service !== undefined && service !== node.span.resource.service) return { name: service, kind, isAddress: false };
  const isTelling = address !== undefined && !/^(?:localhost|127\.|::1|\[::1\]|0\.0\.0\.0)/.test(address);
  if (kind !== "service") return { name: isTelling ? address : (system ?? messaging ?? "dependency"), kind, isAddress: isTelling };
  if (address === undefined) return { name: "unknown dependency", kind, isAddress: false };
  const port = readText(attributes, "server.port", "net.peer.port");
  return { name: isTelling || port === undefined ? address : `${address}:${port}`, kind, isAddress: true };
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(url)?.[1];
}

/** A short name of what a span does: method and route, query, or its own name. */
export function nameOperation(node: SpanNode, callee?: SpanNode): string {
  const { span } = node;
  const query = readQuery(span.attributes);
  if (query !== undefined && readDatabaseSystem(span.attributes) !== undefined) return shorten(query);
  const method = readMethod(span.attributes) ?? (callee === undefined ? undefined : readMethod(callee.span.attributes));
  const route = readRoute(span.attributes) ?? (callee === undefined ? undefined : readRoute(callee.span.attributes));
  const path = route ?? readPath(span.attributes);
  if (path === undefined || method === undefined) return shorten(span.name);
  return shorten(`${method} ${path}`);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 120 ? line : `${line.slice(0, 117)}...`;
}
