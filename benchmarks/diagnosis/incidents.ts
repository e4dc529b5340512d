/** Sets of incidents of the project's own: how often each step is right, by half, by cause, and with one source of telemetry taken away. */
import { type CauseId, type Diagnosis, NO_OBSERVATIONS, type Observations } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import type { Incident } from "../../tests/incidents/incident.ts";
import { type Marks, markDiagnosis } from "../../tests/incidents/score-incident.ts";
import { deepestErroredSpan, deepestErroredSpanScoped, mostErrorLogs } from "./rules.ts";
import { type CalibrationBin, calibrationBins, calibrationError, mean, scoreAt } from "./score.ts";

const RULES = { deepestErroredSpan, deepestErroredSpanScoped, mostErrorLogs };
const SOURCES = ["spans", "logs", "metrics", "changes", "exchanges"] as const satisfies readonly (keyof Observations)[];

/** Shares, 0 to 1, of incidents that have a cause. */
export type Summary = {
  readonly incidents: number;
  readonly detected: number;
  readonly creatorAt1: number;
  readonly wholePath: number;
  readonly causeAt1: number;
  readonly causeAt3: number;
  readonly coverage: number;
  readonly falseBlame: number;
};

/** Shares of incidents whose obvious answer is wrong, or that have none. */
export type NegativesSummary = {
  readonly negatives: number;
  readonly falseBlame: number;
  readonly right: number;
  readonly evidenceMissing: number;
  readonly inconclusiveAndSaysWhat: number;
  readonly byKind: Readonly<Record<string, { readonly count: number; readonly right: number }>>;
};

/** All that is counted of one half. */
export type HalfFigures = Summary & {
  readonly negatives: NegativesSummary;
  /** The same of the incidents that were recorded last: figures of theirs had no part in earlier tuning. */
  readonly newest: Summary & { readonly negatives: NegativesSummary };
  readonly calibration: Calibration;
  /** The same with the verdicts that were reached without one source of telemetry, each source in turn. */
  readonly calibrationOfAll: Calibration;
  readonly rulesOfThumb: Readonly<Record<string, number>>;
  readonly ms: { readonly median: number; readonly p95: number };
  readonly withoutSource: Readonly<Record<string, PoorerFigures>>;
  /** `named` is a row of the confusion table: how often each cause was named where this one was right. */
  readonly byCause: Readonly<Record<string, Summary & { readonly named: Readonly<Record<string, number>> }>>;
};

/** How far stated confidence lies from what was right. */
export type Calibration = {
  readonly expectedCalibrationError: number;
  readonly bins: readonly CalibrationBin[];
  readonly verdicts: number;
};

/** What is left of the figures without one source; false blame of all incidents, negatives too, and of the newest. */
export type PoorerFigures = Pick<Summary, "creatorAt1" | "causeAt1" | "coverage" | "falseBlame"> & {
  readonly falseBlameNewest: number;
  readonly falseBlameStrictly: number;
};

type Row = {
  readonly incident: Incident;
  readonly diagnosis: Diagnosis;
  readonly marks: Marks;
  /** Marked as if all had been at hand: a cause that only the missing source shows is asked for all the same. */
  readonly strict: Marks;
  readonly ms: number;
  readonly rules: Readonly<Record<string, number>>;
};

function run(incident: Incident, without?: keyof Observations): Row {
  const all = incident.load();
  const observations = without === undefined ? all : { ...all, [without]: NO_OBSERVATIONS[without] };
  const started = performance.now();
  const diagnosis = diagnose(observations);
  const ms = performance.now() - started;
  const { creators } = incident.expected.isolate;
  const rules = Object.fromEntries(
    Object.entries(RULES).map(([name, rule]) => [name, scoreAt(1, rule(observations, undefined), creators)]),
  );
  return {
    incident,
    diagnosis,
    marks: markDiagnosis(diagnosis, incident.expected, without),
    strict: markDiagnosis(diagnosis, incident.expected),
    ms,
    rules,
  };
}

const share = (values: readonly (boolean | undefined)[]): number =>
  mean(values.flatMap((value) => (value === undefined ? [] : [value ? 1 : 0])));
const isNegative = ({ incident }: Row): boolean => incident.facts.negative !== undefined;

