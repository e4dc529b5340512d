import { anyOf, anyWord, type CauseId, nameTimeouts } from "@faultline/model";
import { isFailedProbe, isRefusedProbe, type Probe, toHeaderRecord } from "../../isolate/responses/probe.ts";
import { findCauseOfProxyError } from "../../isolate/responses/proxy-error.ts";
import { findRuntimeWords } from "../../isolate/responses/runtime-words.ts";
import { tellSignature } from "../../isolate/signatures/index.ts";
import { DEFECT } from "../../isolate/words/defect-words.ts";
import type { ProbeEvidence, ProbeFindings } from "./probe-evidence.ts";
import { weighLater } from "./weigh-later.ts";
import { weighNetwork } from "./weigh-network.ts";

/** All evidence from the probes. */
export function weighProbes(findings: ProbeFindings): readonly ProbeEvidence[] {
  const steady = weighSteadyDelay(findings);
  return [
    ...weighNetwork(findings.probes, findings.tlsFlaws),
    ...weighStatements(findings),
    ...weighTold(findings),
    ...weighTime(findings, steady.length > 0),
    ...steady,
    ...weighSizes(findings),
    ...weighRepeats(findings),
    ...weighDirect(findings),
    ...weighIdentity(findings),
    ...weighStatus(findings),
    ...weighLater(findings),
  ];
}

/** What intermediaries and known pages say explicitly. */
function weighStatements({ probes, maker, proxyStatus }: ProbeFindings): readonly ProbeEvidence[] {
  const isSteady = isRepeated(probes);
  const said = proxyStatus.flatMap(({ proxy, error }) => {
    const cause = error === undefined ? undefined : findCauseOfProxyError(error);
    return cause === undefined || (cause === "keepalive-race" && isSteady)
      ? []
      : [{ cause, evidence: { statement: `${proxy} names the error`, measured: `error=${error}`, source: "header", weight: 4 } } as const];
  });
  const seen = new Set<CauseId>();
  const signed = maker.matches.flatMap(({ signature, weight }) => {
    if (signature.cause === undefined || seen.has(signature.cause)) return [];
    if (signature.cause === "keepalive-race" && isSteady) return [];
    // An app that answers with a gateway's status by itself has handled what happened to it.
    if (signature.cause === "unhandled-exception" && isGatewayStatus(probes)) return [];
    seen.add(signature.cause);
    return [
      {
        cause: signature.cause,
        evidence: {
          statement: tellSignature(signature),
          measured: `signature ${signature.id}`,
          source: "body",
          weight: Math.min(weight, signature.causeWeight ?? weight),
        },
      } as const,
    ];
  });
  return [...said, ...signed];
}

function isGatewayStatus([first]: readonly Probe[]): boolean {
  return [502, 503, 504].includes(first?.response?.status ?? 0);
}

/** Words are searched in this many characters of a body. A longer body is a page, not an error. */
const READ_CHARACTERS = 4000;
/**
 * What an app says about a call of its own that failed: codes, names and wordings of runtimes that no person's sentence contains. An app's
 * own business has certificates that expire, deadlines that are exceeded and connections that members refuse.
 */
const TOLD_CALLS: readonly { readonly words: RegExp; readonly cause: CauseId; readonly statement: string }[] = [
  {
    words: /\bECONNREFUSED\b|\bConnectionRefusedError\b|\bConnectException: Connection refused|connect: connection refused|\[Errno 111\]/,
    cause: "connection-refused",
    statement: "could not connect to what it called",
  },
  { words: /\bENOTFOUND\b|\bEAI_AGAIN\b/, cause: "dns-failure", statement: "could not resolve the name of what it called" },
  {
    words: /\bCERT_HAS_EXPIRED\b|\bERR_TLS_CERT\w+|\bx509: certificate has expired/,
    cause: "tls-failure",
    statement: "could not trust what it called",
  },
  {
    words: /\bETIMEDOUT\b|\bUND_ERR_(?:HEADERS|BODY)_TIMEOUT\b|\bcontext deadline exceeded|\b4 DEADLINE_EXCEEDED:/,
    cause: "dependency-timeout",
    statement: "waited in vain for what it called",
  },
];

/** Weighs an app's error that describes only the call that failed, or a defect of its own. */
function weighTold({ probes: [first], maker }: ProbeFindings): readonly ProbeEvidence[] {
  if (maker.maker !== "app" || (first?.response?.status ?? 0) < 500) return [];
  const body = first?.response?.body?.slice(0, READ_CHARACTERS) ?? "";
  const told = TOLD_CALLS.flatMap(({ words, cause, statement }) => {
    const said = words.exec(body)?.[0];
    return said === undefined ? [] : [{ cause, statement: `the app's own words: it ${statement}`, measured: JSON.stringify(said) }];
  });
  if (told.length > 0)
    return told.length > 1 ? [] : told.map(({ cause, ...said }) => ({ cause, evidence: { ...said, source: "body", weight: 2.4 } }));
  const defect = first?.response?.status === 500 ? findRuntimeWords(body) : undefined;
  if (defect === undefined || !DEFECT.test(body)) return [];
  const statement = "the app's own words: its code met what it had not foreseen";
  return [{ cause: "unhandled-exception", evidence: { statement, measured: JSON.stringify(defect), source: "body", weight: 1.5 } }];
}

