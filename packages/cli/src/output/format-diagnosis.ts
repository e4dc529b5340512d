import { type Diagnosis, type Evidence, describeDiagnosis } from "@faultline/model";
import { toPlain, wrap } from "./wrap.ts";

const LEAST_WIDTH = 40;
const MOST_WIDTH = 100;
/** Reasons for ruled-out causes are many; the page and `--json` have them all. */
const RULED_OUT_SHOWN = 6;
/** The longest fate. */
const FATE_WIDTH = "PROPAGATED".length;

/** A line, or a command to copy: that is never broken, so that it can be pasted whole. */
type Line = string | { readonly copied: string };

type Sections = readonly (readonly Line[])[];

/** The parts of a diagnosis in the order of a story: what, where, why, what next. */
const PARTS = {
  verdict: (diagnosis: Diagnosis): Sections => [[headline(diagnosis)]],
  scope: (diagnosis: Diagnosis): Sections => [section("SCOPE", [describeScope(diagnosis)])],
  path: (diagnosis: Diagnosis, width: number): Sections => [section("PATH, client side first", listHops(diagnosis, width))],
  suspects: ({ suspects }: Diagnosis): Sections => [
    section(
      "SUSPECTS",
      suspects
        .slice(0, 5)
        .map(
          ({ service, operation, score }, index) =>
            `${index + 1}. ${service}${operation === undefined ? "" : `, ${operation}`} (${score.toFixed(2)})`,
        ),
    ),
  ],
  causes: ({ causes }: Diagnosis): Sections => [
    section(
      "CAUSES",
      causes.flatMap(({ cause, confidence, evidence, against }) => [
        `${cause}, ${Math.round(confidence * 100)} %`,
        ...quote(evidence, 4),
        ...quote(against, 2, "against: "),
      ]),
    ),
  ],
  ruledOut: (diagnosis: Diagnosis): Sections => [section("RULED OUT", listRuledOut(diagnosis))],
  missing: ({ missing }: Diagnosis): Sections => [
    section(
      "MISSING",
      missing.map(({ what, wouldTell }) => `${what}: would tell ${wouldTell}`),
    ),
  ],
  next: (diagnosis: Diagnosis): Sections => [
    section(
      "NEXT",
      listChecks(diagnosis).flatMap(({ check, command }) => [check, ...(command === undefined ? [] : [{ copied: `    $ ${command}` }])]),
    ),
  ],
  guard: ({ guard, next }: Diagnosis): Sections => [
    formatProtections("GUARD NOW", guard.now),
    formatProtections(
      "PREVENT",
      // A command that also appears under NEXT is shown only there.
      guard.prevent.filter(({ example }) => example === undefined || next.every(({ command }) => command !== example)),
    ),
  ],
} as const;

/** A part of a diagnosis that can be shown by itself. */
export type DiagnosisPart = keyof typeof PARTS;

const ALL_PARTS = Object.keys(PARTS) as readonly DiagnosisPart[]; // the keys of the constant above

/** A diagnosis for a person, or parts of it, wrapped to the width; says everything in words, nothing by colour. */
export function formatDiagnosis(diagnosis: Diagnosis, columns = 80, parts: readonly DiagnosisPart[] = ALL_PARTS): string {
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns));
  return `${parts
    .flatMap((part) => PARTS[part](diagnosis, width))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.flatMap((line) => (typeof line === "string" ? wrap(line, width) : toPlain(line.copied))).join("\n"))
    .join("\n\n")}\n`;
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  if (lines.length === 0 || title === "") return lines;
  return [title, ...lines.map((line) => (typeof line === "string" ? `  ${line}` : { copied: `  ${line.copied}` }))];
}

function headline(diagnosis: Diagnosis): string {
  const { scope, causes, suspects, path } = diagnosis;
  const isHidden = path.some(({ fate }) => fate === "masked");
  if (scope.failing === 0 && !isHidden && suspects[0] !== undefined) {
    return `${diagnosis.verdict.toUpperCase()}. No request failed openly, but ${suspects[0].service} behaves unlike before.`;
  }
  if (scope.failing === 0 && causes.length === 0) return "INCONCLUSIVE. No failure in scope.";
  const sentence = describeDiagnosis(diagnosis);
  return diagnosis.verdict === "diagnosed"
    ? `DIAGNOSED. ${sentence}`
    : sentence.replace(/^Inconclusive: (w?)/, (_, first: string) => `INCONCLUSIVE. ${first.toUpperCase()}`);
}

