import { describeDiagnosis } from "@faultline/model";
import { findJudged, type Probe, type TlsHandshake, type Triage } from "@faultline/playbook/triage";
import { formatDiagnosis, quote } from "../output/format-diagnosis.ts";
import type { FoundId } from "./find-ids.ts";
import { describeEnd } from "./describe-end.ts";
import { formatNoFailure } from "./format-no-failure.ts";
import { wrap } from "../output/wrap.ts";
import { formatTls } from "./format-tls.ts";
import type { ShownRequest } from "./redact-probe.ts";
import { toPlainLine } from "./to-plain-line.ts";

/** Everything that a triage shows, already redacted. */
export type TriageReport = {
  readonly request: ShownRequest;
  /** In the order in which they were sent. */
  readonly probes: readonly [Probe, ...Probe[]];
  readonly ids: readonly FoundId[];
  readonly bodyExcerpt?: string;
  readonly triage: Triage;
  /** Planned steps that there was no time for. */
  readonly undone: readonly string[];
  /** TLS handshakes with the host; absent for plain HTTP, or where the host could not be reached. */
  readonly tls?: readonly TlsHandshake[];
};

const EXCERPT_CHARACTERS = 300;

/** The first part of a body on one line. */
export function toExcerpt(text: string): string {
  const line = toPlainLine(text).trim();
  return line.length <= EXCERPT_CHARACTERS ? line : `${line.slice(0, EXCERPT_CHARACTERS - 1)}…`;
}