/** True if the same request failed each time. A race does not repeat itself. */
function isRepeated(probes: readonly Probe[]): boolean {
  const repeated = probes.filter(({ purpose }) => purpose === "first" || purpose === "again");
  return repeated.length >= 2 && repeated.every(isFailedProbe);
}

/** The shortest time to the first byte that a clock is likely to end, and the largest difference between two such times. */
const CLOCK_FROM_MS = 900;
const CLOCK_SLACK_MS = 60;
/** A 502 or 503 may also be the end of attempts to connect, or to resolve a name, so its time alone names no cause. */
const REFUSAL_TIME_WEIGHT = 0.9;
/** That a repeated time is also a known default adds next to nothing. */
const SAME_TIME_WEIGHT = 0.1;

function isRefusalStatus(status: number | undefined): boolean {
  return status === 502 || status === 503;
}

/** Tries that all fail after the same long time are ended by a clock, whatever its setting. */
function weighSteadyDelay({ probes, maker }: ProbeFindings): readonly ProbeEvidence[] {
  const times = probes
    .filter((probe) => (probe.purpose === "first" || probe.purpose === "again") && isFailedProbe(probe) && probe.response !== undefined)
    .map((probe) => probe.firstByteMs ?? probe.totalMs);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  if (times.length < 2 || least < CLOCK_FROM_MS || most - least > Math.max(CLOCK_SLACK_MS, least * 0.03)) return [];
  return [
    {
      cause: maker.maker === "app" ? "dependency-timeout" : "gateway-timeout",
      evidence: {
        statement: "each try fails after the same time, which is what a time-out does",
        measured: times.map((time) => `${Math.round(time)} ms`).join(", "),
        source: "probe",
        weight: isRefusalStatus(probes[0]?.response?.status) ? REFUSAL_TIME_WEIGHT : 2.2,
      },
    },
  ];
}

function weighTime({ probes: [first], maker }: ProbeFindings, isSteady: boolean): readonly ProbeEvidence[] {
  const status = first?.response?.status;
  if (first === undefined || status === undefined || status < 500) return [];
  const latencyMs = first.firstByteMs ?? first.totalMs;
  const timeout = nameTimeouts(latencyMs, status);
  const measured = `${Math.round(latencyMs)} ms to the first byte`;
  const ambiguous = isSteady ? SAME_TIME_WEIGHT : REFUSAL_TIME_WEIGHT;
  const found: ProbeEvidence[] = [];
  if (timeout !== undefined)
    found.push({
      cause: "gateway-timeout",
      evidence: {
        statement: `it failed after a default time-out of ${timeout}`,
        measured,
        source: "probe",
        weight: isRefusalStatus(status) ? ambiguous : 1.5,
      },
    });
  if (status === 504) {
    // An app waits for what it calls, and a gateway for the app. If either may have answered, either cause is possible.
    const isOpen = maker.maker === "unknown" && (maker.kind === "app" || isTyped(first, "json") || isTyped(first, "text/plain"));
    const causes: readonly CauseId[] = isOpen
      ? ["dependency-timeout", "gateway-timeout"]
      : [maker.maker === "app" ? "dependency-timeout" : "gateway-timeout"];
    const statement = "504: whoever wrote it waited in vain for the hop behind it";
    found.push(
      ...causes.map((cause) => ({ cause, evidence: { statement, measured, source: "probe", weight: isOpen ? 1.5 : 2 } }) as const),
    );
  }
  return found;
}

function isTyped({ response }: Probe, type: string): boolean {
  return toHeaderRecord(response?.headers ?? [])["content-type"]?.includes(type) === true;
}

/** Compares bodies of other sizes on the same route: the largest that passes and the smallest that fails. */
function weighSizes({ probes }: ProbeFindings): readonly ProbeEvidence[] {
  const tried = probes.filter(({ purpose }) => purpose === "body-size" || purpose === "first");
  const passing = tried
    .filter((probe) => !isFailedProbe(probe) && (probe.response?.status ?? 0) !== 413)
    .map(({ requestBodyBytes }) => requestBodyBytes);
  const failing = tried.filter((probe) => isFailedProbe(probe)).map(({ requestBodyBytes }) => requestBodyBytes);
  if (tried.length < 3 || passing.length === 0 || failing.length === 0) return [];
  const [most, least] = [Math.max(...passing), Math.min(...failing)];
  if (most >= least) return [];
  return [
    {
      cause: "body-too-large",
      evidence: {
        statement: "bodies above a size fail, smaller ones pass",
        measured: `passes at ${most} bytes, fails at ${least} bytes`,
        source: "probe",
        weight: 4,
      },
    },
  ];
}

