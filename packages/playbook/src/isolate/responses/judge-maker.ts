import { anyWord, type Evidence, type HopKind, nameTimeouts } from "@faultline/model";
import { citeSignature, matchSignatures, type Signature, type SignatureMatch, tellSignature } from "../signatures/index.ts";
import { isFailedProbe, isRefusedProbe, type Probe, toHeaderRecord } from "./probe.ts";
import { findRuntimeWords } from "./runtime-words.ts";
import type { TlsHandshake } from "./tls-handshake.ts";

/** An intermediary's statement in `Proxy-Status`, parsed by whoever read the header. The first is closest to the origin. */
export type ProxyStatement = { readonly proxy: string; readonly error?: string; readonly receivedStatus?: number };

/** The results of the probes of one request. The first probe is the failing request. */
export type ProbeSeries = {
  readonly probes: readonly Probe[];
  readonly proxyStatus: readonly ProxyStatement[];
  readonly signatures: readonly Signature[];
  /** Handshakes with the host that was asked; the first is as the request makes it. Absent if the host was not asked over TLS. */
  readonly tls?: readonly TlsHandshake[];
  /** An id of the failing response that may also be in the app's log or a trace; absent if the response has none. */
  readonly requestId?: string;
  /** The argument that names the same request on a command line; absent if that takes more than one word, or one that contains a secret. */
  readonly target?: string;
};

/** Who wrote the failing response. */
export type MakerJudgement = {
  readonly maker: "intermediary" | "app" | "network" | "unknown";
  /** A vendor, a proxy's own name, or the host. */
  readonly name: string;
  readonly kind: HopKind;
  /** 0 to 1. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly against: readonly Evidence[];
  /** The intermediaries that the response passed, client side first. */
  readonly passed: readonly string[];
  readonly matches: readonly SignatureMatch[];
};

/** Evidence with a direction: for an intermediary, or for the app behind all of them. */
type Pull = Evidence & { readonly towards: "intermediary" | "app" };

/** Below this confidence the answer is "unknown", because a wrong name costs more than none. */
const KNOWN_FROM = 0.75;
/** Header names that any hop may add or change, so that they tell nothing about who wrote a response. */
const NEUTRAL = new RegExp(
  `^${anyWord`
    date age vary etag expires last-modified cache-control connection keep-alive transfer-encoding content-\w+ accept-ranges
    server via alt-svc x-cache\w* retry-after pragma proxy-status location allow`}$`,
);
const APP_HEADERS = ["x-powered-by", "x-runtime", "x-aspnet-version", "x-response-time"];
/** Servers that run apps and do not forward. If the response has their name, no proxy before them wrote it. */
const APP_SERVER = new RegExp(
  String.raw`(?:^|, ?)${anyWord`
    gunicorn uvicorn hypercorn daphne waitress Werkzeug WSGIServer BaseHTTP SimpleHTTP CherryPy WEBrick puma thin
    Apache-Coyote WildFly Payara WebLogic`}\b`,
  "i",
);

/** Judges who wrote the failing response, by the strongest evidence first and never by one weak sign alone. */
export function judgeMaker(series: ProbeSeries): MakerJudgement {
  const [first] = series.probes;
  if (first === undefined) throw new RangeError("a series has at least its first probe");
  const host = hostOf(first.url);
  const headers = toHeaderRecord(first.response?.headers ?? []);
  const matches = first.response === undefined ? [] : matchSignatures({ ...first.response, headers }, series.signatures);
  const passed = listPassed(matches, series.proxyStatus, headers);
  if (first.response === undefined) return { ...judgeNetwork(first, host), passed, matches };
  const pulls = [
    ...readProxyStatus(series.proxyStatus, first),
    ...readSignatures(matches),
    ...compareDirect(series.probes),
    ...compareGood(series.probes, matches),
    ...readOwnWords(first, headers),
    ...readStatus(first, matches),
  ];
  const sum = pulls.reduce((total, { towards, weight }) => total + (towards === "intermediary" ? weight : -weight), 0);
  const probability = 1 / (1 + Math.exp(-sum));
  const maker = probability >= KNOWN_FROM ? "intermediary" : probability <= 1 - KNOWN_FROM ? "app" : "unknown";
  const side = maker === "unknown" ? (sum >= 0 ? "intermediary" : "app") : maker;
  return {
    maker,
    ...nameMaker(side, { matches, statements: series.proxyStatus, rewriter: findRewriter(series.proxyStatus, first), headers, host }),
    confidence: Math.min(0.98, Math.max(probability, 1 - probability)),
    evidence: pulls
      .filter(({ towards }) => towards === side)
      .map(toEvidence)
      .sort(byWeight),
    against: pulls
      .filter(({ towards }) => towards !== side)
      .map(toEvidence)
      .sort(byWeight),
    passed,
    matches,
  };
}

