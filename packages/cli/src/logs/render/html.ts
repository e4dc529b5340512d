import type { NextCheck } from "@faultline/model";
import type { Report, RouteErrors } from "../report/report.ts";
import { cut, toVisible } from "../../output/visible.ts";
import {
  explainNoRequests,
  formatClock,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatRowTime,
  formatShare,
  formatSpan,
  listFurtherMessages,
  listUntold,
  nameMakerShort,
  tellMaker,
  tellVerdict,
} from "./words.ts";

/** Makes text from a log safe to show: control characters become visible, and text and attributes alike are escaped. */
function escape(text: string): string {
  return toVisible(text).replace(/[&<>"'`]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Keeps a narrow page from breaking a number between its groups of three digits. */
function keepNumbers(text: string): string {
  return text.replaceAll(/(?<=\d) (?=\d{3}\b)/g, "\u00A0");
}

const STYLE = `
:root{color-scheme:light dark;--text:#1b1f24;--soft:#5b6570;--back:#fff;--card:#f6f7f9;--line:#d9dee4;--bad:#c62828;--calm:#8aa4c2}
@media(prefers-color-scheme:dark){:root{--text:#e6e9ed;--soft:#9aa5b1;--back:#14171b;--card:#1c2126;--line:#323a43;--bad:#ff6b60;--calm:#4f6c8c}}
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back)}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}.card h2{margin-top:0}p{margin:.25rem 0}.soft{color:var(--soft)}
.chart svg{width:100%}.ends{display:flex;justify-content:space-between;font-size:.8rem}.t{white-space:nowrap}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem}th,td{padding:.4rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}td.r{font-family:ui-monospace,monospace;overflow-wrap:anywhere;min-width:14rem}.m{min-width:8rem}
.bad{color:var(--bad);font-weight:600}svg{display:block}.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:.75rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0 0;font-size:.8rem;color:var(--soft)}ul{margin:.25rem 0;padding-left:1.25rem}
@media print{:root{color-scheme:light;--text:#000;--soft:#444;--back:#fff;--card:#fff;--line:#bbb;--bad:#b00020;--calm:#8aa4c2}body{max-width:none;padding:0;font-size:12px}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}.card,tr{break-inside:avoid}.t{white-space:normal}.m{min-width:0}td.r{min-width:8rem}.i svg{width:60px}h2{break-after:avoid}.wide{overflow:visible}}
@media(max-width:40rem){body{padding:1rem .75rem}td.r{min-width:8rem}th,td{padding:.4rem .3rem}.t{white-space:normal}tr>:nth-child(n+5){display:none}.m{min-width:0}}`;

/** The number of routes described one by one, and of causes for each. */
const SHOWN_ROUTES = 10;
const SHOWN_CAUSES = 3;

/** Draws a series as bars of an inline SVG. A screen reader reads `label` instead. */
function drawBars(
  values: readonly number[],
  look: { readonly width: number; readonly height: number; readonly color: string; readonly label: string },
): string {
  const most = Math.max(1, ...values);
  const step = look.width / Math.max(1, values.length);
  const bars = values.map((value, index) => {
    const height = value === 0 ? 0 : Math.max(1.5, (value / most) * look.height);
    return `<rect x="${(index * step).toFixed(2)}" y="${(look.height - height).toFixed(2)}" width="${Math.max(0.5, step - 0.6).toFixed(2)}" height="${height.toFixed(2)}"/>`;
  });
  return `<svg role="img" aria-label="${escape(look.label)}" width="${look.width}" height="${look.height}" viewBox="0 0 ${look.width} ${look.height}" preserveAspectRatio="none" fill="${look.color}"><title>${escape(look.label)}</title>${bars.join("")}</svg>`;
}

/** The report as one page that needs nothing else: no script, no font, no request. */
export function renderHtml(report: Report): string {
  const { errors, window } = report;
  const title = `${formatNumberOf(errors.count, "server error")} in ${formatNumberOf(report.requests, "request")}`;
  const span = window === undefined ? "" : ` · ${formatSpan(window)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer"><title>${escape(title)}</title><style>${STYLE}</style></head><body><main>
<h1>${keepNumbers(escape(title))}</h1>
<p class="soft">${escape(formatShare(errors.share))}${escape(span)} · ${escape(report.files.join(", "))} · ${keepNumbers(`${formatCount(report.lines)} lines, ${formatCount(report.unparsed.count)}`)} not understood</p>
${renderVerdict(report)}
${renderCharts(report)}
${renderTable(report)}
${report.routes.slice(0, SHOWN_ROUTES).map(renderRoute).join("\n")}
${renderGroups(report)}
${renderLists(report)}
</main></body></html>
`;
}

function renderVerdict(report: Report): string {
  const { diagnosis } = report;
  const none = explainNoRequests(report);
  if (none !== undefined) return `<h2>${escape(none)}</h2>`;
  if (report.errors.count === 0 && report.patterns.length === 0) return "<h2>No server errors</h2>";
  const told = report.routes
    .slice(0, SHOWN_ROUTES)
    .flatMap(({ causes }) => causes.slice(0, SHOWN_CAUSES).flatMap(({ evidence }) => evidence));
  const rows = listUntold(report, told).map(
    ({ pattern, evidence }) =>
      `<li><strong>${escape(pattern)}</strong>: ${escape(evidence.statement)} <span class="soft">${escape(evidence.measured)}</span></li>`,
  );
  const next = diagnosis.next.map(renderNext);
  return `<h2>${escape(tellVerdict(report))}</h2>${toList(rows)}${next.join("")}`;
}

function toList(rows: readonly string[]): string {
  return rows.length === 0 ? "" : `<ul>${rows.join("")}</ul>`;
}

function renderCharts(report: Report): string {
  const { window } = report;
  if (window === undefined) return "";
  const stepMs = (window.toMs - window.fromMs) / Math.max(1, report.traffic.length);
  const chart = (name: string, values: readonly number[], color: string) =>
    `<p>${name} <span class="soft">at most ${formatCount(Math.max(0, ...values))} in ${formatDuration(stepMs)}</span></p>${drawBars(values, { width: 960, height: 60, color, label: `${name.toLowerCase()} over time` })}`;
  const ends = `<p class="ends soft"><span>${formatClock(window.fromMs)}</span><span>${formatClock(window.toMs)} UTC</span></p>`;
  return `<section class="card chart" aria-label="Over time">${chart("Requests", report.traffic, "var(--calm)")}${chart("Server errors", report.errorsOverTime, "var(--bad)")}${ends}</section>`;
}

function renderGroups({ groups }: Report): string {
  if (groups === undefined) return "";
  const rows = groups.rows.map(
    ({ name, count }) => `<tr><td class="n">${formatCount(count)}</td><td class="r">${escape(cut(name, 200))}</td></tr>`,
  );
  return `<h2>By ${escape(groups.by)}</h2><div class="wide"><table><thead><tr><th class="n">Count</th><th>Name</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function renderTable(report: Report): string {
  if (report.routes.length === 0) return "";
  const rows = report.routes.map(
    (route) =>
      `<tr><td class="n">${formatCount(route.count)}</td><td class="bad">${route.status}</td><td class="r">${escape(`${route.method} ${route.route}`)}</td><td class="t">${escape(formatShare(route.share))}</td><td>${formatRowTime(route.firstMs, report)}</td><td>${formatRowTime(route.lastMs, report)}</td><td class="i">${drawBars(route.overTime, { width: 120, height: 24, color: "var(--bad)", label: "over time" })}</td><td class="m">${escape(nameMakerShort(route))}</td></tr>`,
  );
  return `<h2>Routes</h2><div class="wide"><table><thead><tr><th class="n">Count</th><th>Status</th><th>Route</th><th>Share (95 %)</th><th>First</th><th>Last</th><th>Over time</th><th>Made by</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>${report.moreRoutes === 0 ? "" : `<p class="soft">and ${formatCount(report.moreRoutes)} more; --top shows more</p>`}`;
}

function renderRoute(route: RouteErrors): string {
  const shown = route.causes.slice(0, SHOWN_CAUSES);
  const causes = shown.map(
    ({ cause, confidence, evidence }) =>
      `<li><strong>${escape(cause)}</strong> (${Math.round(confidence * 100)} %): ${escape(evidence.map(({ statement, measured }) => `${statement} (${measured})`).join("; "))}</li>`,
  );
  const joined = listFurtherMessages(route, shown).map(
    (message) => `<li>logged (${message.count}, by ${escape(message.by)}): ${escape(message.text)}</li>`,
  );
  const took =
    route.failingMedianMs === undefined ? "" : `<p class="soft">failing ones take ${formatDuration(route.failingMedianMs)} (median)</p>`;
  const lines = route.lines.map((line) => `<pre>${escape(cut(line, 1000))}</pre>`).join("");
  return `<section class="card"><h2>${route.status} on ${escape(`${route.method} ${route.route}`)}</h2><p>${escape(tellMaker(route))}</p>${took}${toList([...causes, ...joined])}${route.next.map(renderNext).join("")}${lines}</section>`;
}

function renderLists(report: Report): string {
  const missing = report.diagnosis.missing.map(({ what, wouldTell }) => `<li>${escape(what)}: would tell ${escape(wouldTell)}</li>`);
  const unparsed = report.unparsed.examples.map((line) => `<pre>${escape(line)}</pre>`).join("");
  return [
    missing.length === 0 ? "" : `<h2>Missing</h2>${toList(missing)}`,
    unparsed === "" ? "" : `<h2>Not understood</h2>${unparsed}`,
  ].join("\n");
}

function renderNext({ check, command }: NextCheck): string {
  return `<p>Next: ${escape(check)}${command === undefined ? "" : ` <code>${escape(command)}</code>`}</p>`;
}