/** Figures of those rows that have a cause. */
function summarise(rows: readonly Row[]): Summary {
  const asked = rows.filter(({ incident }) => incident.expected.diagnose.verdict === "diagnosed");
  const marks = asked.map((row) => row.marks);
  return {
    incidents: asked.length,
    detected: share(marks.map(({ isDetected }) => isDetected)),
    creatorAt1: share(marks.map(({ isCreatorRight }) => isCreatorRight)),
    wholePath: share(marks.map(({ isPathRight }) => isPathRight)),
    causeAt1: share(marks.map(({ causeRank }) => causeRank === 1)),
    causeAt3: share(marks.map(({ causeRank }) => causeRank !== undefined && causeRank <= 3)),
    coverage: share(marks.map(({ isDiagnosed }) => isDiagnosed)),
    falseBlame: share(marks.map(({ isFalseBlame }) => isFalseBlame)),
  };
}

function summariseNegatives(rows: readonly Row[]): NegativesSummary {
  const honest = rows.filter(({ marks }) => marks.isHonest !== undefined);
  return {
    negatives: rows.length,
    falseBlame: share(rows.map(({ marks }) => marks.isFalseBlame)),
    right: share(rows.map(({ marks }) => marks.isRight)),
    evidenceMissing: honest.length,
    inconclusiveAndSaysWhat: share(honest.map(({ marks }) => marks.isHonest)),
    byKind: Object.fromEntries(
      [...Map.groupBy(rows, ({ incident }) => incident.facts.negative ?? "")].map(([kind, members]) => [
        kind,
        { count: members.length, right: share(members.map(({ marks }) => marks.isRight)) },
      ]),
    ),
  };
}

function tabulateCauses(rows: readonly Row[]) {
  const groups = Map.groupBy(
    rows.filter((row) => !isNegative(row)),
    ({ incident }) => incident.facts.scenario,
  );
  return Object.fromEntries(
    [...groups].map(([cause, members]) => {
      const named: Record<string, number> = {};
      for (const { diagnosis } of members) {
        const said = diagnosis.verdict === "diagnosed" ? (diagnosis.causes[0]?.cause ?? "none") : "inconclusive";
        named[said] = (named[said] ?? 0) + 1;
      }
      return [cause, { ...summarise(members), named }];
    }),
  );
}

function judgeCalibration(rows: readonly Row[]): Calibration {
  const verdicts = rows
    .filter(({ marks }) => marks.isDiagnosed)
    .map(({ marks }) => ({ confidence: marks.confidence, isRight: marks.isRight }));
  return { expectedCalibrationError: calibrationError(verdicts), bins: calibrationBins(verdicts), verdicts: verdicts.length };
}

const batchOf = ({ incident }: Row): number => incident.facts.batch ?? 1;
const blames = (rows: readonly Row[]): number => share(rows.map(({ marks }) => marks.isFalseBlame));

function summarisePoorer(rows: readonly Row[], newest: number): PoorerFigures {
  const { creatorAt1, causeAt1, coverage } = summarise(rows);
  const falseBlameNewest = blames(rows.filter((row) => batchOf(row) === newest));
  const falseBlameStrictly = share(rows.map(({ strict }) => strict.isFalseBlame));
  return { creatorAt1, causeAt1, coverage, falseBlame: blames(rows), falseBlameNewest, falseBlameStrictly };
}

function summariseBoth(rows: readonly Row[]) {
  return { ...summarise(rows.filter((row) => !isNegative(row))), negatives: summariseNegatives(rows.filter(isNegative)) };
}

function judgeHalf(incidents: readonly Incident[]): { readonly rows: readonly Row[]; readonly figures: HalfFigures } {
  const rows = incidents.map((incident) => run(incident));
  const positives = rows.filter((row) => !isNegative(row));
  const times = rows.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const newest = Math.max(...rows.map(batchOf));
  const poorer = SOURCES.map((source) => [source, incidents.map((incident) => run(incident, source))] as const);
  return {
    rows,
    figures: {
      ...summariseBoth(rows),
      newest: summariseBoth(rows.filter((row) => batchOf(row) === newest)),
      calibration: judgeCalibration(rows),
      calibrationOfAll: judgeCalibration([...rows, ...poorer.flatMap(([, members]) => members)]),
      rulesOfThumb: Object.fromEntries(Object.keys(RULES).map((rule) => [rule, mean(positives.map((row) => row.rules[rule] ?? 0))])),
      ms: { median: times[Math.floor(times.length / 2)] ?? 0, p95: times[Math.floor(times.length * 0.95)] ?? 0 },
      withoutSource: Object.fromEntries(poorer.map(([source, members]) => [source, summarisePoorer(members, newest)])),
      byCause: tabulateCauses(rows),
    },
  };
}

