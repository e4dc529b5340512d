/**
 * Makes incidents anew: `npm run incidents -- [--scenario NAME ...] [--seeds FROM-TO] [--parallel 3]`. Needs the programs that `.ci/run`
 * installs. A seed decides everything but ids, times and ports.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Expected, halfOf } from "../incident.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { type Crew, createCrew } from "./crew.ts";
import { dropTemplates } from "./databases.ts";
import { createDice } from "./dice.ts";
import { type Scenario, Stage } from "./stage.ts";
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
  const isSeen = takings.otlp.some((line) => line.startsWith('{"resourceSpans"')) || Object.keys(takings.logs).length > 0;
  if (!isSeen) throw new Error("no spans came");
  const { service, route, creators, path, diagnose, lost = [], negative } = played;
  const isHidden = diagnose.verdict === "healthy" || path.some(({ fate }) => fate.includes("masked"));
  if (isHidden !== (seen.failing === 0))
    throw new Error(`${seen.failing} of ${seen.requests} requests failed: ${JSON.stringify([...seen.statuses])}`);
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
  const facts = {
    name: folder,
    scenario: name,
    seed,
    half: halfOf(seed),
    ...(negative === undefined ? {} : { negative }),
    made: new Date().toISOString(),
    software: takings.software,
    logFormats: takings.logFormats,
  };
  dropOlder(join(HERE, name), seed);
  const bytes = writeIncident(join(HERE, name, folder), { facts, expected, takings, lost });
  console.log(
    `${name}/${folder}: ${seen.failing} of ${seen.requests} failing ${JSON.stringify([...seen.statuses])}, ${Math.round(bytes / 1024)} KiB`,
  );
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
    await play(task, crew).catch((error: unknown) => {
      failed.push(`${name} ${seed}`);
      console.error(`${name} ${seed} was not made: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
  }
}
await Promise.all(Array.from({ length: Number(values.parallel) }, work));
crew.close();
dropTemplates();
if (failed.length > 0) {
  console.error(`not made: ${failed.join(", ")}`);
  process.exitCode = 1;
}
