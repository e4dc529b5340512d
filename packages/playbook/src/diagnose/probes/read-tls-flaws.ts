import type { Evidence } from "@faultline/model";
import type { ProbeFailure } from "../../isolate/responses/probe.ts";
import type { CertificateAccount, TlsHandshake } from "../../isolate/responses/tls-handshake.ts";
import { formatUtc } from "../../trace/format-utc.ts";
import type { CheckTemplate } from "../checks/checks-by-cause.ts";

/** One flaw in how a server speaks TLS, and where to look. */
export type TlsFlaw = {
  readonly flaw:
    | "expired"
    | "not-yet-valid"
    | "other-name"
    | "self-signed"
    | "incomplete-chain"
    | "unknown-authority"
    | "no-certificate-for-name"
    | "needs-server-name"
    | "old-versions-only"
    | "client-certificate"
    | "not-tls"
    | "cut-off"
    | "refused";
  readonly evidence: Evidence;
  readonly check: CheckTemplate;
};

type Shaken = Extract<TlsHandshake, { readonly kind: "shaken" }>;
type Handshakes = readonly TlsHandshake[];

const DAY_MS = 86_400_000;
const SHOWN_NAMES = 4;
const CHAIN = "openssl s_client -connect {{host}}:{{port}} -servername {{host}} -showcerts </dev/null";
const DATES = `${CHAIN.replace(" -showcerts", "")} | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`;

/**
 * The flaws of a server's TLS, the most informative first; none if nothing is wrong. `nowMs` is the time of the handshakes. `failure` is
 * the failure of the request itself, because a server that wants a client certificate says so after a successful handshake (RFC 8446
 * section 4.4.2.4).
 */
export function readTlsFlaws(
  handshakes: Handshakes,
  { nowMs, failure }: { readonly nowMs: number; readonly failure?: ProbeFailure | undefined },
): readonly TlsFlaw[] {
  const [asked] = handshakes;
  if (asked === undefined) return [];
  if (asked.kind === "failed") return [readRefusal(asked, handshakes)];
  const flaws = readCertificate(asked, nowMs);
  return flaws.length === 0 && failure?.code.startsWith("ERR_SSL") === true ? [readRefusal(failure, handshakes)] : flaws;
}

function readCertificate({ chain, refused, isForAnotherHost }: Shaken, nowMs: number): readonly TlsFlaw[] {
  const [own] = chain;
  if (own === undefined || (refused === undefined && !isForAnotherHost)) return [];
  const flaws = [...chain.flatMap((each, index) => readDates(each, index, nowMs)), ...readTrust(chain, own, refused)];
  if (isForAnotherHost) flaws.push(toOtherName(own));
  // Any other reason is named as the platform names it.
  return flaws.length > 0
    ? flaws
    : [toFlaw("refused", { statement: "the certificate is not accepted", measured: refused ?? "", check: READ })];
}

function readDates(certificate: CertificateAccount, index: number, nowMs: number): readonly TlsFlaw[] {
  const { subject, validFromMs, validToMs } = certificate;
  const whose = index === 0 ? "the certificate" : "a certificate of its chain";
  if (validToMs < nowMs) {
    const check = { check: "Was it renewed, and was the server reloaded since? It serves what it read at its start", command: DATES };
    const measured = `${subject}: ended ${formatDay(validToMs)}, ${countDays(nowMs - validToMs)} ago`;
    return [toFlaw("expired", { statement: `${whose} has expired`, measured, check })];
  }
  if (validFromMs > nowMs) {
    const check = { check: "Is the clock right, here and where the certificate was made?", command: "date -u; timedatectl" };
    return [
      toFlaw("not-yet-valid", { statement: `${whose} is not valid yet`, measured: `${subject}: begins ${formatDay(validFromMs)}`, check }),
    ];
  }
  return [];
}

const READ: CheckTemplate = { check: "Which certificate is served, for which name, until when?", command: DATES };

/** The platform's codes for a chain that ends before an authority known here. */
const NO_ISSUER = /^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?)$/;
const CHAIN_NAMES = `${CHAIN} | grep -E ' s:| i:'`;

/**
 * Why nobody known here vouches for the certificate: it is self-signed, its authority is unknown here, or an intermediate certificate was
 * not sent.
 */
function readTrust(chain: readonly CertificateAccount[], own: CertificateAccount, refused = ""): readonly TlsFlaw[] {
  const last = chain.at(-1) ?? own;
  if (refused === "DEPTH_ZERO_SELF_SIGNED_CERT") {
    const check = "Is this a default certificate of the server or of an ingress, because none is configured for this name?";
    return [
      toFlaw("self-signed", {
        statement: "the certificate is signed by itself alone",
        measured: own.subject,
        check: { check, command: DATES },
      }),
    ];
  }
  if (refused === "SELF_SIGNED_CERT_IN_CHAIN") {
    const check =
      "Is it your own authority (then ask with curl's --cacert FILE and --allow-files), or a proxy between that makes certificates of its own?";
    const statement = "its chain ends at an authority that is not known here";
    return [toFlaw("unknown-authority", { statement, measured: last.subject, check: { check, command: CHAIN_NAMES } })];
  }
  if (!NO_ISSUER.test(refused)) return [];
  const measured = `${chain.length === 1 ? "1 certificate" : `${chain.length} certificates`} sent; ${last.issuer} is not among them`;
  if (last.namesItsIssuersAddress) {
    const check =
      "Does the server's file hold the whole chain (fullchain.pem, not cert.pem)? Browsers fetch what is missing, others do not";
    const statement = "the server does not send the certificate between its own and the authority's";
    return [toFlaw("incomplete-chain", { statement, measured, check: { check, command: CHAIN_NAMES } })];
  }
  const check =
    "Is the issuer your own authority (then ask with curl's --cacert FILE and --allow-files), or does the server leave out the certificate between?";
  const statement = "its issuer is not sent and is not known here: a chain that is not whole, or an authority of your own";
  return [toFlaw("unknown-authority", { statement, measured, check: { check, command: CHAIN_NAMES } })];
}

