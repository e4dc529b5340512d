/** Sends the same requests to the same endpoints, bare and guarded, and judges what came back. */
import { Agent, request as send } from "node:http";
import { createGuard, type GuardCounts } from "@faultline/guard";
import { type App, FRAMEWORKS, startApp } from "./apps.ts";
import { createEndpoints } from "./endpoints.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import type { BadInputRequest } from "./requests.ts";

/** What became of all requests on all frameworks. */
export type BadInputReport = {
  readonly sent: number;
  readonly bareServerErrors: number;
  readonly guardedServerErrors: number;
  /** Of the requests that were a server error bare: those that are a 4xx now. */
  readonly turned: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly validSent: number;
  readonly validRefused: number;
  /** Answers of the guard that are no problem details, or that say more than they may. */
  readonly badBodies: number;
  /** The first few requests that went wrong, to look at. */
  readonly examples: readonly string[];
  readonly counts: GuardCounts;
};

/** What became of the planted bugs. */
export type BugReport = {
  readonly planted: number;
  readonly stayed: number;
  readonly reportedOnce: number;
  readonly wrong: readonly string[];
};

type Answer = { readonly status: number; readonly type: string; readonly text: string };

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const LEAKS = /\bat .+:\d+:\d+|node_modules|\/work|Error:|SQLITE|select |insert |is not a function|Cannot read/;
const RIGHT = new Set([400, 404, 405, 406, 409, 413, 414, 415, 416, 422, 431]);

function ask(port: number, { method, path, headers, body }: Omit<BadInputRequest, "endpoint" | "kind">): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(body.byteLength) };
    const request = send({ port, host: "127.0.0.1", method, path, agent, headers: { ...headers, ...length } }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => {
        const type = response.headers["content-type"] ?? "";
        resolve({ status: response.statusCode ?? 0, type, text: Buffer.concat(pieces).toString() });
      });
      response.on("error", reject);
    });
    request.on("error", () => resolve({ status: 0, type: "", text: "" }));
    request.end(body);
  });
}

/** What Node and Fastify refuse before any hook or middleware runs is theirs, the same bare and guarded. */
function isBadBody({ status, type, text }: Answer, bare: Answer): boolean {
  if (status < 400) return false;
  if (!type.startsWith("application/problem+json")) return text !== bare.text;
  const problem = JSON.parse(text) as Record<string, unknown>;
  return LEAKS.test(text) || problem["status"] !== status || typeof problem["request_id"] !== "string";
}

type Pair = { readonly name: string; readonly bare: App; readonly guarded: App };
type Tally = { -readonly [Member in keyof Omit<BadInputReport, "counts" | "examples" | "statuses">]: number } & {
  readonly statuses: Record<string, number>;
  readonly examples: string[];
};

function tell(pair: Pair, request: BadInputRequest, answers: { bare: Answer; guarded: Answer }): string {
  const body = request.body?.toString().slice(0, 80) ?? "";
  const { bare, guarded } = answers;
  return `${pair.name} ${request.kind}: ${request.method} ${request.path.slice(0, 120)} ${JSON.stringify(request.headers)} ${body} -> ${bare.status} ${guarded.status} ${guarded.text.slice(0, 160)}`;
}

async function judge(pair: Pair, request: BadInputRequest, tally: Tally): Promise<void> {
  const bare = await ask(pair.bare.port, request);
  const guarded = await ask(pair.guarded.port, request);
  const isValid = request.kind === "valid";
  tally.sent += 1;
  if (isValid) tally.validSent += 1;
  const isRefused = isValid && (guarded.status >= 400 || guarded.text !== bare.text);
  const isError = guarded.status >= 500 || guarded.status === 0;
  const isBad = isBadBody(guarded, bare);
  if (bare.status >= 500) {
    tally.bareServerErrors += 1;
    if (RIGHT.has(guarded.status)) tally.turned += 1;
    tally.statuses[guarded.status] = (tally.statuses[guarded.status] ?? 0) + 1;
  }
  if (isError) tally.guardedServerErrors += 1;
  if (isRefused) tally.validRefused += 1;
  if (isBad) tally.badBodies += 1;
  if ((isError || isRefused || isBad) && tally.examples.length < 40) tally.examples.push(tell(pair, request, { bare, guarded }));
}

/** Sends every request to each framework, twice; several at a time. */
export async function compareBadInput(requests: readonly BadInputRequest[]): Promise<BadInputReport> {
  // Koa and Hono read bodies of any length themselves: what they could not parse is proven only where it was seen whole.
  const guard = createGuard({ service: "naive", endpoint: false, announce: false, processHooks: false, bodyLimitBytes: 1 << 20 });
  const tally: Tally = {
    sent: 0,
    bareServerErrors: 0,
    guardedServerErrors: 0,
    turned: 0,
    validSent: 0,
    validRefused: 0,
    badBodies: 0,
    statuses: {},
    examples: [],
  };
  const pairs = await Promise.all(
    Object.entries(FRAMEWORKS).map(async ([name, create]): Promise<Pair> => ({
      name,
      bare: await startApp(name, await create(createEndpoints(), undefined)),
      guarded: await startApp(name, await create(createEndpoints(), guard)),
    })),
  );
  const waiting = requests.map((request, at) => ({ request, pair: pairs[Math.floor(at / 40) % pairs.length] as Pair }));
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await judge(next.pair, next.request, tally);
  };
  await Promise.all(Array.from({ length: 12 }, work));
  for (const { bare, guarded } of pairs) {
    bare.close();
    guarded.close();
  }
  const counts = guard.counts();
  await guard.close();
  return { ...tally, counts };
}

/** Runs each planted bug once on each framework, on a request that is full of harmless values. */
export async function runPlantedBugs(): Promise<BugReport> {
  const guard = createGuard({ service: "buggy", endpoint: false, announce: false, processHooks: false });
  const wrong: string[] = [];
  let reportedOnce = 0;
  let stayed = 0;
  const endpoints = PLANTED_BUGS.map(({ name, run }) => ({ name, place: "json" as const, valid: () => ({}), run }));
  for (const [name, create] of Object.entries(FRAMEWORKS)) {
    const app = await startApp(name, await create(endpoints, guard));
    for (const [at, bug] of endpoints.entries()) {
      const before = guard.counts().captured;
      const body = Buffer.from('{"item":"book","count":7,"price":12.5,"due":"2026-01-02","note":"two of them, please","gift":true}');
      const headers = { "content-type": "application/json", "x-value": "a1b2", "accept-language": "de-DE" };
      const answer = await ask(app.port, { method: "POST", path: `/e/${at}/4711?sort=name&page=2&q=blue%20book`, headers, body });
      await new Promise((resolve) => setTimeout(resolve, 5));
      const reported = guard.counts().captured - before;
      if (answer.status === 500) stayed += 1;
      if (reported === 1) reportedOnce += 1;
      if (answer.status !== 500 || reported !== 1) wrong.push(`${name}: ${bug.name} became ${answer.status}, reported ${reported} times`);
    }
    app.close();
  }
  await guard.close();
  return { planted: endpoints.length * Object.keys(FRAMEWORKS).length, stayed, reportedOnce, wrong };
}
