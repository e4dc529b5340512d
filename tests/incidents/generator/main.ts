/**
 * Makes incidents anew: `npm run incidents -- [--scenario NAME ...] [--seeds FROM-TO] [--parallel 3]`. Needs the programs that `.ci/run`
 * installs. A seed decides everything but ids, times and ports.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Expected, type IncidentFacts, halfOf } from "../incident.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { type Crew, createCrew } from "./crew.ts";
import { dropTemplates } from "./databases.ts";
import { createDice } from "./dice.ts";
import { SIGNS, type Sign, findProof } from "./signs.ts";
import { type Played, type Scenario, Stage, type Takings } from "./stage.ts";
import { writeIncident } from "./write-incident.ts";

process.env["TZ"] = "UTC"; // proxies that write no zone write local time
const HERE = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({
  options: {
    scenario: { type: "string", multiple: true },
    seeds: { type: "string" },
    parallel: { type: "string", default: "3" },
  },
});

/** Raised when a batch is recorded after figures of the one before were seen. */
const BATCH = 3;
/** On a busy machine a fault may not come about as it should; the same seed is then played again. */
const ATTEMPTS = 4;
const LEAST_FAILING = 3;

type Task = { readonly name: string; readonly scenario: Scenario; readonly seed: number };

async function play({ name, scenario, seed }: Task, crew: Crew): Promise<void> {
  const stage = await Stage.open({ dice: createDice(name, seed), seed, crew });
  let played;
  let takings;
  try {
    played = await scenario.play(stage);
  } finally {
    takings = await stage.close();
  }
  const { seen } = stage;
  const proof = checkFault({ played, takings, seen });
  const isSeen = takings.otlp.some((line) => line.startsWith('{"resourceSpans"')) || Object.keys(takings.logs).length > 0;
  if (!isSeen) throw new Error("no spans came");
  const { service, route, creators, path, diagnose, lost = [], negative } = played;
  const expected: Expected = {
    detect: {
      failing: seen.failing,
      requests: seen.requests,
      ...(service === undefined ? {} : { service }),
      ...(route === undefined ? {} : { route }),
    },
    isolate: { creators, path },
    diagnose,
  };
  const folder = `${String(seed).padStart(2, "0")}-${played.name}`;
  const facts: IncidentFacts = {
    name: folder,
    scenario: name,
    seed,
    half: halfOf(seed),
    batch: BATCH,
    ...(negative === undefined ? {} : { negative }),
    made: new Date().toISOString(),
    software: takings.software,
    logFormats: takings.logFormats,
    ...(proof === undefined ? {} : { proof }),
  };
  dropOlder(join(HERE, name), seed);
  const bytes = writeIncident(join(HERE, name, folder), { facts, expected, takings, lost });
  console.log(
    `${name}/${folder}: ${seen.failing} of ${seen.requests} failing ${JSON.stringify([...seen.statuses])}, ${Math.round(bytes / 1024)} KiB`,
  );
}

type ToCheck = { readonly played: Awaited<ReturnType<Scenario["play"]>>; readonly takings: Takings; readonly seen: Stage["seen"] };

/** An incident is what its label says: it failed, not before its fault, and for that fault. Returns by what that is known. */
function checkFault({ played, takings, seen }: ToCheck): IncidentFacts["proof"] {
  const { diagnose, path } = played;
  const statuses = JSON.stringify([...seen.statuses]);
  const isHealthy = diagnose.verdict === "healthy";
  const isHidden = isHealthy || path.some(({ fate }) => fate.includes("masked"));
  if (isHidden ? seen.failing > 0 : seen.failing < LEAST_FAILING)
    throw new Error(`${seen.failing} of ${seen.requests} requests failed: ${statuses}`);
  if (seen.early > 0) throw new Error(`${seen.early} requests failed before the fault was there: ${statuses}`);
  if (isHealthy) return undefined;
  const proof = findProof(takings.sources, findSign(played), Math.max(seen.failing, LEAST_FAILING));
  if (proof === undefined) throw new Error(`nothing shows the fault: ${statuses} ${describeSources(takings)}`);
  return proof;
}

/** What is missing in an inconclusive incident is evidence; its fault is an exception. */
function findSign({ sign, diagnose }: Played): Sign {
  return sign ?? SIGNS[diagnose.verdict === "diagnosed" ? diagnose.cause : "unhandled-exception"];
}

function describeSources({ sources }: Takings): string {
  return Object.entries(sources)
    .map(
      ([source, reasons]) =>
        `${source}: ${[...reasons]
          .slice(0, 4)
          .map(([reason, times]) => `${times} ${reason.slice(0, 110)}`)
          .join("; ")}`,
    )
    .join("\n  ");
}

/** A seed has one incident, whatever it was called before. */
function dropOlder(directory: string, seed: number): void {
  const before = existsSync(directory) ? readdirSync(directory).filter((each) => Number(each.split("-", 1)[0]) === seed) : [];
  for (const each of before) rmSync(join(directory, each), { recursive: true, force: true });
}

function listTasks(): Task[] {
  const [from, to] = (values.seeds ?? "").split("-").map(Number);
  return Object.entries(SCENARIOS)
    .filter(([name]) => values.scenario === undefined || values.scenario.includes(name))
    .flatMap(([name, scenario]) => Array.from({ length: scenario.count }, (_, seed) => ({ name, scenario, seed })))
    .filter(({ seed }) => values.seeds === undefined || (seed >= (from ?? 0) && seed <= (to ?? from ?? 0)));
}

const crew = createCrew();
const tasks = listTasks();
const failed: string[] = [];
async function work(): Promise<void> {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const { name, seed } = task;
    for (let left = ATTEMPTS - 1; ; left -= 1) {
      const trouble = await play(task, crew).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (trouble === undefined) break;
      console.error(`${name} ${seed} was not made: ${trouble}`);
      if (left > 0) continue;
      failed.push(`${name} ${seed}`);
      break;
    }
  }
}
await Promise.all(Array.from({ length: Number(values.parallel) }, work));
crew.close();
dropTemplates();
if (failed.length > 0) {
  console.error(`not made: ${failed.join(", ")}`);
  process.exitCode = 1;
}
