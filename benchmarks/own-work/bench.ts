/**
 * The guard's own work for a request, without everything that a busy machine adds: the apps of the benchmark `overhead`, each in a
 * process of its own, with connections that make no system call, in bursts of 5 requests, or 16 failures, most of which fit into one time slice. The
 * CPU is that of the main thread, and a process's figure is its least disturbed tenth of bursts, because neighbours can only add. V8
 * does not compile the same app alike in every process, so a row is the median of several. All are warmed up, which takes more than 6,000
 * requests. How far bare-again is from bare shows how far to trust the rest; a busy minute raises all figures.
 * Compression runs in other threads and is measured by `overhead` only.
 * `npm run bench -- own-work [express|fastify|hono]... [success|failure]... [BURSTS]`; each pair of words takes about half a minute.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { recordResult } from "../record.ts";

const words = process.argv.slice(3);
const BURSTS = words.map(Number).find(Number.isFinite) ?? 1_000;
/** Bursts of one app before the next has its turn. */
const TURN = 100;
/** Failures are written down 16 at a time: a burst of as many holds one such turn. Of successes fewer are disturbed less. */
const BURSTS_OF = { success: 5, failure: 16 } as const;
const WARM = 15_000;
const PROCESSES = 5;
const VARIANTS = ["bare", "bare-again", "floor", "floor-with-context", "context-only", "guard", "guard-without-context"] as const;

function choose<T extends string>(all: readonly T[]): readonly T[] {
  const chosen = all.filter((each) => words.includes(each));
  return chosen.length === 0 ? all : chosen;
}

type Kind = keyof typeof BURSTS_OF;

type App = { readonly variant: string; readonly child: ChildProcess; readonly bursts: number[] };

async function start(framework: string, kind: Kind, variant: string): Promise<App> {
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [framework, kind, variant, String(WARM), String(BURSTS_OF[kind])], {
    execArgv: ["--conditions=source"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  await once(child, "message");
  return { variant, child, bursts: [] };
}

function readTenth(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? Number.NaN;
}

type Row = { readonly cpuUs: number; readonly addedCpuUs: number; readonly fromUs: number; readonly toUs: number };

/** A variant's processes: the middle one, and how far they are apart. */
function describe(apps: readonly App[], variant: string): Omit<Row, "addedCpuUs"> {
  const each = apps.filter((app) => app.variant === variant).map((app) => readTenth(app.bursts));
  const sorted = each.toSorted((a, b) => a - b);
  return { cpuUs: sorted[PROCESSES >> 1] ?? Number.NaN, fromUs: sorted[0] ?? Number.NaN, toUs: sorted.at(-1) ?? Number.NaN };
}

async function measure(framework: string, kind: Kind): Promise<Record<string, Row>> {
  const apps: App[] = [];
  for (let process = 0; process < PROCESSES; process++) {
    for (const variant of VARIANTS) apps.push(await start(framework, kind, variant));
  }
  for (let turn = 0; turn * TURN < BURSTS; turn++) {
    for (const app of turn % 2 === 0 ? apps : apps.toReversed()) {
      const measured = once(app.child, "message") as Promise<[readonly number[]]>;
      app.child.send(TURN);
      app.bursts.push(...(await measured)[0]);
    }
  }
  for (const app of apps) app.child.disconnect();
  const bareUs = describe(apps, "bare").cpuUs;
  const rows = VARIANTS.map((variant) => {
    const row = describe(apps, variant);
    return [variant, { ...row, addedCpuUs: row.cpuUs - bareUs }] as const;
  });
  console.log(`\n${framework}, ${kind}: µs of CPU of the main thread for a request`);
  console.table(Object.fromEntries(rows));
  return Object.fromEntries(rows);
}

const results: Record<string, unknown> = {};
for (const framework of choose(["express", "fastify", "hono"])) {
  for (const kind of choose<Kind>(["success", "failure"])) results[`${framework} ${kind}`] = await measure(framework, kind);
}
recordResult("own-work", { processes: PROCESSES, bursts: BURSTS, burst: BURSTS_OF, warm: WARM, results });