function toEvidence({ statement, measured, source, weight }: Pull): Evidence {
  return { statement, measured, source, weight };
}

function byWeight(a: Evidence, b: Evidence): number {
  return b.weight - a.weight;
}

function judgeNetwork(first: Probe, host: string): Omit<MakerJudgement, "passed" | "matches"> {
  const { phase, code, message } = first.failure ?? { phase: "response", code: "UNKNOWN", message: "" };
  const statement = `no response: it ended while ${{ dns: "resolving the name", connect: "connecting", tls: "shaking hands for TLS", request: "sending the request", response: "waiting for the response" }[phase]}`;
  return {
    maker: "network",
    name: host,
    kind: "unknown",
    confidence: phase === "response" || phase === "request" ? 0.6 : 0.95,
    evidence: [
      {
        statement,
        measured: `${code} after ${Math.round(first.totalMs)} ms${message === "" ? "" : `: ${message}`}`,
        source: "probe",
        weight: 4,
      },
    ],
    against: [],
  };
}

/** The intermediary nearest to the client that says it received a server error and did not pass its status on (RFC 9209 section 2.1.4). */
export function findRewriter(statements: readonly ProxyStatement[], { response }: Probe): ProxyStatement | undefined {
  const nearest = statements.findLast(({ receivedStatus }) => receivedStatus !== undefined);
  const received = nearest?.receivedStatus ?? 0;
  return received >= 500 && response !== undefined && response.status !== received ? nearest : undefined;
}

function readProxyStatus(statements: readonly ProxyStatement[], first: Probe): readonly Pull[] {
  const made = statements.find(({ error }) => error !== undefined);
  if (made !== undefined) {
    return [
      {
        towards: "intermediary",
        statement: `${made.proxy} says that it generated the response`,
        measured: `Proxy-Status: ${made.proxy}; error=${made.error}`,
        source: "header",
        weight: 4,
      },
    ];
  }
  const [nearest] = statements;
  if (nearest?.receivedStatus === undefined) return [];
  const received = `Proxy-Status: ${nearest.proxy}; received-status=${nearest.receivedStatus}`;
  const rewriter = findRewriter(statements, first);
  if (rewriter !== undefined) {
    const statement = `${rewriter.proxy} received ${rewriter.receivedStatus} from behind and answered something else itself`;
    return [{ towards: "intermediary", statement, measured: received, source: "header", weight: 4 }];
  }
  if (nearest.receivedStatus < 500) return [];
  return [
    {
      towards: "app",
      statement: `${nearest.proxy} says that it received the failure from behind`,
      measured: received,
      source: "header",
      weight: 3,
    },
  ];
}

/** The strongest match of each vendor, since two signs of one vendor are one statement. */
function readSignatures(matches: readonly SignatureMatch[]): readonly Pull[] {
  const seen = new Set<string>();
  return matches.flatMap(({ signature, weight }) => {
    if (weight === 0 || seen.has(signature.vendor)) return [];
    seen.add(signature.vendor);
    const isBehind = signature.made === "behind" || isApp(signature);
    const where = signature.pattern.headers === undefined || signature.pattern.bodyHas !== undefined ? "body" : "header";
    return [
      {
        towards: isBehind ? "app" : "intermediary",
        statement: tellSignature(signature),
        measured: citeSignature(signature),
        source: where,
        weight,
      } as const,
    ];
  });
}

