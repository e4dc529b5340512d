import type { Change, Diagnosis, Evidence, FaultAnswer } from "@faultline/model";
import { addressCollector } from "./address-collector.ts";
import { formatCount, formatRatio, shorten, toVisibleText } from "./format.ts";

const MOST_CHANGES = 5;
const MOST_REQUESTS = 3;
const MOST_FRAMES = 12;
const MOST_TEXT = 600;

/**
 * Writes a fault as Markdown to paste into a ticket or a channel: the verdict, the numbers, the path with its fates, the evidence, what changed
 * before it, what to check and run, and links back. Times are UTC, because its readers sit elsewhere. `origin` is this collector's address.
 */
export function writeIncidentReport(value: FaultAnswer, origin: string): string {
  const { fault, diagnosis } = value;
  const link = (path: string): string => `${origin}${path}`;
  const facts = [
    `- **${formatCount(fault.count)}** failing requests, first ${formatUtc(fault.firstSeenMs)}, last ${formatUtc(fault.lastSeenMs)}`,
    ...(diagnosis === undefined ? [] : [`- ${describeScope(diagnosis)}`]),
    `- ${toText(fault.title)} in ${toText(fault.service)} ${toText(fault.route)}`,
    `- ${fault.state}${fault.resolvedInVersion === undefined ? "" : ` in ${toText(fault.resolvedInVersion)}`}`,
    `- ${link(`/faults/${encodeURIComponent(fault.fingerprint)}`)}`,
  ];
  return `${[
    `# ${toText(fault.sentence ?? fault.title)}`,
    facts.join("\n"),
    ...(diagnosis === undefined ? [] : writeDiagnosis(diagnosis)),
    ...writeException(value),
    ...writeChanges(value.changes, fault.firstSeenMs),
    ...(diagnosis === undefined ? [] : writeChecks(diagnosis, origin)),
    ...writeRequests(value, link),
  ].join("\n\n")}\n`;
}

function describeScope({ scope: { failing, succeeding } }: Diagnosis): string {
  const all = failing + succeeding;
  return all === 0
    ? "no request in scope"
    : `${formatCount(failing)} of ${formatCount(all)} requests in scope, ${formatRatio(failing / all)}`;
}

function writeDiagnosis({ path, causes: [first, ...others], missing }: Diagnosis): readonly string[] {
  const hops = path.map((hop) => `| ${toText(hop.service)} | ${toText(hop.operation)} | ${toText(hop.status)} | ${hop.fate} |`);
  const rivals = others.map(({ cause, confidence }) => `${cause} ${formatRatio(confidence)}`);
  return [
    ...(hops.length === 0
      ? []
      : ["## Path, client side first", ["| hop | operation | answer | fate |", "|---|---|---|---|", ...hops].join("\n")]),
    "## Cause",
    first === undefined
      ? "No cause has positive evidence."
      : [
          `**${first.cause}**, ${formatRatio(first.confidence)} sure${rivals.length === 0 ? "" : `; else ${rivals.join(", ")}`}`,
          ...first.evidence.map(writeEvidence),
          ...first.against.map((each) => `${writeEvidence(each)}, which speaks against it`),
        ].join("\n"),
    ...(missing.length === 0
      ? []
      : ["## Missing", missing.map(({ what, wouldTell }) => `- ${toText(what)}: would tell ${toText(wouldTell)}`).join("\n")]),
  ];
}

function writeEvidence({ statement, measured }: Evidence): string {
  return `- ${toText(statement)} (${toText(measured)})`;
}

function writeException({ example }: FaultAnswer): readonly string[] {
  const exception = example?.exceptions[0];
  if (exception === undefined) return [];
  const stack = exception.stack?.split("\n").slice(0, MOST_FRAMES).join("\n") ?? `${exception.type}: ${exception.message}`;
  return [`## Exception, in ${toText(exception.service)}`, toFence(shorten(stack, MOST_TEXT * 4))];
}

/** The changes before the first failure, latest first. */
function writeChanges(changes: readonly Change[], firstSeenMs: number): readonly string[] {
  const before = changes.filter(({ timeMs }) => timeMs <= firstSeenMs).sort((a, b) => b.timeMs - a.timeMs);
  if (before.length === 0) return [];
  const lines = before.slice(0, MOST_CHANGES).map((change) => {
    const version = change.version === undefined ? "" : ` ${toText(change.version)}`;
    const previous = change.previousVersion === undefined ? "" : `, before it ${toText(change.previousVersion)}`;
    const said = change.description === undefined ? "" : `: ${toText(change.description)}`;
    return `- ${formatUtc(change.timeMs)} ${change.kind} of ${toText(change.service)}${version}${previous}${said}`;
  });
  return ["## Changed before the first failure", lines.join("\n")];
}

function writeChecks({ next, guard }: Diagnosis, origin: string): readonly string[] {
  const checks = next.map(({ check, command }, index) => {
    const run = command === undefined ? "" : `\n\n${toFence(addressCollector(command, origin))}\n`;
    return `${index + 1}. ${toText(check)}${run}`;
  });
  const now = guard.now.map(({ what, where }) => `- ${toText(what)} (${toText(where)})`);
  return [
    ...(checks.length === 0 ? [] : ["## Next checks", checks.join("\n")]),
    ...(now.length === 0 ? [] : ["## For the users, now", now.join("\n")]),
  ];
}

function writeRequests({ failing }: FaultAnswer, link: (path: string) => string): readonly string[] {
  if (failing.length === 0) return [];
  const lines = failing.slice(0, MOST_REQUESTS).map(({ timeMs, method, route, status, traceId, spanId }) => {
    const path = `/traces/${encodeURIComponent(traceId)}?span=${encodeURIComponent(spanId)}`;
    return `- ${formatUtc(timeMs)} ${toText(method)} ${toText(route)}: ${status === 0 ? "no status" : status}, ${link(path)}`;
  });
  return ["## Failing requests", lines.join("\n")];
}

function formatUtc(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Escapes captured text for a line of Markdown, so that markup, mentions and links in it have no effect. */
function toText(text: string): string {
  return shorten(toVisibleText(text).replaceAll(/\s+/g, " ").trim(), MOST_TEXT)
    .replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`)
    .replaceAll(/(^|\W)@(?=\w)/g, "$1@\u200b");
}

function toFence(text: string): string {
  return `\`\`\`\n${toVisibleText(text).replaceAll("```", "'''")}\n\`\`\``;
}
