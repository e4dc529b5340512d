/** Runs what a plan says that a handler does. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type pg from "pg";
import type { Logger } from "pino";
import { BUSINESS } from "./business.ts";
import type { Caller } from "./calls.ts";
import type { Condition, RoutePlan, Step } from "./plan.ts";
import { WIRE } from "./wire.ts";

/** One request as the frameworks hand it over. */
export type Input = {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly response: ServerResponse;
};

/** What a handler answers; undefined when it already wrote to the socket, or never will. */
export type Reply = { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> } | undefined;

/** What the steps of one service work with. */
export type Means = {
  readonly call: Caller;
  readonly pool?: pg.Pool;
  readonly redis?: Redis;
  readonly log: Logger;
  readonly toggles: ReadonlySet<string>;
  /** Keeps for the generator what went wrong. */
  readonly note: (reason: string) => void;
  busy: number;
};

/** Runs the steps of a route, in order, until one answers. */
export async function runRoute(route: RoutePlan, input: Input, means: Means): Promise<Reply> {
  let result: unknown = { ok: true };
  for (const step of route.steps) {
    if (!holds(step.when, input, means)) continue;
    if (step.kind === "answer") {
      if (step.status >= 400) means.note(`answer ${step.status}`);
      return {
        status: step.status,
        body: step.body ?? '{"ok":true}',
        headers: { "content-type": step.type ?? "application/json", ...step.headers },
      };
    }
    if (step.kind === "wire") {
      means.note(`wire ${step.what}`);
      WIRE[step.what]?.(input.response);
      return undefined;
    }
    result = (await runStep(step, { input, means, route })) ?? result;
  }
  return { status: 200, body: JSON.stringify(result), headers: { "content-type": "application/json" } };
}

type Surroundings = { readonly input: Input; readonly means: Means; readonly route: RoutePlan };

async function runStep(step: Exclude<Step, { kind: "answer" | "wire" }>, { input, means, route }: Surroundings): Promise<unknown> {
  switch (step.kind) {
    case "call":
      return await means.call(step, { url: fill(step.url, input), route, ...(input.body === undefined ? {} : { body: input.body }) });
    case "query":
      return await runQuery(step, input, means);
    case "cache":
      return await runCommand(step, input, means);
    case "log":
      return means.log.info(fill(step.text, input));
    case "pause":
      return await sleep(step.ms[0] + Math.random() * (step.ms[1] - step.ms[0]));
    case "work":
      return { result: toText(BUSINESS[step.name]?.(step.input === "body" ? input.body : input.query[step.input ?? ""])) };
  }
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

async function runQuery(step: Extract<Step, { kind: "query" }>, input: Input, { pool }: Means): Promise<unknown> {
  if (pool === undefined) throw new Error("this service has no database");
  const client = await pool.connect();
  let isOver = false;
  try {
    const { rows } = await client.query(
      step.sql,
      (step.values ?? []).map((name) => input.query[name]),
    );
    isOver = true;
    return rows.slice(0, 3);
  } finally {
    // Whoever forgets the error path keeps the connection.
    if (step.leaks !== true || isOver) client.release();
  }
}

async function runCommand(step: Extract<Step, { kind: "cache" }>, input: Input, { redis }: Means): Promise<unknown> {
  if (redis === undefined) throw new Error("this service has no cache");
  const [name = "ping", ...args] = step.command;
  const value: unknown = await redis.call(name, ...args.map((each) => fill(each, input)));
  return step.parses === true && typeof value === "string" ? JSON.parse(value) : { value };
}

/** `{name}` becomes the query parameter of that name; a `?` at the end passes the whole query on. */
function fill(text: string, { query }: Input): string {
  const filled = text.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(query[name] ?? "0"));
  return filled.endsWith("?") ? `${filled}${new URLSearchParams(query as Record<string, string>).toString()}` : filled;
}

function holds(condition: Condition | undefined, { query, body }: Input, { toggles, busy }: Means): boolean {
  if (condition === undefined) return true;
  if (condition.toggle !== undefined && !toggles.has(condition.toggle)) return false;
  if (condition.bodyOverBytes !== undefined && (body?.length ?? 0) <= condition.bodyOverBytes) return false;
  if (condition.busyFrom !== undefined && busy < condition.busyFrom) return false;
  if (condition.query === undefined) return true;
  if (condition.query.startsWith("!")) return query[condition.query.slice(1)] === undefined;
  const [name = "", value] = condition.query.split("=");
  return value === undefined ? query[name] !== undefined : query[name] === value;
}
