import { isIP } from "node:net";
import { checkServerIdentity, connect, type DetailedPeerCertificate, type PeerCertificate, type TLSSocket } from "node:tls";
import type { CertificateAccount, HandshakeTry, TlsHandshake } from "@faultline/playbook/triage";
import { findAddress } from "./find-address.ts";
import { readOpenssl } from "./read-openssl.ts";
import type { TriageRequest } from "./target.ts";
import { toOldContext, toSecureContext } from "./trust.ts";

const TIMEOUT_MS = 3000;
/** The time-out of a handshake that is expected to time out. */
const SHORT_TIMEOUT_MS = 1000;
const MOST_CERTIFICATES = 8;
const MOST_NAMES = 50;

/** `isSlow`: another handshake is known to get no answer. `leftMs`: how much of the total time is left. */
export type ShakeOptions = { readonly isSlow: boolean; readonly leftMs: () => number };

/**
 * Performs TLS handshakes with the host of an https request and sends nothing after them: one as the request asks for, and if that fails,
 * further ones that show why. An invalid certificate is read as well.
 */
export async function shakeHands(request: TriageRequest, { isSlow, leftMs }: ShakeOptions): Promise<readonly TlsHandshake[]> {
  const findTimeout = (): number => Math.min(leftMs(), isSlow ? SHORT_TIMEOUT_MS : TIMEOUT_MS);
  const { hostname } = findAddress(request).url;
  const host = hostname.replace(/^\[|\]$/g, "");
  const name = isIP(host) === 0 ? host : undefined;
  const asked = await shake(request, { tried: "as asked", name, timeoutMs: findTimeout() });
  if (asked.kind === "shaken") return [asked];
  const timeoutMs = findTimeout();
  const hostHeader = findHostHeader(request);
  const tries: Try[] = [{ tried: "old versions", name, timeoutMs }];
  if (name !== undefined) tries.push({ tried: "no server name", name: undefined, timeoutMs });
  else if (hostHeader !== undefined) tries.push({ tried: "name of the Host header", name: hostHeader, timeoutMs });
  return [asked, ...(await Promise.all(tries.map((each) => shake(request, each))))];
}

/** The name in the request's own Host header, if it has one. */
function findHostHeader({ headers }: TriageRequest): string | undefined {
  const given = headers.find(([name]) => name.toLowerCase() === "host")?.[1].replace(/:\d+$/, "");
  return given === undefined || isIP(given) !== 0 || given.startsWith("[") ? undefined : given;
}

type Try = { readonly tried: HandshakeTry; readonly name: string | undefined; readonly timeoutMs: number };

function shake(request: TriageRequest, { tried, name, timeoutMs }: Try): Promise<TlsHandshake> {
  const { url, ...address } = findAddress(request);
  const base = { tried, ...(name === undefined ? {} : { serverName: name }) };
  const endMs = performance.now() + timeoutMs;
  return new Promise((resolve) => {
    const socket = connect({
      ...address,
      secureContext: tried === "old versions" ? toOldContext(request.credentials) : toSecureContext(request.credentials),
      rejectUnauthorized: false,
      servername: name ?? "",
      ALPNProtocols: ["http/1.1"],
    });
    const end = (outcome: TlsHandshake): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const message = `no handshake within ${(timeoutMs / 1000).toFixed(1)} s`;
    const timer = setTimeout(() => end({ ...base, kind: "failed", code: "TIMEOUT", message }), Math.max(0, endMs - performance.now()));
    socket.once("error", (error) => end({ ...base, kind: "failed", ...describeError(error) }));
    socket.once("secureConnect", () => end({ ...base, ...readSocket(socket, url.hostname) }));
  });
}

function describeError(error: Error): { readonly code: string; readonly message: string } {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { code, message: readOpenssl(error.message) ?? error.message.trim() };
}

function readSocket(socket: TLSSocket, hostname: string): Omit<Extract<TlsHandshake, { kind: "shaken" }>, "tried" | "serverName"> {
  const own = socket.getPeerCertificate(true);
  const isForAnotherHost = checkServerIdentity(hostname.replace(/^\[|\]$/g, ""), own) !== undefined;
  // Node reports a mismatched host name only when nothing else is wrong with the certificate; it has its own member here.
  const { authorizationError } = socket as { authorizationError?: unknown }; // a code, although its type says Error
  const code = authorizationError instanceof Error ? authorizationError.message : authorizationError;
  const refused = typeof code === "string" && code !== "" && code !== "ERR_TLS_CERT_ALTNAME_INVALID" ? { refused: code } : {};
  return { kind: "shaken", protocol: socket.getProtocol() ?? "unknown", chain: readChain(own), ...refused, isForAnotherHost };
}

function readChain(own: DetailedPeerCertificate): readonly CertificateAccount[] {
  const chain: CertificateAccount[] = [];
  let certificate: DetailedPeerCertificate | undefined = own;
  while (certificate?.subject !== undefined && chain.length < MOST_CERTIFICATES) {
    chain.push(toAccount(certificate));
    // The root is its own issuer.
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    certificate = issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256 ? undefined : issuer;
  }
  return chain;
}

function toAccount(certificate: PeerCertificate): CertificateAccount {
  const { subject, issuer, subjectaltname, valid_from, valid_to, infoAccess } = certificate;
  const names = (subjectaltname ?? "")
    .split(", ")
    .filter((each) => each !== "")
    .map((each) => each.replace(/^(?:DNS|IP Address):/, ""));
  return {
    subject: describeName(subject),
    issuer: describeName(issuer),
    names: names.slice(0, MOST_NAMES),
    validFromMs: Date.parse(valid_from),
    validToMs: Date.parse(valid_to),
    namesItsIssuersAddress: infoAccess !== undefined && Object.hasOwn(infoAccess, "CA Issuers - URI"),
  };
}

/** A distinguished name such as `CN=R3, O=Let's Encrypt`: these two parts, or all parts where it has neither. */
function describeName(name: PeerCertificate["subject"]): string {
  const parts = Object.entries(name).map(([part, value]) => [part, Array.isArray(value) ? value.join(" + ") : String(value)] as const);
  const known = parts.filter(([part]) => part === "CN" || part === "O").sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return (known.length > 0 ? known : parts).map((each) => each.join("=")).join(", ");
}