function weighRepeats({ probes }: ProbeFindings): readonly ProbeEvidence[] {
  const repeated = probes.filter(({ purpose }) => purpose === "first" || purpose === "again");
  const failed = repeated.filter(isFailedProbe).length;
  const idle = probes.filter(({ purpose }) => purpose === "idle");
  const found: ProbeEvidence[] = [];
  if (idle.some(isFailedProbe) && failed === 0) {
    found.push({
      cause: "keepalive-race",
      evidence: {
        statement: "only requests over a connection that lay idle fail",
        measured: `${idle.filter(isFailedProbe).length} of ${idle.length} idle ones, 0 of ${repeated.length} others`,
        source: "probe",
        weight: 3,
      },
    });
  }
  if (repeated.length >= 4 && failed > 0 && failed < repeated.length) {
    found.push({
      cause: "no-healthy-upstream",
      evidence: {
        statement:
          "the same request sometimes passes: one of several backends may be bad, a connection may be closed under it, or a limit reached",
        measured: `${failed} of ${repeated.length} failed`,
        source: "probe",
        weight: 0.9,
      },
    });
  }
  return found;
}

/** Compares the gateway with the backend behind it. */
function weighDirect({ probes }: ProbeFindings): readonly ProbeEvidence[] {
  const [first, ...others] = probes;
  const direct = others.find(({ purpose }) => purpose === "direct");
  if (first?.response === undefined || direct === undefined) return [];
  const { response } = first;
  if (direct.failure !== undefined) return weighNetwork([direct]);
  if (direct.response === undefined || direct.response.status >= 400) return [];
  if (isRefusedProbe(first)) return [];
  const measured = `${direct.response.status} in ${Math.round(direct.totalMs)} ms directly, ${response.status} in ${Math.round(first.totalMs)} ms through the gateway`;
  const flaws = listFlaws(direct);
  if (flaws.length > 0)
    return [
      {
        cause: "gateway-mismatch",
        evidence: {
          statement: "the backend's good answer has flaws that a gateway may refuse",
          measured: flaws.join("; "),
          source: "header",
          weight: 3,
        },
      },
    ];
  if (direct.totalMs > first.totalMs * 1.2 && direct.totalMs - first.totalMs > 500) {
    return [
      {
        cause: "gateway-timeout",
        evidence: { statement: "the backend needs longer than the gateway waits", measured, source: "probe", weight: 3 },
      },
    ];
  }
  return [
    {
      cause: "gateway-mismatch",
      evidence: { statement: "the backend answers the same request well", measured, source: "probe", weight: 1.5 },
    },
  ];
}

/** Messages of platforms and proxies that the caller lacks permission. */
const NOT_ALLOWED = new RegExp(
  anyOf(
    /not authori[sz]ed (?:to|for)/,
    /access ?denied/,
    /permission[_ ]denied/,
    /(?:invalid|insufficient|missing) permissions?/,
    /ExpiredToken/,
    /InvalidSignature/,
    /SignatureDoesNotMatch/,
    /unauthorized_client/,
    /invalid_client/,
  ),
  "i",
);

/** Weighs a gateway that may not call its backend: it refuses the user, or turns the backend's refusal into a server error. */
function weighIdentity({ probes, maker, proxyStatus }: ProbeFindings): readonly ProbeEvidence[] {
  const [first, ...others] = probes;
  if (first?.response === undefined) return [];
  const { status, body = "" } = first.response;
  const direct = others.find(({ purpose }) => purpose === "direct")?.response;
  const found: { readonly statement: string; readonly measured: string; readonly weight: number }[] = [];
  const measured = `${direct?.status} directly, ${status} through the gateway`;
  if (isRefusedProbe(first) && direct !== undefined && direct.status < 400)
    found.push({ statement: "the backend lets the same request in, the gateway's answer is a refusal", measured, weight: 2.5 });
  if (status >= 500 && direct !== undefined && [401, 403].includes(direct.status))
    found.push({
      statement: "the backend refuses a caller that it does not know, and the gateway makes a server error of it",
      measured,
      weight: 2.2,
    });
  const refused = proxyStatus.find(({ receivedStatus }) => receivedStatus === 401 || receivedStatus === 403);
  if (refused !== undefined && status >= 500)
    found.push({
      statement: `${refused.proxy} says that the hop behind it refused its call`,
      measured: `received-status=${refused.receivedStatus}, answered ${status}`,
      weight: 3,
    });
  const words = NOT_ALLOWED.exec(body)?.[0];
  if (words !== undefined && status >= 500 && maker.maker !== "app")
    found.push({ statement: "the answer's own words: the caller may not do this", measured: JSON.stringify(words), weight: 1.8 });
  return found.map((evidence) => ({ cause: "gateway-identity", evidence: { ...evidence, source: "probe" } }));
}

