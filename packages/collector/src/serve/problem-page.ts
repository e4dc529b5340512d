import type { ProblemDetails } from "@faultline/model";

/** Problems whose page links to the overview: not when the dashboard is not built, and not under a host name that is refused everywhere. */
const HAS_HOME = new Set([400, 404, 405]);

const HOME = '<p><a href="/">To the overview</a></p>';
const NAVIGATION =
  '<nav aria-label="Pages"><a href="/">Overview</a><a href="/failing">Failing requests</a><a href="/rollout">Rollout</a></nav>';
/** The same mark as in the dashboard's frame. */
const MARK =
  '<svg viewBox="0 0 28 20" width="28" height="20" fill="none" stroke="currentColor" aria-hidden="true"><path d="M1 12h8l3-9 3.5 15 2.5-8 1 2h8" /></svg>';

/**
 * True when the sender of this `Accept` header prefers a page over JSON: a browser that opens an address names `text/html`; curl, our own
 * command line and a page's own requests do not.
 */
export function prefersPage(accept: string | undefined): boolean {
  const html = readQuality(accept, /^text\/html$/);
  return html > 0 && html > readQuality(accept, /^application\/(?:problem\+)?json$/);
}

/** The highest quality that the header gives to one of these media types by name (RFC 9110, 12.5.1); 0 when it names none of them. */
function readQuality(accept: string | undefined, type: RegExp): number {
  const qualities = (accept ?? "").split(",").map((range) => {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (!type.test(name)) return 0;
    return Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1) || 0;
  });
  return Math.max(...qualities);
}

/** A problem as a page for a person, in the dashboard's frame and, where it is built, with its styles. Nothing from the request can run in it. */
export function toProblemPage({ status, title, detail }: ProblemDetails, stylesheets: readonly string[]): string {
  const styles = stylesheets.map((path) => `<link rel="stylesheet" href="${path}" />`).join("");
  const theme =
    stylesheets.length === 0 ? "" : '<link rel="icon" href="/favicon.svg" type="image/svg+xml" /><script src="/theme.js"></script>';
  const [navigation, home] = HAS_HOME.has(status) ? [NAVIGATION, HOME] : ["", ""];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${escape(title)} · Faultline</title>
${theme}${styles}
</head>
<body>
<div id="root">
<header class="bar"><a class="brand" href="/">${MARK} Faultline</a>${navigation}</header>
<main id="main"><div class="empty"><h1>${escape(title)}</h1><p>${escape(detail ?? "")}</p>${home}</div></main>
<footer class="health">status ${status}</footer>
</div>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}