/** Compares the gateway's answer with the backend's own. */
function compareDirect(probes: readonly Probe[]): readonly Pull[] {
  const [first, ...others] = probes;
  const direct = others.find(({ purpose }) => purpose === "direct");
  if (first?.response === undefined || direct?.response === undefined) return [];
  if (!isFailedProbe(first) && !isRefusedProbe(first)) return [];
  const measured = `${first.response.status} through the gateway, ${direct.response.status} from the backend`;
  const isSame = direct.response.status === first.response.status && direct.response.body === first.response.body;
  if (isRefusedProbe(direct) && !isSame)
    return [{ towards: "intermediary", statement: "the backend itself answers with a refusal", measured, source: "probe", weight: 3 }];
  if (direct.response.status < 500 && !isSame) {
    const isGood = direct.response.status < 400;
    const statement = isGood ? "the backend answers the same request well" : "the backend itself answers without a server error";
    return [{ towards: "intermediary", statement, measured, source: "probe", weight: 4 }];
  }
  return [
    {
      towards: "app",
      statement: isSame ? "the backend sends the very same answer" : "the backend fails by itself",
      measured,
      source: "probe",
      weight: isSame ? 4 : 3,
    },
  ];
}

/** Compares the failing response with a good one of the same host: which headers are missing, and whether the content type changed. */
function compareGood(probes: readonly Probe[], matches: readonly SignatureMatch[]): readonly Pull[] {
  const [first, ...others] = probes;
  const good = others.find((probe) => probe.purpose !== "direct" && probe.response !== undefined && probe.response.status < 500);
  if (first?.response === undefined || good?.response === undefined) return [];
  const bad = toHeaderRecord(first.response.headers);
  const own = Object.keys(toHeaderRecord(good.response.headers)).filter((name) => !NEUTRAL.test(name));
  const gone = own.filter((name) => bad[name] === undefined);
  const pulls: Pull[] = [];
  if (gone.length >= 2 && gone.length > own.length / 2) {
    pulls.push({
      towards: "intermediary",
      statement: "headers that good answers of this host have are gone",
      measured: gone.slice(0, 6).join(", "),
      source: "header",
      weight: 1.2,
    });
  } else if (own.length >= 2 && gone.length === 0) {
    pulls.push({
      towards: "app",
      statement: "it has every header that good answers of this host have",
      measured: own.slice(0, 6).join(", "),
      source: "header",
      weight: 1.5,
    });
  }
  const [badType, goodType] = [bad["content-type"], toHeaderRecord(good.response.headers)["content-type"]];
  // Gateways that answer in JSON by configuration use gateways' statuses, or a shape of their own.
  const isAlike = badType?.includes("json") === true && goodType?.includes("json") === true && gone.length === 0;
  if (first.response.status === 500 && isAlike && !isSigned(matches)) {
    pulls.push({
      towards: "app",
      statement: "JSON, as good answers of this host are, where proxies write pages",
      measured: badType,
      source: "header",
      weight: 0.7,
    });
  }
  if (badType?.includes("html") === true && goodType?.includes("json") === true) {
    pulls.push({
      towards: "intermediary",
      statement: "HTML, where good answers of this host are JSON",
      measured: `${badType} against ${goodType}`,
      source: "header",
      weight: 1,
    });
  }
  return pulls;
}

/** What the status says by itself. That is little, and for a 500 nothing if a gateway's own page shows whose it is. */
function readStatus({ response, method }: Probe, matches: readonly SignatureMatch[]): readonly Pull[] {
  const status = response?.status;
  const isEmpty = response?.body === "" && method !== "HEAD";
  // If something besides its emptiness shows whose it is, the emptiness says nothing.
  if (status === 503 && isEmpty && !isSigned(matches.filter(({ signature }) => signature.pattern.bodyIs === undefined))) {
    const statement = "a 503 without a word is what apps give as well";
    return [{ towards: "app", statement, measured: "status 503, no body", source: "probe", weight: 0.6 }];
  }
  if (status === 502 || status === 504) {
    const statement = "the status is a gateway's word about what is behind it";
    return [{ towards: "intermediary", statement, measured: `status ${status} (RFC 9110 section 15.6)`, source: "probe", weight: 0.7 }];
  }
  if (status !== 500 || isSigned(matches)) return [];
  return [{ towards: "app", statement: "500 is most often the app's own", measured: "status 500", source: "probe", weight: 0.5 }];
}

/** True if the response has an intermediary's own sign. */
function isSigned(matches: readonly SignatureMatch[]): boolean {
  return matches.some(({ signature, weight }) => weight > 0 && signature.made === "here" && !isApp(signature));
}

