/**
 * Processes that end in every way: by an exception, a rejection, a stack overflow, `process.exit`, SIGTERM and SIGINT, with none, one and two
 * handlers of their own; killed, and out of memory. Are exit code and stderr the same as without the guard, is the record on disk, and does the
 * next process name the requests that were in flight? `npm run bench -- crash [RUNS]`; default 48, 5 % of them killed and 5 % out of memory.
 * The processes run what is built: `npm run build` first.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { createGuard } from "@faultline/guard";
import { keepJournal } from "@faultline/guard/journal";
import { recordResult } from "../record.ts";

const FIXTURES = new URL("../../tests/e2e/fixtures/", import.meta.url);
const CRASH_APP = fileURLToPath(new URL("crash-app.ts", FIXTURES));
const JOURNAL_APP = fileURLToPath(new URL("journal-app.ts", FIXTURES));
const RUNS = Number(process.argv[3] ?? 48);
const AT_ONCE = 4;
const IN_FLIGHT = 4;

const folder = mkdtempSync(join(tmpdir(), "faultline-crash-bench-"));

type Way = { readonly how: string; readonly handlers: number };
type Ended = { readonly code: number | null; readonly signal: string | null; readonly stderr: string };

const withHandlers = (hows: readonly string[]): Way[] => hows.flatMap((how) => [0, 1, 2].map((handlers) => ({ how, handlers })));
const TOLD = withHandlers(["throw", "reject", "overflow", "exit", "signal", "interrupt"]);
const UNTOLD = withHandlers(["kill", "out of memory"]);

async function end(way: Way, guarded: "guarded" | "bare", directory: string): Promise<Ended> {
  const args = ["--max-old-space-size=40", CRASH_APP, way.how, String(way.handlers), guarded, directory];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_ENV: "test" }, stdio: ["ignore", "ignore", "pipe"] });
  const [stderr, [code, signal]] = await Promise.all([
    text(child.stderr),
    once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  // What differs by itself: the process id in a warning, V8's account of the last collections and the machine's own stack.
  const told = stderr
    .replaceAll(/\(node:\d+\)/g, "(node)")
    .replace(/\n<--- Last few GCs --->[^]*FATAL ERROR: [^\n]*(JavaScript heap out of memory)[^]*/, "$1");
  return { code, signal, stderr: told };
}

function countRecords(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".otlp"));
  return files.filter((name) => {
    const bytes = readFileSync(join(directory, name));
    return gunzipSync(bytes.subarray(bytes.indexOf(10) + 1)).includes("boom-");
  }).length;
}

/** How many of four requests in flight the next process names after this one was killed, or ran out of memory over one of them. */
async function countNamed(how: string, serial: number): Promise<number> {
  const directory = join(folder, `journal-${serial}`);
  const args = ["--max-old-space-size=32", JOURNAL_APP, directory, `${directory}.truth`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const [port] = (await once(child, "message")) as [number];
  const ended = once(child, "exit");
  const ask = (path: string): Promise<unknown> => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  const asked = Array.from({ length: IN_FLIGHT - 1 }, (_, at) => ask(`/slow/${at}?ms=600000`));
  const entered = (): number => readFileSync(`${directory}.truth`, "utf8").split("\n").length - 1;
  while (entered() < IN_FLIGHT - 1) await new Promise((resolve) => setTimeout(resolve, 5));
  asked.push(ask(how === "kill" ? "/slow/last?ms=600000" : "/eat/last"));
  while (entered() < IN_FLIGHT) await new Promise((resolve) => setTimeout(resolve, 5));
  if (how === "kill") child.kill("SIGKILL");
  await Promise.all([ended, ...asked]);
  const next = createGuard({
    service: "journal",
    endpoint: false,
    announce: false,
    processHooks: false,
    journal: keepJournal({ directory }),
  });
  await next.flush();
  const named = next.counts().captured;
  await next.close();
  return named;
}

async function runAll<T>(items: readonly T[], run: (item: T, index: number) => Promise<void>): Promise<void> {
  const waiting = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const nameOf = ({ how, handlers }: Way): string => `${how}, ${handlers} handlers`;
const bare = new Map<string, string>();
await runAll([...TOLD, ...UNTOLD], async (way) => void bare.set(nameOf(way), JSON.stringify(await end(way, "bare", ""))));

const killed = Math.ceil(RUNS / 20);
const told = Array.from({ length: RUNS - 2 * killed }, (_, at) => TOLD[at % TOLD.length] as Way);
const differing: string[] = [];
const lost: string[] = [];
let records = 0;
await runAll(told, async (way, index) => {
  const directory = join(folder, `told-${index}`);
  mkdirSync(directory);
  const ended = JSON.stringify(await end(way, "guarded", directory));
  if (ended !== bare.get(nameOf(way))) differing.push(`${nameOf(way)}: ${ended}`);
  const count = countRecords(directory);
  records += Math.min(count, 1);
  if (count !== 1) lost.push(`${nameOf(way)}: ${count} records`);
  rmSync(directory, { recursive: true, force: true });
});

const named: Record<string, { inFlight: number; named: number }> = {};
const deaths = ["kill", "out of memory"].flatMap((how) => Array.from({ length: killed }, () => how));
await runAll(deaths, async (how, index) => {
  const count = await countNamed(how, index);
  const before = named[how] ?? { inFlight: 0, named: 0 };
  named[how] = { inFlight: before.inFlight + IN_FLIGHT, named: before.named + count };
});
await runAll(UNTOLD, async (way, index) => {
  const ended = JSON.stringify(await end(way, "guarded", join(folder, `untold-${index}`)));
  if (ended !== bare.get(nameOf(way))) differing.push(`${nameOf(way)}: ${ended}`);
});
rmSync(folder, { recursive: true, force: true });

const figures = {
  runs: told.length + deaths.length + UNTOLD.length,
  endedAsUnguarded: 1 - differing.length / (told.length + UNTOLD.length),
  durable: { runs: told.length, records, ratio: records / told.length },
  named,
  differing: differing.slice(0, 20),
  lost: lost.slice(0, 20),
};
console.log(JSON.stringify(figures, null, 2));
recordResult("crash", figures);