/** The request exactly as it is sent, except for its secrets. */
export function formatRequest({ method, url, headers, body }: ShownRequest): string {
  const { pathname, search } = new URL(url);
  const lines = [`${method} ${pathname}${search} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const shown = body === undefined ? [] : ["", toExcerpt(body)];
  return [...lines, ...shown].map((line) => `  ${toPlainLine(line)}`.trimEnd()).join("\n");
}

const LABEL_WIDTH = 18;
const OUTCOME_WIDTH = 5;

/**
 * One probe on one line: its purpose, the result, the total time and that of each step. In a narrow terminal the steps get their own line.
 */
export function formatProbe(probe: Probe, columns = Number.POSITIVE_INFINITY): string {
  const { purpose, url, response, failure, totalMs, requestBodyBytes } = probe;
  const what =
    response === undefined ? `${failure?.code ?? "no response"} while in ${failure?.phase ?? "unknown"}` : String(response.status);
  // The simple endpoint is on the same host, so its path is enough; of the direct probe the user's own origin is shown.
  const detail = { simple: ` ${pathOf(url)}`, direct: ` ${originOf(url)}`, "body-size": ` ${requestBodyBytes} bytes` };
  const where = Object.hasOwn(detail, purpose) ? detail[purpose as keyof typeof detail] : "";
  const label = toPlainLine(purpose + where);
  const above = label.length > LABEL_WIDTH ? `  ${label}\n` : "";
  const column = above === "" ? label.padEnd(LABEL_WIDTH) : " ".repeat(LABEL_WIDTH);
  const line = `  ${column} ${toPlainLine(what).padEnd(OUTCOME_WIDTH)} ${formatMs(totalMs).padStart(7)}`;
  const steps = formatSteps(probe) + formatLead(response);
  return above + (line.length + steps.length <= columns ? `${line}${steps}` : `${line}\n      ${steps.trim()}`.trimEnd());
}

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? url;
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}

/** `answer` is the wait for the first byte after the request was sent. */
function formatSteps({ dnsMs, connectMs, tlsMs, firstByteMs }: Probe): string {
  const steps: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ["dns", 0, dnsMs],
    ["connect", dnsMs ?? 0, connectMs],
    ["tls", connectMs, tlsMs],
    ["answer", tlsMs ?? connectMs ?? 0, firstByteMs],
  ];
  const shown = steps.flatMap(([name, from, to]) =>
    from === undefined || to === undefined ? [] : [`${name} ${(to - from).toFixed(to - from < 10 ? 1 : 0)}`],
  );
  return shown.length === 0 ? "" : `  ${shown.join(", ")} ms`;
}

const MOST_OF_ADDRESS = 100;
/** Redirects nowhere, even if it has a Location header. */
const NOT_MODIFIED = 304;

/** Where a redirect leads; without this, the next request would look like a repetition. */
function formatLead(response: Probe["response"]): string {
  if (response === undefined || response.status < 300 || response.status > 399 || response.status === NOT_MODIFIED) return "";
  const location = toPlainLine(response.headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "");
  return location === "" ? "" : `, to ${location.length > MOST_OF_ADDRESS ? `${location.slice(0, MOST_OF_ADDRESS)}…` : location}`;
}

function formatMs(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The part after the probes: first the verdict and what to do next, for readers who stop there; then the response and the evidence. */
export function formatFindings(report: TriageReport, columns: number): string {
  const { diagnosis } = report.triage;
  // A failure may hide behind a status of success; there is a cause then.
  if (diagnosis.scope.failing === 0 && diagnosis.causes.length === 0)
    return ["", formatNoFailure(report.probes, report.triage, columns).trimEnd(), ...formatSeen(report, columns), ""].join("\n");
  const hops = diagnosis.path.length > 1 ? (["path"] as const) : [];
  return [
    "",
    `${formatDiagnosis(diagnosis, columns, ["verdict"])}${formatMaker(report.triage, columns)}`,
    // An expired certificate or another protocol at this port says more than the cause's name.
    ...formatNoResponse(report, columns),
    "",
    formatDiagnosis(diagnosis, columns, ["next"]).trimEnd(),
    ...formatSeen(report, columns),
    "",
    formatDiagnosis(diagnosis, columns, ["scope", ...hops]).trimEnd(),
    ...formatEvidence(report.triage, columns),
    "",
    formatDiagnosis(diagnosis, columns, ["causes", "missing", "guard"]),
  ].join("\n");
}

/** The response as received, and the ids in it by which it can be found again. */
function formatSeen(report: TriageReport, columns: number): readonly string[] {
  const { ids, undone, tls } = report;
  const response = formatResponse(report, columns);
  const idLines = ids.flatMap(({ header, value, finds }) =>
    wrap(`  ${toPlainLine(header)}: ${toPlainLine(value)}  finds ${finds}`, columns),
  );
  return [
    ...(response.length === 0 ? [] : ["", ...response]),
    ...(tls === undefined ? [] : ["", "TLS", ...formatTls(tls, report, columns)]),
    ...(idLines.length === 0 ? [] : ["", "IDS to paste into a search or a ticket", ...idLines]),
    ...(undone.length === 0 ? [] : ["", ...wrap(`NOT DONE, for want of time (--timeout gives more): ${undone.join(", ")}`, columns)]),
  ];
}

function formatMaker(triage: Triage, columns: number): string {
  const title = triage.maker.maker === "network" ? "WHO DID NOT ANSWER" : "WHO WROTE IT";
  return wrap(`${title}: ${describeMaker(triage)}`, columns).join("\n");
}

const MOST_EVIDENCE = 3;
const MOST_AGAINST = 2;

/** The evidence for and against who wrote the answer. Where no answer came, the cause already says it. */
function formatEvidence({ maker }: Triage, columns: number): readonly string[] {
  if (maker.maker === "network") return [];
  const lines = [...quote(maker.evidence, MOST_EVIDENCE), ...quote(maker.against, MOST_AGAINST, "against: ")];
  if (lines.length === 0) return [];
  return ["", "EVIDENCE of who wrote it", ...lines.flatMap((line) => wrap(line.replace(/^ {4}/, "  "), columns))];
}

function describeMaker({ maker }: Triage): string {
  const sure = `${Math.round(maker.confidence * 100)} %`;
  if (maker.maker === "unknown") return `not certain; perhaps ${maker.name} (${sure})`;
  return `${maker.name}, ${sure}`;
}

/** What happened instead of a response; empty if there was one. */
function formatNoResponse({ probes }: TriageReport, columns: number): readonly string[] {
  const judged = findJudged(probes);
  if (judged.response !== undefined) return [];
  return wrap(`NO RESPONSE${nameTry(judged, probes)}: ${toPlainLine(judged.failure?.message ?? "")}`, columns);
}

function nameTry(judged: Probe, [first]: TriageReport["probes"]): string {
  return judged === first ? "" : " of the first try that failed";
}

/** Lines of the response are shown as they are; our own text about them is wrapped. Empty if there was none. */
function formatResponse({ probes, bodyExcerpt }: TriageReport, columns: number): readonly string[] {
  const judged = findJudged(probes);
  if (judged.response === undefined) return [];
  const { statusLine, headers, bodyBytes, bodyEnd } = judged.response;
  const size = `${bodyBytes} bytes${describeEnd(judged.response)}`;
  const isEmpty = bodyExcerpt === undefined || bodyExcerpt === "";
  const body = isEmpty && bodyEnd === undefined ? [] : wrap(`  body, ${size}${isEmpty ? "" : `: ${bodyExcerpt}`}`, columns);
  return [
    `RESPONSE${nameTry(judged, probes)}, headers in the order sent`,
    ...[statusLine, ...headers.map(([name, value]) => `${name}: ${value}`)].map((line) => `  ${toPlainLine(line)}`),
    ...body,
  ];
}

/** An incident report in Markdown, to paste elsewhere. */
export function formatMarkdown(report: TriageReport): string {
  const { request, probes, ids, triage, undone } = report;
  const { diagnosis } = triage;
  const fence = (text: string): string => `\`\`\`\n${text.replaceAll("```", "'''")}\n\`\`\``;
  const evidence = [...triage.maker.evidence, ...(diagnosis.causes[0]?.evidence ?? [])]
    .filter(({ statement }, index, all) => all.findIndex((each) => each.statement === statement) === index)
    .map(({ statement, measured }) => `- ${escapeMarkdown(statement)} (${escapeMarkdown(measured)})`);
  return [
    `# ${escapeMarkdown(`${request.method} ${request.url}`)}`,
    escapeMarkdown(describeDiagnosis(diagnosis)),
    `${triage.maker.maker === "network" ? "Did not answer" : "Written by"}: ${escapeMarkdown(describeMaker(triage))}.`,
    "## Evidence",
    evidence.join("\n") || "None.",
    "## Probes",
    fence(probes.map((probe) => formatProbe(probe)).join("\n")),
    "## Request",
    fence(formatRequest(request)),
    "## Response",
    fence(
      [...formatNoResponse(report, Number.POSITIVE_INFINITY), ...formatResponse(report, Number.POSITIVE_INFINITY)]
        .join("\n")
        .replace(/^RESPONSE, .*\n/, ""),
    ),
    ...(report.tls === undefined ? [] : ["## TLS", fence(formatTls(report.tls, report, Number.POSITIVE_INFINITY).join("\n"))]),
    ...(ids.length === 0
      ? []
      : [
          "## Ids",
          ids
            .map(({ header, value, finds }) => `- \`${toPlainLine(header)}: ${toPlainLine(value).replaceAll("`", "'")}\` finds ${finds}`)
            .join("\n"),
        ]),
    ...(undone.length === 0 ? [] : ["## Not done, for want of time", undone.map((each) => `- ${escapeMarkdown(each)}`).join("\n")]),
    "## Missing",
    diagnosis.missing.map(({ what, wouldTell }) => `- ${what}: would tell ${wouldTell}`).join("\n") || "Nothing.",
    "## Next",
    diagnosis.next
      .map(({ check, command }) => `- ${escapeMarkdown(check)}${command === undefined ? "" : ` ${formatCode(toPlainLine(command))}`}`)
      .join("\n") || "Nothing.",
  ].join("\n\n");
}

/** A code span, delimited by more backticks than the text has in a row (CommonMark, code spans). */
function formatCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return longest === 0 ? `\`${text}\`` : `${"`".repeat(longest + 1)} ${text} ${"`".repeat(longest + 1)}`;
}

function escapeMarkdown(text: string): string {
  return toPlainLine(text).replaceAll(/[\\`*_[\]<>#|]/g, "\\$&");
}