function describeScope({ scope }: Diagnosis): string {
  const named = [scope.service, scope.route, scope.version, scope.region].filter((part) => part !== undefined).join(", ");
  return `${named === "" ? "everything" : named}: ${scope.failing} failing, ${scope.succeeding} good${describeWindow(scope.window)}`;
}

/** What to do next, except for how to get missing evidence: that is said where the evidence is named. */
function listChecks({ next, missing }: Diagnosis): Diagnosis["next"] {
  const said = new Set(missing.map(({ what, wouldTell }) => `Get ${what}: it would tell ${wouldTell}`));
  return next.filter(({ check }) => !said.has(check));
}

/** The window in words, to the second, because a log is no finer. An open end is left out, and so is the window of no requests at all. */
function describeWindow({ fromMs, toMs }: Diagnosis["scope"]["window"]): string {
  const [from, to] = [fromMs, toMs].map((timeMs) => (Number.isFinite(timeMs) && toMs > 0 ? toSecond(timeMs) : undefined));
  if (from === undefined || to === undefined)
    return from === undefined ? (to === undefined ? "" : `, before ${to} UTC`) : `, since ${from} UTC`;
  if (from === to) return `, at ${to} UTC`;
  const [day = ""] = from.split(" ");
  return `, ${from} to ${to.replace(`${day} `, "")} UTC`;
}

function toSecond(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace("T", " ");
}

/** The first few pieces of evidence with their measurements, each on a line of its own. */
export function quote(evidence: readonly Evidence[], limit: number, prefix = ""): readonly string[] {
  return evidence.slice(0, limit).map(({ statement, measured }) => `    ${prefix}${statement} (${oneLine(measured)})`);
}

/** The hops, one below the other in columns where they fit, each with its strongest evidence. */
function listHops({ path }: Diagnosis, width: number): readonly string[] {
  const cells = path.map(({ hop, operation, status, fate }) => [hop, operation, status, fate.toUpperCase()].map(oneLine));
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isAligned = widths.reduce((sum, each) => sum + each + 2, 2) + FATE_WIDTH <= width;
  return path.flatMap(({ evidence }, index) => [
    (cells[index] ?? []).map((cell, column) => (isAligned ? cell.padEnd(widths[column] ?? 0) : cell)).join("  "),
    ...quote(evidence, 1),
  ]);
}

/** Causes with a reason of their own; those that simply showed no sign are many, and are counted. */
function listRuledOut({ ruledOut, scope, causes }: Diagnosis): readonly string[] {
  if (scope.failing === 0 && causes.length === 0) return [];
  const reasoned = ruledOut.filter(({ because }) => !because.startsWith("not seen"));
  const shown = reasoned.slice(0, RULED_OUT_SHOWN);
  const rest = ruledOut.length - shown.length;
  const others = shown.length > 0 ? `and ${rest} more` : `${rest} ${rest === 1 ? "cause" : "causes"}`;
  return [
    ...shown.map(({ cause, because }) => `${cause}: ${oneLine(because)}`),
    ...(rest > 0 ? [`${others}, of which no sign was seen (--json names each and its sign)`] : []),
  ];
}

/** The protections. A place that all of them share is named once, in the title. */
function formatProtections(title: string, protections: Diagnosis["guard"]["now"]): readonly Line[] {
  const [place, ...others] = new Set(protections.map(({ where }) => oneLine(where)));
  const isShared = place !== undefined && others.length === 0;
  return section(
    isShared ? `${title}, in ${place}` : title,
    protections.flatMap(({ what, where, example }) => [
      isShared ? what : `${what} (${where})`,
      ...(example === undefined ? [] : [{ copied: `    ${example}` }]),
    ]),
  );
}

function oneLine(text: string): string {
  return toPlain(text).trim();
}
