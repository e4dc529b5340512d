/** Writes the figures of a run into the pages of the playbook, between two comments: `npm run bench -- diagnosis --publish`. */
import { readFileSync, writeFileSync } from "node:fs";
import type { HalfFigures, IncidentFigures } from "./incidents.ts";

/** Cells of a table; the first row is its head. */
type Cells = readonly (readonly (string | number)[])[];

const RULE_NAMES: Readonly<Record<string, string>> = {
  deepestErroredSpan: "rule of thumb: deepest errored span",
  deepestErroredSpanScoped: "the same, in failing traces only",
  mostErrorLogs: "rule of thumb: most ERROR logs",
};

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;

function toTable([head = [], ...rows]: Cells): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A row of both halves, the newest incidents of the unread half, and the goal. */
function compare(
  { read, unread }: IncidentFigures,
  name: string,
  [pick, goal]: readonly [(half: HalfFigures | HalfFigures["newest"]) => number, string?],
) {
  return [name, percent(pick(read)), percent(pick(unread)), percent(pick(unread.newest)), goal ?? ""];
}

function headOf({ read, unread }: IncidentFigures): readonly string[] {
  const count = (half: HalfFigures["newest"]): string => `${half.incidents} + ${half.negatives.negatives}`;
  return ["", `read half, ${count(read)}`, `unread half, ${count(unread)}`, `of these the newest, ${count(unread.newest)}`, "goal"];
}

function describeIsolate(figures: IncidentFigures): string {
  const { read, unread } = figures;
  const rules = Object.entries(RULE_NAMES).map(([rule, name]) => [
    name,
    percent(read.rulesOfThumb[rule] ?? 0),
    percent(unread.rulesOfThumb[rule] ?? 0),
    "",
    "",
  ]);
  const without = Object.entries(unread.withoutSource).map(([source, { creatorAt1 }]) => `without ${source} ${percent(creatorAt1)}`);
  return [
    toTable([
      headOf(figures),
      compare(figures, "symptom found", [({ detected }) => detected]),
      compare(figures, "creating hop first", [({ creatorAt1 }) => creatorAt1, "98 %"]),
      compare(figures, "fates of the whole path", [({ wholePath }) => wholePath, "95 %"]),
      ...rules,
    ]),
    `Creating hop first on the unread half with one source of telemetry taken away: ${without.join(", ")}.`,
  ].join("\n\n");
}

function describeDiagnose(figures: IncidentFigures): string {
  const { read, unread } = figures;
  return [
    toTable([
      headOf(figures),
      compare(figures, "cause right, first", [({ causeAt1 }) => causeAt1, "93 %"]),
      compare(figures, "among the first three", [({ causeAt3 }) => causeAt3, "98 %"]),
      compare(figures, "a cause was named", [({ coverage }) => coverage]),
      compare(figures, "a wrong cause was named", [({ falseBlame }) => falseBlame]),
      compare(figures, "negatives: a wrong cause was named", [({ negatives }) => negatives.falseBlame, "1 %"]),
      compare(figures, "negatives: right", [({ negatives }) => negatives.right]),
      compare(figures, "evidence missing: inconclusive, and it says what", [({ negatives }) => negatives.inconclusiveAndSaysWhat, "95 %"]),
      [
        "expected calibration error",
        read.calibration.expectedCalibrationError.toFixed(3),
        unread.calibration.expectedCalibrationError.toFixed(3),
        "",
        "0.07",
      ],
      [
        "the same, with the answers without each source",
        read.calibrationOfAll.expectedCalibrationError.toFixed(3),
        unread.calibrationOfAll.expectedCalibrationError.toFixed(3),
        "",
        "0.07",
      ],
    ]),
    `Incidents + negatives. A verdict took ${unread.ms.median.toFixed(0)} ms in the middle, ${unread.ms.p95.toFixed(0)} ms at the 95th percentile.`,
    toTable([
      ["unread half, with all sources and without each in turn: confidence", "verdicts", "stated", "right"],
      ...unread.calibrationOfAll.bins.map(({ from, verdicts, stated, right }) => [
        `${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}`,
        verdicts,
        percent(stated),
        percent(right),
      ]),
    ]),
    toTable([
      ["unread half, right cause", "incidents", "first", "first three", "what was named"],
      ...Object.entries(unread.byCause).map(([cause, { incidents, causeAt1, causeAt3, named }]) => [
        cause,
        incidents,
        percent(causeAt1),
        percent(causeAt3),
        listNamed(named),
      ]),
    ]),
    toTable([
      ["unread half, without", "cause first", "named", "wrong cause named", "counted strictly", "read half: wrong cause named"],
      ...Object.entries(unread.withoutSource).map(([source, { causeAt1, coverage, falseBlame, falseBlameStrictly }]) => [
        source,
        percent(causeAt1),
        percent(coverage),
        percent(falseBlame),
        percent(falseBlameStrictly),
        percent(read.withoutSource[source]?.falseBlame ?? 0),
      ]),
    ]),
  ].join("\n\n");
}

function listNamed(named: Readonly<Record<string, number>>): string {
  return Object.entries(named)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, count]) => `${count} ${cause}`)
    .join(", ");
}

/** Puts `text` between `<!-- figures -->` and `<!-- end of figures -->` of a page; throws where they are not. */
export function replaceFigures(page: string, text: string): string {
  const [before, rest] = page.split("<!-- figures -->");
  const after = rest?.split("<!-- end of figures -->")[1];
  if (before === undefined || after === undefined) throw new Error("the page has no place for figures");
  return `${before}<!-- figures -->\n\n${text}\n\n<!-- end of figures -->${after}`;
}

/** Writes the tables of both pages anew. */
export function publishFigures(figures: IncidentFigures, { folder = "docs/playbook", today = new Date() } = {}): void {
  const date = today.toISOString().slice(0, 10);
  const made =
    "[how they are made](../../tests/incidents/README.md), [what counts as right](../decisions/0082-what-is-right-in-an-incident.md)";
  const set = `${date}, ${figures.incidents} recorded incidents of real software (${made}), \`npm run bench -- diagnosis\`.`;
  const same = `${date}, the same incidents as in [isolate](isolate.md#measured), \`npm run bench -- diagnosis\`.`;
  for (const [file, text] of [
    ["isolate.md", `${set}\n\n${describeIsolate(figures)}`],
    ["diagnose.md", `${same}\n\n${describeDiagnose(figures)}`],
  ] as const) {
    const path = `${folder}/${file}`;
    writeFileSync(path, replaceFigures(readFileSync(path, "utf8"), text));
  }
}
