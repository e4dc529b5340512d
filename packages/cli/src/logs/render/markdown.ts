import type { NextCheck } from "@faultline/model";
import type { Report, RouteErrors } from "../report/report.ts";
import { cut, toVisible } from "../../output/visible.ts";
import {
  drawSparkline,
  explainNoRequests,
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

/**
 * Text for a table's cell or a sentence, with its markup escaped. A link's parentheses, an image's ! and an underscore inside a word need
 * no escape of their own, so the text still reads well when it is copied elsewhere.
 */
function escape(text: string): string {
  return toVisible(text).replace(/[\\`*[\]<>#|~&@$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[+=-]/g, (mark) =>
    mark === "<" ? "&lt;" : mark === ">" ? "&gt;" : mark === "&" ? "&amp;" : `\\${mark}`,
  );
}

/** A line of the log as a code block, fenced safely even if it contains backticks. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}\n${text}\n${mark}`;
}

/** The number of routes described one by one, and of causes for each. */
const SHOWN_ROUTES = 3;
const SHOWN_CAUSES = 3;

/** The report as Markdown, to paste into an incident's page. */
export function renderMarkdown(report: Report): string {
  const { window, errors, diagnosis } = report;
  const span = window === undefined ? "" : `, ${formatSpan(window)}`;
  const blocks = [
    `# ${formatNumberOf(errors.count, "server error")} in ${formatNumberOf(report.requests, "request")}`,
    ...(errors.count === 0 ? [] : [`**${escape(tellVerdict(report))}**`]),
    `${escape(explainNoRequests(report) ?? formatShare(errors.share))}${span}. Read from ${report.files.map((file) => escape(file)).join(", ")}: ${formatCount(report.lines)} lines, ${formatCount(report.unparsed.count)} not understood.`,
  ];
  if (report.routes.length > 0) {
    blocks.push(
      [
        "| count | status | route | share (95 %) | first | last | over time | made by |",
        "| ---: | --- | --- | --- | --- | --- | --- | --- |",
        ...report.routes.map(
          (route) =>
            `| ${formatCount(route.count)} | ${route.status} | ${escape(`${route.method} ${route.route}`)} | ${formatShare(route.share)} | ${formatRowTime(route.firstMs, report)} | ${formatRowTime(route.lastMs, report)} | ${drawSparkline(route.overTime, 16)} | ${escape(nameMakerShort(route))} |`,
        ),
      ].join("\n"),
    );
  }
  if (report.moreRoutes > 0) blocks.push(`And ${formatCount(report.moreRoutes)} more; --top shows more.`);
  const shown = report.routes.slice(0, SHOWN_ROUTES);
  for (const route of shown) blocks.push(renderRoute(route));
  if (report.groups !== undefined) {
    const rows = report.groups.rows.map(({ name, count }) => `| ${formatCount(count)} | ${escape(cut(name, 200))} |`);
    blocks.push(`## By ${report.groups.by}`, ["| count | name |", "| ---: | --- |", ...rows].join("\n"));
  }
  const untold = listUntold(
    report,
    shown.flatMap(({ causes }) => causes.slice(0, SHOWN_CAUSES).flatMap(({ evidence }) => evidence)),
  );
  if (untold.length > 0) {
    blocks.push(
      "## Patterns",
      untold.map(({ pattern, evidence }) => `- **${pattern}**: ${escape(evidence.statement)} (${escape(evidence.measured)})`).join("\n"),
    );
  }
  if (diagnosis.next.length > 0) blocks.push("## Next", diagnosis.next.map(renderNext).join("\n"));
  if (diagnosis.missing.length > 0)
    blocks.push(
      "## Missing",
      diagnosis.missing.map(({ what, wouldTell }) => `- ${escape(what)}: would tell ${escape(wouldTell)}`).join("\n"),
    );
  if (report.unparsed.examples.length > 0)
    blocks.push("## Not understood", fence(report.unparsed.examples.map((line) => cut(toVisible(line), 300)).join("\n")));
  return `${blocks.join("\n\n")}\n`;
}

function renderRoute(route: RouteErrors): string {
  const parts = [`## ${route.status} on ${escape(`${route.method} ${route.route}`)}`, `${escape(tellMaker(route))}.`];
  if (route.failingMedianMs !== undefined) parts.push(`Failing ones take ${formatDuration(route.failingMedianMs)} (median).`);
  const shown = route.causes.slice(0, SHOWN_CAUSES);
  for (const { cause, confidence, evidence } of shown) {
    parts.push(
      [
        `- **${cause}** (${Math.round(confidence * 100)} %)`,
        ...evidence.map((each) => `  - ${escape(each.statement)}; ${escape(each.measured)}`),
      ].join("\n"),
    );
  }
  for (const message of listFurtherMessages(route, shown))
    parts.push(`- logged (${message.count}, by ${message.by}): ${escape(message.text)}`);
  const [line] = route.lines;
  if (line !== undefined) parts.push(fence(cut(toVisible(line), 500)));
  return parts.join("\n\n");
}

function renderNext({ check, command }: NextCheck): string {
  return command === undefined ? `- ${escape(check)}` : `- ${escape(check)}\n\n  \`\`\`sh\n  ${toVisible(command)}\n  \`\`\``;
}