function isApp({ hop }: Signature): boolean {
  return hop === "app" || hop === "app-server";
}

/** What the failing response's body, latency and headers say by themselves. */
function readOwnWords({ response, firstByteMs, totalMs, wantsJson }: Probe, headers: Readonly<Record<string, string>>): readonly Pull[] {
  if (response === undefined) return [];
  const { status } = response;
  const pulls: Pull[] = [];
  const words = status >= 500 ? findRuntimeWords(response.body) : undefined;
  if (words !== undefined) {
    pulls.push({
      towards: "app",
      statement: "it tells an error in the words of a program's runtime, which no proxy writes",
      measured: JSON.stringify(words),
      source: "body",
      weight: 1.8,
    });
  }
  const timeout = nameTimeouts(firstByteMs ?? totalMs, status);
  if (timeout !== undefined) {
    pulls.push({
      towards: "intermediary",
      statement: `it took as long as a default time-out of ${timeout}`,
      measured: `${Math.round(firstByteMs ?? totalMs)} ms`,
      source: "probe",
      weight: 1.2,
    });
  }
  const server = APP_SERVER.exec(headers["server"] ?? "")?.[0];
  if (server !== undefined)
    pulls.push({
      towards: "app",
      statement: "the server that it names only runs apps",
      measured: `Server: ${headers["server"]}`,
      source: "header",
      weight: 1.5,
    });
  const own = APP_HEADERS.filter((name) => headers[name] !== undefined);
  if (own.length > 0)
    pulls.push({ towards: "app", statement: "it has a header that apps set", measured: own.join(", "), source: "header", weight: 1.2 });
  if (wantsJson && headers["content-type"]?.includes("html") === true) {
    pulls.push({
      towards: "intermediary",
      statement: "HTML, although JSON was asked for",
      measured: headers["content-type"],
      source: "header",
      weight: 0.3,
    });
  }
  return pulls;
}

type Naming = {
  readonly matches: readonly SignatureMatch[];
  readonly statements: readonly ProxyStatement[];
  readonly rewriter: ProxyStatement | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
};

function nameMaker(
  side: "intermediary" | "app",
  { matches, statements, rewriter, headers, host }: Naming,
): { readonly name: string; readonly kind: HopKind } {
  const isAppHere = (signature: Signature): boolean => signature.made === "here" && isApp(signature);
  if (side === "app") {
    const match = matches.find(({ signature, weight }) => weight > 0 && isAppHere(signature));
    return {
      name:
        match === undefined || match.signature.vendor.startsWith("RFC")
          ? `the app behind ${host}`
          : `the app behind ${host} (${match.signature.vendor})`,
      kind: "app",
    };
  }
  const said = statements.find(({ error }) => error !== undefined) ?? rewriter;
  const match = matches.find(({ signature, weight }) => weight > 0 && signature.made === "here" && !isApp(signature));
  if (said !== undefined) return { name: said.proxy, kind: match?.signature.hop ?? "proxy" };
  if (match !== undefined) return { name: match.signature.vendor, kind: match.signature.hop };
  const [server = ""] = /^[^\s,]+/.exec(headers["server"] ?? "") ?? [];
  // Proxies replace the name of the server behind them by their own.
  const isNamed = server !== "" && !APP_SERVER.test(server);
  return { name: isNamed ? `${server} or an intermediary behind it` : `an intermediary before ${host}`, kind: "proxy" };
}

/** The names of intermediaries on the way, client side first. In `Via`, the last entry is nearest to the client. */
function listPassed(
  matches: readonly SignatureMatch[],
  statements: readonly ProxyStatement[],
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  const via = (headers["via"] ?? "")
    .split(",")
    .map((entry) => entry.trim().replace(/^\S+\s+/, ""))
    .filter((entry) => entry !== "")
    .reverse();
  const bySign = matches
    .filter(({ signature }) => signature.made !== "here" && signature.hop !== "app")
    .map(({ signature }) => signature.vendor);
  return [...new Set([...statements.map(({ proxy }) => proxy).reverse(), ...bySign, ...via])];
}

/** The host and port of a URL, without credentials. */
export function hostOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url;
}
