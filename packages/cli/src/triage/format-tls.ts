import type { CertificateAccount, TlsHandshake, Triage } from "@faultline/playbook/triage";
import { wrap } from "../output/wrap.ts";
import { toPlainLine } from "./to-plain-line.ts";

const DAY_MS = 86_400_000;
const SHOWN_NAMES = 4;
const LABEL_WIDTH = 13;

type TlsReport = { readonly triage: Pick<Triage, "diagnosis" | "tlsFlaws"> };

/**
 * Shows what the handshakes found: version, certificate, issuer, days, chain, and what is wrong with them. Each gets a line, wrapped at
 * `columns`.
 */
export function formatTls(handshakes: readonly TlsHandshake[], { triage }: TlsReport, columns: number): readonly string[] {
  const nowMs = triage.diagnosis.scope.window.toMs;
  const lines = handshakes.flatMap((each) => formatHandshake(each, nowMs));
  const flaws = triage.tlsFlaws.map(({ statement, measured }) => toLine("wrong", `${statement} (${measured})`));
  return [...lines, ...flaws].flatMap((line) => breakLine(line, columns));
}

function formatHandshake(handshake: TlsHandshake, nowMs: number): readonly string[] {
  const { tried, serverName, kind } = handshake;
  const how = tried === "as asked" ? "" : `, tried with ${tried === "no server name" ? "no name" : `the ${tried}`}`;
  const asked = `${serverName === undefined ? "no server name sent" : `server name ${serverName}`}${how}`;
  if (kind === "failed") return [toLine("handshake", `${handshake.code}: ${handshake.message}; ${asked}`)];
  const [own] = handshake.chain;
  const shaken = toLine("handshake", `${handshake.protocol}; ${asked}`);
  if (own === undefined || tried !== "as asked") return [shaken];
  return [
    shaken,
    toLine("certificate", `${own.subject}${listNames(own)}`),
    toLine("issued by", own.issuer),
    toLine("valid", `${formatDay(own.validFromMs)} to ${formatDay(own.validToMs)}, ${formatDaysLeft(own.validToMs - nowMs)}`),
    toLine("chain", handshake.chain.map(({ subject }) => subject).join(" < ")),
  ];
}

function listNames({ names }: CertificateAccount): string {
  if (names.length === 0) return ", for no name";
  return `, for ${names.slice(0, SHOWN_NAMES).join(", ")}${names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ""}`;
}

function formatDay(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : "an unknown day";
}

/** How long a certificate is still valid, or how long ago it expired. */
export function formatDaysLeft(ms: number): string {
  const count = Math.floor(Math.abs(ms) / DAY_MS);
  const days = `${count} day${count === 1 ? "" : "s"}`;
  return ms < 0 ? `over for ${days}` : `${days} left`;
}

/** Wraps the text after the label, so that labels keep a column of their own. */
function breakLine(line: string, columns: number): readonly string[] {
  const label = line.slice(0, LABEL_WIDTH + 2);
  const [first = "", ...rest] = wrap(`${" ".repeat(label.length)}${line.slice(label.length)}`, columns);
  return [`${label}${first.slice(label.length)}`.trimEnd(), ...rest];
}

function toLine(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${toPlainLine(text)}`;
}
