import { describeSubject, type TestSubject } from "./write-script.ts";

/** The text as one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("\0", "").replaceAll("'", String.raw`'\''`)}'`;
}

function commentOut(subject: TestSubject): string {
  return describeSubject(subject)
    .map((line) => `# ${line}\n`)
    .join("");
}

/** Writes the test as a shell script around curl. Its exit code is 0 if the answer is no server error. */
export function writeCurl(subject: TestSubject): string {
  const { plan } = subject;
  const headers = Object.entries(plan.headers).map(([name, value]) => `  --header ${quote(`${name}: ${value}`)} \\\n`);
  const asked = plan.fromEnvironment.map(({ name, variable }) => `  \${${variable}:+--header "${name}: $${variable}"} \\\n`);
  const guard = plan.isSafe
    ? ""
    : `host=\${FAULTLINE_TARGET#*://}
host=\${host%%[/?#]*}
case "$host" in
  *@*) isHere=no ;;
  127.0.0.1|127.0.0.1:*|localhost|localhost:*|"[::1]"|"[::1]":*) isHere=yes ;;
  *) isHere=no ;;
esac
if [ "$isHere" = no ] && [ "\${FAULTLINE_ALLOW_UNSAFE:-}" != 1 ]; then
  echo "refused to send ${plan.method} to $FAULTLINE_TARGET; set FAULTLINE_ALLOW_UNSAFE=1 to allow it" >&2
  exit 2
fi
`;
  const body = plan.body === undefined ? "" : "  --data-binary @- \\\n";
  const input = plan.body === undefined ? "" : `printf '%s' ${quote(plan.body)} | `;
  return `#!/bin/sh
${commentOut(subject)}set -eu
: "\${FAULTLINE_TARGET:?set it to the URL of a running server}"
${guard}status=$(${input}curl --silent --show-error --path-as-is --globoff --max-time 10 --output /dev/null --write-out '%{http_code}' \\
  --request ${quote(plan.method)} \\
${headers.join("")}${asked.join("")}${body}  "\${FAULTLINE_TARGET%/}"${quote(plan.target)}) || status=000
echo "answered $status"
[ "$status" -ge 100 ] && [ "$status" -lt 500 ]
`;
}

/** The UTF-8 bytes of a text in hex, for Hurl's exact bodies. */
function toHex(text: string): string {
  let hex = "";
  for (const [piece] of encodeURIComponent(text.toWellFormed()).matchAll(/%[0-9A-F]{2}|[^%]/g)) {
    hex += piece.length === 3 ? piece.slice(1) : piece.charCodeAt(0).toString(16).padStart(2, "0");
  }
  return hex.toLowerCase();
}

/** A value in a Hurl file, with Hurl's templates and comments escaped. */
function escapeHurl(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("#", "\\#").replaceAll("{{", "\\u{7b}\\u{7b}");
}

/** Writes the test as a Hurl file: `hurl --test --variable target=http://127.0.0.1:3000 FILE`. */
export function writeHurl(subject: TestSubject): string {
  const { plan } = subject;
  const headers = Object.entries(plan.headers).map(([name, value]) => `${name}: ${escapeHurl(value)}\n`);
  const asked = plan.fromEnvironment.map(({ name, variable }) => `# ${name}: {{${variable}}}\n`);
  const unsafe = plan.isSafe ? "" : `# ${plan.method} may change something: run it against this machine or a test system only.\n`;
  const body = plan.body === undefined ? "" : `hex,${toHex(plan.body)};\n`;
  return `${commentOut(subject)}${unsafe}# Run: hurl --test --variable target=http://127.0.0.1:3000 FILE
${plan.method} {{target}}${escapeHurl(plan.target)}
${headers.join("")}${asked.join("")}${body}HTTP *
[Asserts]
status < 500
`;
}
