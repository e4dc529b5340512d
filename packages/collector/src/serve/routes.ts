import type { ProblemDetails, Window } from "@faultline/model";
import type { Store } from "../store/contract.ts";
import type { DemoSwitchboard } from "./demo-switchboard.ts";
import { parseDeclaredChange } from "./deploys.ts";
import type { DisplayRedactor } from "./display-redactor.ts";
import type { EventStream } from "./event-stream.ts";
import { composeFault } from "./fault-answer.ts";
import { toFaultListing } from "./fault-listing.ts";
import { answerGate } from "./gate.ts";
import { composeOverview } from "./overview.ts";
import { answerJson, answerProblem } from "./problem.ts";
import {
  LONGEST_WINDOW_MS,
  parseChoice,
  parseCount,
  parseText,
  parseTime,
  parseTraceId,
  readQuery,
  readWindow,
  refuseValue,
} from "./query.ts";
import { quote } from "./quote.ts";
import { readJsonObject } from "./read-body.ts";
import type { Answer, Call, Route } from "./route.ts";
import { composeTrace } from "./trace-answer.ts";

const OVERVIEW_MS = 15 * 60_000;
const LIST_MS = 24 * 3_600_000;
const FINGERPRINT = /^[\w.:~-]{1,128}$/;
const TIMES = { from: parseTime, to: parseTime };
const FILTER = { service: parseText(512), route: parseText(2048), version: parseText(512), region: parseText(512) };

/** What the routes need. */
export type RouteParts = {
  readonly store: Store;
  readonly events: EventStream;
  readonly demo: DemoSwitchboard;
  readonly redactor: DisplayRedactor;
  readonly version: string;
  readonly now: () => number;
};

/** Every route of the API. */
export function createRoutes(parts: RouteParts): readonly Route[] {
  const { store, events, demo, now } = parts;
  return [
    {
      method: "GET",
      path: "/api/overview",
      answer: (call) => inWindow(call, now(), (window) => composeOverview(store, window, parts.redactor)),
    },
    {
      method: "GET",
      path: "/api/changes",
      answer: (call) => inWindow(call, now(), async (w) => ({ changes: await store.listChanges(w) })),
    },
    { method: "GET", path: "/api/faults", answer: (call) => answerFaults(parts, call) },
    { method: "GET", path: "/api/faults/:fingerprint", answer: (call) => answerFault(parts, call) },
    { method: "GET", path: "/api/failing", answer: (call) => answerFailing(parts, call) },
    { method: "GET", path: "/api/traces/:id", answer: (call) => answerTrace(parts, call) },
    { method: "POST", path: "/api/deploys", answer: (call) => answerDeploy(parts, call) },
    { method: "GET", path: "/api/gate", answer: (call) => answerRollout(parts, call) },
    { method: "GET", path: "/api/health", answer: (call) => answerHealth(parts, call) },
    { method: "GET", path: "/api/events", answer: ({ request }) => events.open(request) },
    { method: "GET", path: "/api/demo/faults", answer: () => demo.list() },
    { method: "POST", path: "/api/demo/faults/:id", answer: (call) => demo.switch(call) },
  ];
}

function refuse(problem: ProblemDetails): Answer {
  return { kind: "problem", problem };
}

async function inWindow({ url }: Call, nowMs: number, answer: (window: Window) => Promise<unknown>): Promise<Answer> {
  const query = readQuery(url.searchParams, { ...TIMES, minutes: parseCount(1, LONGEST_WINDOW_MS / 60_000) });
  if (!query.ok) return refuse(query.error);
  const { minutes, ...times } = query.value;
  if (minutes !== undefined && times.from !== undefined) return answerProblem(400, "Give minutes or from, not both.", "minutes");
  const window = readWindow(times, nowMs, minutes === undefined ? OVERVIEW_MS : minutes * 60_000);
  return window.ok ? answerJson(await answer(window.value)) : refuse(window.error);
}

const GATE = {
  baseline: parseText(512),
  canary: parseText(512),
  service: parseText(512),
  route: parseText(2048),
  minutes: parseCount(1, 10_080),
};

