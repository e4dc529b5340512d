/**
 * Forty naive endpoints on four frameworks under hostile input, bare and guarded: `npm run bench -- bad-input [REQUESTS] [SEED]`.
 * Not a race: it counts which answers are right.
 */
import { recordResult } from "../record.ts";
import { compareBadInput, runPlantedBugs } from "./compare.ts";
import { createHostileRequests, createValidRequests } from "./requests.ts";

const count = Number(process.argv[3] ?? 60_000);
const seed = Number(process.argv[4] ?? 11);

const { examples, ...report } = await compareBadInput([...createHostileRequests(seed, count), ...createValidRequests(seed, 10_000)]);
const bugs = await runPlantedBugs();
console.log(report);
console.log(bugs);
for (const example of examples) console.log(example);
recordResult("bad-input", { seed, hostile: count, report, bugs });