/** One line for each incident of the read half that is not wholly right, with what was said and what was due. */
export function describeMiss({ incident, diagnosis, marks }: Pick<Row, "incident" | "diagnosis" | "marks">): string | undefined {
  const { expected, facts } = incident;
  const isWhole = marks.isRight && marks.isDetected && marks.isCreatorRight !== false && marks.isPathRight !== false;
  if (isWhole) return undefined;
  const due =
    expected.diagnose.verdict === "diagnosed"
      ? expected.diagnose.cause
      : expected.diagnose.verdict === "healthy"
        ? "healthy"
        : `inconclusive, missing ${expected.diagnose.missing.join(" or ")}`;
  const causes = diagnosis.causes.slice(0, 3).map(({ cause, confidence }) => `${cause} ${confidence.toFixed(2)}`);
  const path = diagnosis.path.map(({ service, fate }) => `${service} ${fate}`).join(" > ");
  const right = expected.isolate.path
    .map(({ service, fate, isOptional }) => `${isOptional === true ? "?" : ""}${service.join("|")} ${fate.join("|")}`)
    .join(" > ");
  const wrong = [
    ...(marks.isRight ? [] : ["verdict"]),
    ...(marks.isDetected
      ? []
      : [`scope (${diagnosis.scope.service ?? "-"} ${diagnosis.scope.route ?? "-"}, ${diagnosis.scope.failing} failing)`]),
    ...(marks.isCreatorRight === false ? ["creator"] : []),
    ...(marks.isPathRight === false ? ["path"] : []),
  ];
  return [
    `- ${facts.scenario}/${facts.name}: wrong ${wrong.join(", ")}`,
    `  said ${diagnosis.verdict}: ${causes.join(", ") || "no cause"}; suspect ${diagnosis.suspects[0]?.service ?? "-"}; path ${path || "-"}`,
    `  due  ${due}; creator ${expected.isolate.creators.join("|") || "-"}; path ${right}`,
  ].join("\n");
}

/** Both halves of a set of incidents. Prints the misses of the read half only: the other one is there to be counted. */
export function benchIncidents(set: string, incidents: readonly Incident[]): IncidentFigures {
  const [read, unread] = (["read", "unread"] as const).map((half) => judgeHalf(incidents.filter(({ facts }) => facts.half === half)));
  if (read === undefined || unread === undefined) throw new Error("a list of two has two members");
  for (const miss of read.rows.map(describeMiss)) if (miss !== undefined) console.log(miss);
  const halves = { read: read.figures, unread: unread.figures };
  print(halves);
  return { set, incidents: incidents.length, ...halves };
}

/** What `npm run bench -- diagnosis` records of the project's own incidents. */
export type IncidentFigures = {
  readonly set: string;
  readonly incidents: number;
  readonly read: HalfFigures;
  readonly unread: HalfFigures;
};

function print(halves: Readonly<Record<string, HalfFigures>>): void {
  for (const [
    half,
    { byCause, withoutSource, calibration, calibrationOfAll, negatives, newest, rulesOfThumb, ms, ...rest },
  ] of Object.entries(halves)) {
    const { negatives: newestNegatives, ...newestRest } = newest;
    console.log(`\n${half} half`);
    console.table({ all: rest, newest: newestRest });
    const rows = Object.entries(byCause).map(([cause, { named, ...each }]) => [
      cause as CauseId,
      {
        ...each,
        named: Object.entries(named)
          .map(([name, count]) => `${count} ${name}`)
          .join(", "),
      },
    ]);
    console.table(Object.fromEntries(rows));
    console.table(withoutSource);
    console.table(calibration.bins);
    console.table(calibrationOfAll.bins);
    const { expectedCalibrationError } = calibration;
    console.log({
      expectedCalibrationError,
      ofAll: calibrationOfAll.expectedCalibrationError,
      negatives,
      newestNegatives,
      rulesOfThumb,
      ms,
    });
  }
}
