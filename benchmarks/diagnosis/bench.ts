/**
 * How often is the diagnosis right? `npm run bench -- diagnosis` judges every step on the project's own incidents, recorded and written ones, both halves of each;
 * `--publish` writes its tables into the pages of the playbook, `--set DIR` runs a labelled set of others, `--live` times a live fault,
 * `--file` a file of a million spans. Beside it stand the rules of thumb that people use today: the deepest errored span, scoped and
 * unscoped, and the most ERROR logs.
 */
import { parseArgs } from "node:util";
import type { Diagnosis, Suspect } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import { listIncidents } from "../../tests/incidents/incident.ts";
import { listStackIncidents } from "../../tests/stacks/stack-incidents.ts";
import { recordResult } from "../record.ts";
import { benchFile } from "./file.ts";
import { benchIncidents } from "./incidents.ts";
import { benchLive } from "./live.ts";
import { type Case, loadSet } from "./load-set.ts";
import { publishFigures } from "./publish.ts";
import { deepestErroredSpan, deepestErroredSpanScoped, mostErrorLogs } from "./rules.ts";
import { calibrationError, mean, scoreAt } from "./score.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== "diagnosis"),
  options: {
    set: { type: "string", multiple: true, default: [] },
    unaided: { type: "boolean", default: false },
    publish: { type: "boolean", default: false },
    live: { type: "boolean", default: false },
    file: { type: "boolean", default: false },
  },
});

type Row = {
  readonly name: string;
  readonly kind: string;
  readonly isHealthy: boolean;
  readonly at1: number;
  readonly at3: number;
  readonly isAnswered: boolean;
  readonly cause: string;
  readonly confidence: number;
  readonly isCauseRight: boolean | undefined;
  readonly ms: number;
  readonly rules: Readonly<Record<string, number>>;
};

const RULES = { deepestErroredSpan, deepestErroredSpanScoped, mostErrorLogs };

function runCase(each: Case): Row {
  const observations = each.load();
  const { window, baseline, label } = each;
  // `--unaided` tells the engine the window alone, as a person with an alert would: the baseline is for it to find.
  const hints = { ...(window === undefined ? {} : { window }), ...(baseline === undefined || values.unaided ? {} : { baseline }) };
  const started = performance.now();
  const diagnosis = diagnose(observations, hints);
  const ms = performance.now() - started;
  const rules = Object.fromEntries(
    Object.entries(RULES).map(([name, rule]) => [name, scoreAt(1, rule(observations, window), label.services)]),
  );
  return { name: each.name, kind: label.kind, isHealthy: label.services.length === 0, ...judge(diagnosis, each), ms, rules };
}

function judge(diagnosis: Diagnosis, { label }: Case) {
  const cause = diagnosis.causes[0];
  const suspects: readonly Suspect[] = diagnosis.suspects;
  return {
    at1: scoreAt(1, suspects, label.services),
    at3: scoreAt(3, suspects, label.services),
    isAnswered: diagnosis.verdict === "diagnosed",
    cause: cause?.cause ?? "none",
    confidence: cause?.confidence ?? 0,
    isCauseRight: label.cause === undefined ? undefined : cause?.cause === label.cause,
  };
}

if (values.live) {
  const figures = await benchLive("tests/incidents/unhandled-exception/02-weighParcel");
  console.log(figures);
  recordResult("diagnosis-live", figures);
} else if (values.file) {
  const figures = benchFile();
  console.log(figures);
  recordResult("diagnosis-file", figures);
} else if (values.set.length === 0) {
  const figures = benchIncidents("tests/incidents", listIncidents("tests/incidents"));
  const stacks = benchIncidents("tests/stacks", listStackIncidents());
  recordResult("diagnosis", { ...figures, stacks });
  if (values.publish) publishFigures(figures);
}
for (const directory of values.set) {
  const rows = loadSet(directory).map(runCase);
  const faults = rows.filter(({ isHealthy }) => !isHealthy);
  const healthy = rows.filter(({ isHealthy }) => isHealthy);
  const answered = faults.filter(({ isAnswered }) => isAnswered);
  const labelled = rows.filter(({ isCauseRight }) => isCauseRight !== undefined);
  console.table(
    rows.map(({ name, kind, at1, at3, isAnswered, cause, confidence, ms }) => ({
      name,
      kind,
      at1,
      at3,
      verdict: isAnswered ? "diagnosed" : "inconclusive",
      cause,
      confidence,
      ms: Math.round(ms),
    })),
  );
  const summary = {
    set: directory,
    cases: faults.length,
    accuracyAt1: mean(faults.map(({ at1 }) => at1)),
    accuracyAt3: mean(faults.map(({ at3 }) => at3)),
    coverage: answered.length / Math.max(1, faults.length),
    healthyCases: healthy.length,
    healthyDiagnosed: healthy.filter(({ isAnswered }) => isAnswered).length,
    causeAt1: labelled.length === 0 ? undefined : mean(labelled.map(({ isCauseRight }) => (isCauseRight === true ? 1 : 0))),
    calibrationError: calibrationError(
      answered.map(({ confidence, at1, isCauseRight }) => ({ confidence, isRight: isCauseRight ?? at1 === 1 })),
    ),
    medianMs: [...rows].sort((a, b) => a.ms - b.ms)[Math.floor(rows.length / 2)]?.ms,
    rules: Object.fromEntries(Object.keys(RULES).map((rule) => [rule, mean(faults.map((row) => row.rules[rule] ?? 0))])),
  };
  console.log(summary);
  recordResult("diagnosis", summary);
}
