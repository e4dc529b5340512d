import type { Report, RouteErrors } from "../report.ts";
import { cut, toVisible } from "../visible.ts";
import { drawSparkline, formatClock, formatCount, formatDuration, formatShare, nameMaker } from "./words.ts";

/** How the screen is: its width, and whether it shows colours. */
export type Screen = { readonly width: number; readonly hasColors: boolean };

type Paint = (text: string) => string;
type Paints = { readonly bold: Paint; readonly dim: Paint; readonly red: Paint; readonly yellow: Paint };

function createPaints(hasColors: boolean): Paints {
  const paint = (code: number) => (text: string) => (hasColors ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { bold: paint(1), dim: paint(2), red: paint(31), yellow: paint(33) };
}

const DETAILED = 3;
const DAY_MS = 86_400_000;

/** The report for a terminal: what fails, who makes it, why, and what to check next. Everything from the log is made visible first. */
export function renderTerminal(report: Report, screen: Screen): string {
  const paints = createPaints(screen.hasColors);
  const width = Math.max(60, Math.min(screen.width, 160));
  const blocks = [
    renderHead(report, paints),
    renderTable(report, { paints, width }),
    ...report.routes.slice(0, DETAILED).map((route, index) => renderRoute(route, { index, paints, width })),
  ];
  if (report.groups !== undefined) {
    blocks.push(
      [
        paints.bold(`By ${report.groups.by}`),
        ...report.groups.rows
          .slice(0, 20)
          .map(({ name, count }) => `  ${formatCount(count).padStart(10)}  ${cut(toVisible(name), width - 14)}`),
      ].join("\n"),
    );
  }
  if (report.hidden.length > 0) blocks.push(renderHidden(report, { paints, width }));
  blocks.push(renderVerdict(report, { paints, width }));
  if (report.unparsed.count > 0) blocks.push(renderUnparsed(report, { paints, width }));
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function renderHead(report: Report, { bold, red, dim }: Paints): string {
  const { window } = report;
  const span = window === undefined ? "no times" : `${formatClock(window.fromMs)} to ${formatClock(window.toMs)} UTC`;
  const formats = report.formats
    .slice(0, 5)
    .map(({ format, lines }) => `${format} ${formatCount(lines)}`)
    .join(", ");
  const count = report.errors.count === 0 ? "no server errors" : red(`${formatCount(report.errors.count)} server errors`);
  const lines = [
    `${bold(count)} in ${formatCount(report.requests)} requests: ${formatShare(report.errors.share)}`,
    dim(
      `${span} · ${formatCount(report.lines)} lines: ${formats || "none"}${report.unparsed.count > 0 ? `, ${formatCount(report.unparsed.count)} not understood` : ""}`,
    ),
  ];
  if (report.traffic.length > 0) {
    lines.push(`requests ${drawSparkline(report.traffic, 48)}`, `errors   ${drawSparkline(report.errorsOverTime, 48)}`);
  }
  return lines.join("\n");
}

type Look = { readonly paints: Paints; readonly width: number };

function renderTable(report: Report, { paints, width }: Look): string {
  if (report.routes.length === 0) return "";
  const spark = width >= 120 ? 24 : 12;
  const { window } = report;
  const isOneDay = window !== undefined && window.toMs - window.fromMs < DAY_MS;
  const clock = (timeMs: number | undefined) => formatClock(timeMs).slice(isOneDay ? -8 : 0);
  const times = isOneDay ? 8 : 19;
  const longest = Math.max(5, ...report.routes.map((route) => route.method.length + route.route.length + 1));
  const name = Math.min(longest, Math.max(18, width - 9 - 4 - 22 - 2 * times - spark - 12));
  const head = `${"count".padStart(9)}  ${"code".padEnd(4)}  ${"route".padEnd(name)}  ${"share (95 %)".padEnd(22)}  ${"first".padEnd(times)}  ${"last".padEnd(times)}`;
  const rows = report.routes.map((route) => {
    const label = cut(toVisible(`${route.method} ${route.route}`), name).padEnd(name);
    return `${formatCount(route.count).padStart(9)}  ${paints.red(String(route.status).padEnd(4))}  ${label}  ${formatShare(route.share).padEnd(22)}  ${clock(route.firstMs).padEnd(times)}  ${clock(route.lastMs).padEnd(times)}  ${drawSparkline(route.overTime, spark)}`;
  });
  const more = report.moreRoutes === 0 ? [] : [paints.dim(`  and ${formatCount(report.moreRoutes)} more; --top shows more`)];
  return [paints.bold(head), ...rows, ...more].join("\n");
}

function renderRoute(route: RouteErrors, { index, paints, width }: Look & { readonly index: number }): string {
  const { bold, dim, yellow } = paints;
  const lines = [bold(`${index + 1}. ${route.status} on ${cut(toVisible(`${route.method} ${route.route}`), width - 20)}`)];
  lines.push(`   made by  ${toVisible(nameMaker(route))}: ${toVisible(route.madeBy.because)}`);
  if (route.failingMedianMs !== undefined) {
    const ok = route.okMedianMs === undefined ? "" : `; good ones about ${formatDuration(route.okMedianMs)}`;
    lines.push(`   takes    ${formatDuration(route.failingMedianMs)} (median of the failing)${ok}`);
  }
  for (const { cause, confidence, evidence } of route.causes.slice(0, 2)) {
    lines.push(`   cause    ${yellow(cause)} (${Math.round(confidence * 100)} %)`);
    for (const each of evidence.slice(0, 2))
      lines.push(
        `            ${cut(toVisible(each.statement), width - 12)}`,
        dim(`            ${cut(toVisible(each.measured), width - 12)}`),
      );
  }
  for (const message of route.joined.slice(0, 2))
    lines.push(`   log      ${cut(toVisible(message.text), width - 12)} ${dim(`(${message.count}, by ${message.by})`)}`);
  const [next] = route.next;
  if (next !== undefined) lines.push(`   next     ${toVisible(next.check)}`);
  if (route.requestIds.length > 0) lines.push(dim(`   ids      ${toVisible(route.requestIds.join(", "))}`));
  const [line] = route.lines;
  if (line !== undefined) lines.push(dim(`   line     ${cut(toVisible(line), width - 12)}`));
  return lines.join("\n");
}

function renderHidden(report: Report, { paints, width }: Look): string {
  const rows = report.hidden.slice(0, 5).map((hidden) => {
    const statuses = hidden.statuses.map(({ status, count }) => `${status} ${count}×`).join(", ");
    return `${formatCount(hidden.count).padStart(9)}  ${cut(toVisible(`${hidden.method} ${hidden.route}`), width - 50)}  first tries: ${toVisible(statuses)}`;
  });
  return [paints.bold("Hidden by retries (the client saw no error)"), ...rows].join("\n");
}

function renderVerdict(report: Report, { paints, width }: Look): string {
  if (report.errors.count === 0 && report.hidden.length === 0) return "";
  const { diagnosis } = report;
  const lines = report.patterns.map(
    ({ pattern, evidence }) =>
      `  ${pattern.padEnd(17)} ${cut(toVisible(evidence.statement), width - 20)}\n${paints.dim(`${" ".repeat(20)}${cut(toVisible(evidence.measured), width - 20)}`)}`,
  );
  const [cause] = diagnosis.causes;
  const verdict = cause === undefined ? "no cause named" : `${cause.cause}, ${Math.round(cause.confidence * 100)} %`;
  const missing = diagnosis.missing.map(({ what, wouldTell }) => paints.dim(`  missing: ${what} (would tell ${wouldTell})`));
  return [
    paints.bold(`Verdict: ${diagnosis.verdict} (${verdict})`),
    ...lines,
    ...missing,
    ...diagnosis.next.slice(0, 3).map(({ check }) => `  next: ${toVisible(check)}`),
  ].join("\n");
}

function renderUnparsed(report: Report, { paints, width }: Look): string {
  const { count, examples } = report.unparsed;
  return [
    paints.bold(`${formatCount(count)} lines not understood (counted, not guessed)`),
    ...examples.slice(0, 3).map((line) => paints.dim(`  ${cut(toVisible(line), width - 2)}`)),
  ].join("\n");
}