async function answerRollout({ store, now }: RouteParts, { url }: Call): Promise<Answer> {
  const query = readQuery(url.searchParams, GATE);
  if (!query.ok) return refuse(query.error);
  const { baseline, canary, minutes = 60, ...scope } = query.value;
  if (baseline === undefined)
    return answerProblem(
      400,
      "baseline is missing: name the version that has the traffic now, as in ?baseline=1.4.0&canary=1.5.0.",
      "baseline",
    );
  if (canary === undefined)
    return answerProblem(
      400,
      "canary is missing: name the version that asks for more traffic, as in ?baseline=1.4.0&canary=1.5.0.",
      "canary",
    );
  const toMs = now() + 1;
  return answerJson(await answerGate(store, { baseline, canary, ...scope, window: { fromMs: toMs - minutes * 60_000, toMs } }));
}

async function answerFaults({ store, redactor, now }: RouteParts, { url }: Call): Promise<Answer> {
  const query = readQuery(url.searchParams, { ...TIMES, limit: parseCount(1, 1000) });
  if (!query.ok) return refuse(query.error);
  const { limit = 100, ...times } = query.value;
  const isEver = times.from === undefined && times.to === undefined;
  const window = readWindow(times, now(), LIST_MS);
  if (!window.ok) return refuse(window.error);
  const faults = await store.listFaults(isEver ? { limit } : { window: window.value, limit });
  return answerJson({ faults: faults.map((fault) => redactor.redactListing(toFaultListing(fault))) });
}

async function answerFault({ store, redactor }: RouteParts, { url, params }: Call): Promise<Answer> {
  const query = readQuery(url.searchParams, { trace: parseTraceId });
  if (!query.ok) return refuse(query.error);
  const fingerprint = params["fingerprint"] ?? "";
  if (!FINGERPRINT.test(fingerprint)) return refuse(refuseValue("fingerprint", fingerprint, "has to be one, as /api/faults lists them"));
  const fault = await composeFault(store, fingerprint, query.value.trace);
  return fault === undefined
    ? answerProblem(404, `There is no fault ${quote(fingerprint)} here, or no longer; /api/faults lists those there are.`, "fingerprint")
    : answerJson(redactor.redactFault(fault));
}

async function answerFailing({ store, now }: RouteParts, { url }: Call): Promise<Answer> {
  const shape = {
    ...TIMES,
    ...FILTER,
    fingerprint: parseText(128),
    order: parseChoice("newest", "slowest"),
    limit: parseCount(1, 500),
  };
  const query = readQuery(url.searchParams, shape);
  if (!query.ok) return refuse(query.error);
  const { from, to, order = "newest", limit = 100, ...filter } = query.value;
  const window = readWindow({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }, now(), LIST_MS);
  if (!window.ok) return refuse(window.error);
  return answerJson({ failing: await store.listFailing({ ...filter, window: window.value, order, limit }) });
}

async function answerTrace({ store, redactor }: RouteParts, { url, params }: Call): Promise<Answer> {
  const query = readQuery(url.searchParams, {});
  if (!query.ok) return refuse(query.error);
  const traceId = parseTraceId(params["id"] ?? "");
  if (!traceId.ok) return refuse(refuseValue("id", params["id"] ?? "", traceId.error));
  const trace = await store.findTrace(traceId.value);
  return trace === undefined
    ? answerProblem(404, `There is no trace ${traceId.value} here, or no longer: failing ones are kept whole, of good ones a few.`, "id")
    : answerJson(redactor.redactTrace(composeTrace(trace)));
}

async function answerDeploy({ store, now }: RouteParts, { request }: Call): Promise<Answer> {
  const body = await readJsonObject(request);
  if (!body.ok) return refuse(body.error);
  const change = parseDeclaredChange(body.value, now());
  if (!change.ok) return refuse(change.error);
  await store.appendChange(change.value);
  return answerJson(change.value, 201);
}

async function answerHealth({ store, events, demo, version, now }: RouteParts, { url }: Call): Promise<Answer> {
  const query = readQuery(url.searchParams, {});
  if (!query.ok) return refuse(query.error);
  const health = await store.health();
  return answerJson({ ...health, version, nowMs: now(), listeners: events.listeners, hasDemo: demo.isThere }, health.ready ? 200 : 503);
}