function toOtherName({ names, subject }: CertificateAccount): TlsFlaw {
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : "";
  return toFlaw("other-name", {
    statement: "the certificate is for other names than the one asked for",
    measured: names.length === 0 ? `${subject}, which names no host` : `for ${names.slice(0, SHOWN_NAMES).join(", ")}${more}`,
    check: {
      check: "Is it the server's default certificate, because this name has none, or does the name lead to the wrong server?",
      command: DATES,
    },
  });
}

type Refusal = { readonly says: RegExp; readonly flaw: TlsFlaw["flaw"]; readonly statement: string; readonly check: CheckTemplate };

const OLD_VERSIONS: CheckTemplate = {
  check: "Which versions does the server allow (ssl_protocols, SSLProtocol, ssl-min-ver)? Clients of today want TLS 1.2 or newer",
  command: "openssl s_client -connect {{host}}:{{port}} -tls1_2 </dev/null",
};
const NO_NAME: Refusal = {
  says: /UNRECOGNIZED_NAME/,
  flaw: "no-certificate-for-name",
  statement: "the server has no certificate for this name",
  check: {
    check: "Does the server's configuration have this name, spelled so, and does the name lead to the right server?",
    command: "dig +short {{host}}",
  },
};

/** TLS alerts by OpenSSL's names (RFC 8446 section 6.2), and what else OpenSSL reports. */
const REFUSALS: readonly Refusal[] = [
  NO_NAME,
  {
    says: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER_FAILURE/,
    flaw: "not-tls",
    statement: "what answers at this port does not speak TLS",
    check: {
      check: "Does it speak plain HTTP? Then something before it was meant to end TLS, or the port is another one",
      command: "curl -sSI http://{{host}}:{{port}}/",
    },
  },
  {
    says: /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA/,
    flaw: "client-certificate",
    statement: "the server wants a certificate of the client, or another one",
    check: {
      check: "Whose client certificates does it take? Send one with curl's --cert and --key",
      command: `${CHAIN} | grep -A 5 'client certificate CA names'`,
    },
  },
  {
    says: /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|INSUFFICIENT_SECURITY|_TOO_(?:SMALL|WEAK)/,
    flaw: "old-versions-only",
    statement: "the server and a client of today have no version of TLS in common",
    check: OLD_VERSIONS,
  },
];

/** Why no handshake succeeded, judged by the results of other handshakes, otherwise by the server's own alert. */
function readRefusal({ code, message }: Pick<ProbeFailure, "code" | "message">, handshakes: Handshakes): TlsFlaw {
  const find = (tried: TlsHandshake["tried"]) => handshakes.find((each): each is Shaken => each.tried === tried && each.kind === "shaken");
  const [old, nameless, named] = [find("old versions"), find("no server name"), find("name of the Host header")];
  if (named !== undefined)
    return toFlaw("needs-server-name", {
      statement: "the server shakes hands only with a client that names the host",
      measured: `${code} without a name; ${named.protocol} with ${named.serverName}`,
      check: { check: "Ask by the name, at this address: curl https://NAME/ --resolve NAME:{{port}}:{{host}}" },
    });
  if (old !== undefined)
    return toFlaw("old-versions-only", {
      statement: "the server speaks only versions of TLS that are out of use",
      measured: `${code}; ${old.protocol} comes about`,
      check: OLD_VERSIONS,
    });
  const said = message === "" ? code : `${code}: ${message}`;
  const known = REFUSALS.find(({ says }) => says.test(said.toUpperCase().replaceAll(" ", "_")));
  const refusal = known ?? (nameless === undefined ? undefined : NO_NAME);
  const others = nameless?.chain[0]?.names.slice(0, SHOWN_NAMES).join(", ") ?? "";
  const measured = refusal === NO_NAME && others !== "" ? `${code}; to a client that names no host it is ${others}` : said;
  if (refusal !== undefined) return toFlaw(refusal.flaw, { ...refusal, measured });
  if (/^(?:ECONNRESET|EPIPE|TIMEOUT)$/.test(code))
    return toFlaw("cut-off", {
      statement:
        code === "TIMEOUT"
          ? "the connection is accepted, and nobody answers the handshake: the server, or something before it"
          : "the connection is cut off during the handshake, by the server or by something before it",
      measured,
      check: {
        check: "Does it come about from another network, and straight at the server? A firewall may judge by the server name",
        command: CHAIN.replace(" -showcerts", ""),
      },
    });
  return toFlaw("refused", { statement: "the handshake is refused", measured, check: READ });
}

/** A handshake may be cut off for reasons that have nothing to do with TLS. */
const WEIGHTS: Partial<Readonly<Record<TlsFlaw["flaw"], number>>> = { "cut-off": 2 };

type FlawParts = { readonly statement: string; readonly measured: string; readonly check: CheckTemplate };

function toFlaw(flaw: TlsFlaw["flaw"], { statement, measured, check }: FlawParts): TlsFlaw {
  return { flaw, evidence: { statement, measured, source: "probe", weight: WEIGHTS[flaw] ?? 5 }, check };
}

function formatDay(ms: number): string {
  return formatUtc(ms).slice(0, 10);
}

function countDays(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  return days === 1 ? "1 day" : days === 0 ? "less than a day" : `${days} days`;
}