/** What a strict gateway refuses in a response: RFC 9112 section 2.2 and 5, RFC 9110 section 8.3. */
function listFlaws({ response, wantsJson }: Probe): readonly string[] {
  if (response === undefined) return [];
  const counts = Map.groupBy(response.headers, ([name]) => name.toLowerCase());
  const single = ["content-length", "content-type", "transfer-encoding", "location", "date"];
  const flaws = single
    .filter((name) => (counts.get(name)?.length ?? 0) > 1)
    .map((name) => `${name} is given ${counts.get(name)?.length} times`);
  const invalid = response.headers.find(
    ([name, value]) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\0-\x08\x0a-\x1f\x7f]/.test(value),
  );
  if (invalid !== undefined) flaws.push(`the header ${JSON.stringify(invalid[0].slice(0, 40))} has invalid characters`);
  if (counts.has("content-length") && counts.has("transfer-encoding")) flaws.push("both content-length and transfer-encoding");
  const size = response.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, response.statusLine.length + 2);
  if (size > 4096) flaws.push(`its header section has ${size} bytes`);
  if (response.bodyBytes > 0 && !counts.has("content-type")) flaws.push("it has a body and no content-type");
  if (response.isMislabelled === true)
    flaws.push(`its body is not the ${toHeaderRecord(response.headers)["content-encoding"]} that its headers say`);
  if (wantsJson && toHeaderRecord(response.headers)["content-type"]?.includes("json") === true && !isJson(response.body))
    flaws.push("its content-type says JSON and its body is none");
  return flaws;
}

function isJson(body: string | undefined): boolean {
  try {
    JSON.parse(body ?? "");
    return true;
  } catch {
    return false;
  }
}

/** Parts of the names of exceptions that drivers and clients throw, and messages of fetch. */
const CALLED = anyWord`
  Connect Timeout Pool Socket Database SQL PDO JDBC Operational ResourceAccess Network Redis Mongo Kafka Amqp`;
const OF_CALL = new RegExp(String.raw`${CALLED}\w{0,60}(?:Exception|Error)\b|\bSQLSTATE\b|\bfetch failed\b`);

/** True for an error of a call that failed. That nothing caught it is then not the cause. */
function tellsOfCall(body = ""): boolean {
  const text = body.slice(0, READ_CHARACTERS);
  return findRuntimeWords(text) !== undefined && OF_CALL.test(text) && !DEFECT.test(text);
}

/** Weighs the status itself and the state of the rest of the host. */
function weighStatus({ probes, maker }: ProbeFindings): readonly ProbeEvidence[] {
  const [first, ...others] = probes;
  if (first?.response === undefined) return [];
  const { status } = first.response;
  const headers = toHeaderRecord(first.response.headers);
  const found: ProbeEvidence[] = [];
  const remaining = headers["x-ratelimit-remaining"] ?? /(?:^|;)\s*r=(\d+)/.exec(headers["ratelimit"] ?? "")?.[1];
  if (status >= 500 && remaining?.trim() === "0")
    found.push({
      cause: "rate-limited-as-5xx",
      evidence: { statement: "the quota is used up", measured: `remaining 0, status ${status}`, source: "header", weight: 3 },
    });
  const simple = others.find(({ purpose, response }) => purpose === "simple" && response !== undefined && response.status < 400);
  if (maker.maker === "app" && status === 500 && !tellsOfCall(first.response.body)) {
    const weight = simple === undefined ? 1.2 : 1.8;
    const statement = simple === undefined ? "the app answers 500" : "the app answers 500 here, and other routes of it work";
    found.push({
      cause: "unhandled-exception",
      evidence: {
        statement,
        measured: `status ${status}${simple === undefined ? "" : `; ${simple.url} answers ${simple.response?.status}`}`,
        source: "probe",
        weight,
      },
    });
  }
  const smaller = others.find((probe) => probe.purpose === "body-size" && !isFailedProbe(probe));
  if (maker.maker === "app" && status === 500 && smaller !== undefined) {
    found.push({
      cause: "invalid-input-unguarded",
      evidence: {
        statement: "the same route answers other input",
        measured: `${smaller.response?.status} for ${smaller.requestBodyBytes} bytes`,
        source: "probe",
        weight: 1.5,
      },
    });
  }
  return found;
}
