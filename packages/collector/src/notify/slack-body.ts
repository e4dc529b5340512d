import type { Alert } from "./alert.ts";

/** Slack's limits for one message. Source: Slack's Block Kit reference. */
const HEADER_CHARACTERS = 150;
const SECTION_CHARACTERS = 3000;
/** How much is shown of the sentence, and of a hop or a change, so that the link after them is never cut. */
const SENTENCE_CHARACTERS = 1000;
const NAME_CHARACTERS = 300;

/** The JSON body of a Slack incoming webhook. Captured text is escaped, so that it can neither mention anybody nor link anywhere. */
export function toSlackBody(alert: Alert): string {
  const title = `${alert.service} ${alert.route}`;
  const facts = [
    `*${shorten(escapeText(alert.sentence), SENTENCE_CHARACTERS)}*`,
    `${alert.failing} of ${alert.total} requests failed in the last five minutes; first seen ${formatTime(alert.firstSeenMs)}`,
    alert.hop === undefined ? "" : `made by \`${shorten(escapeText(alert.hop), NAME_CHARACTERS)}\`${formatCause(alert)}`,
    formatChange(alert),
    `one failing request: \`${escapeText(alert.exampleTraceId)}\``,
    `<${alert.link}|open the failing span>`,
  ].filter((line) => line !== "");
  return JSON.stringify({
    text: escapeText(`${title}: ${alert.sentence}`).slice(0, SECTION_CHARACTERS),
    blocks: [
      { type: "header", text: { type: "plain_text", text: shorten(title, HEADER_CHARACTERS) } },
      { type: "section", text: { type: "mrkdwn", text: shorten(facts.join("\n"), SECTION_CHARACTERS) } },
    ],
  });
}

function formatCause({ cause, confidence }: Alert): string {
  if (cause === undefined) return "";
  return `, cause *${cause}*${confidence === undefined ? "" : ` (${Math.round(confidence * 100)} %)`}`;
}

function formatChange({ change }: Alert): string {
  if (change === undefined) return "";
  const what = [change.kind, change.service, change.version, change.description].filter((part) => part !== undefined).join(" ");
  return `last change before it: ${shorten(escapeText(what), NAME_CHARACTERS)} at ${formatTime(change.timeMs)}`;
}

/** A time that Slack shows in the zone of whoever reads it; in UTC where it cannot. */
function formatTime(timeMs: number): string {
  const fallback = `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return `<!date^${Math.floor(timeMs / 1000)}^{date_short_pretty} {time_secs}|${fallback}>`;
}

/** Slack reads `&`, `<` and `>` as markup; a newline would start a quote or list; a backtick or a star would end our own markup. */
function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\r\n\t\p{Cc}]+/gu, " ")
    .replaceAll(/[`*_~]/g, "’");
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
