/** The playbook for one failing request that can be sent again: from probes to verdict, on one screen. */
import {
  CAUSES,
  type CauseId,
  DIAGNOSED_CONFIDENCE,
  type Diagnosis,
  type Evidence,
  type HopAccount,
  type MissingEvidence,
  type NextCheck,
  type Platform,
  type RankedCause,
  toPlatform,
} from "@faultline/model";
import type { ProbeEvidence } from "./diagnose/probes/probe-evidence.ts";
import { readTlsFlaws, type TlsFlaw } from "./diagnose/probes/read-tls-flaws.ts";
import { weighProbes } from "./diagnose/probes/weigh-probes.ts";
import type { CheckTemplate } from "./diagnose/checks/checks-by-cause.ts";
import { PLATFORM_CHECKS, RECENT_LOGS } from "./diagnose/checks/checks-by-platform.ts";
import { fillCheck } from "./diagnose/checks/fill-check.ts";
import { quoteWord } from "./diagnose/checks/fill-words.ts";
import type { CheckWords } from "./diagnose/checks/read-check-words.ts";
import { planGuard } from "./guard/plan-guard.ts";
import {
  findRewriter,
  hostOf,
  judgeMaker,
  type MakerJudgement,
  type ProbeSeries,
  type ProxyStatement,
} from "./isolate/responses/judge-maker.ts";
import { findJudged, isCutShort, isFailedProbe, isOfRoute, isRefusedProbe, type Probe } from "./isolate/responses/probe.ts";

export type { MakerJudgement, ProbeSeries, ProxyStatement } from "./isolate/responses/judge-maker.ts";
export {
  findJudged,
  isCutShort,
  isFailedProbe,
  type Probe,
  type ProbeFailure,
  type ProbePurpose,
  type ProbeResponse,
  toHeaderRecord,
} from "./isolate/responses/probe.ts";

export type { CertificateAccount, HandshakeTry, TlsHandshake } from "./isolate/responses/tls-handshake.ts";

/**
 * The result of a triage: the verdict, who wrote the failing response, and what is wrong with the host's TLS, whether the request failed
 * because of it or not.
 */
export type Triage = { readonly diagnosis: Diagnosis; readonly maker: MakerJudgement; readonly tlsFlaws: readonly Evidence[] };

/** The log-odds of "something that no probe shows", which a cause has to outweigh. */
const UNSEEN_WEIGHT = 1;

/** Finds which hop made this failure and why, from probes alone. Deterministic. */
export function triageProbes(sent: ProbeSeries, window: { readonly fromMs: number; readonly toMs: number }): Triage {
  // If only a repetition failed, that one is the failing request, and the first is a good one to compare it with.
  const [earliest] = sent.probes as [Probe, ...Probe[]]; // judgeMaker refuses an empty series
  const first = findJudged(sent.probes as [Probe, ...Probe[]]);
  const series = { ...sent, probes: [first, ...sent.probes.filter((probe) => probe !== first && !isCutShort(probe, earliest))] };
  const maker = judgeMaker(series);
  const isRefused = isRefusedByGateway(series.probes);
  const failing = series.probes.filter(
    (probe) => isOfRoute(probe) && (isFailedProbe(probe) || (isRefused && isRefusedProbe(probe))),
  ).length;
  const isMasked = !isFailedProbe(first) && maker.matches.some(({ signature }) => signature.cause === "masked-by-middleware");
  const isFailing = isFailedProbe(first) || isMasked || isRefused;
  const tlsFlaws = readTlsFlaws(series.tls ?? [], { nowMs: window.toMs, failure: first.failure });
  const found = isFailing ? weighProbes({ probes: series.probes, maker, proxyStatus: series.proxyStatus, tlsFlaws }) : [];
  const causes = rank(found);
  const path = isFailing ? toPath(maker, series, isMasked) : [];
  const isCertain = (causes[0]?.confidence ?? 0) >= DIAGNOSED_CONFIDENCE;
  const diagnosis: Diagnosis = {
    verdict: isCertain ? "diagnosed" : "inconclusive",
    scope: {
      service: hostOf(first.url),
      route: `${first.method} ${pathOf(first.url)}`,
      window,
      failing,
      succeeding: series.probes.filter(isOfRoute).length - failing,
    },
    path,
    suspects: isFailing ? nameSuspects({ maker, path, isCertain, host: hostOf(first.url) }) : [],
    causes,
    ruledOut: CAUSES.filter((cause) => !causes.some((each) => each.cause === cause)).map((cause) => ({
      cause,
      because: "not seen: no probe showed a sign of it",
    })),
    missing: listMissing(series.probes, maker),
    next: listNext(series, maker, { causes, tlsFlaws }),
    guard: planGuard({
      causes,
      path,
      route: pathOf(first.url),
      platforms: { creating: maker.maker === "intermediary" ? toPlatform(maker.name) : undefined },
    }),
  };
  return { diagnosis, maker, tlsFlaws: tlsFlaws.map(({ evidence }) => evidence) };
}

type Suspected = {
  readonly maker: MakerJudgement;
  readonly path: readonly HopAccount[];
  readonly isCertain: boolean;
  readonly host: string;
};

/** The hop that created the failure. If nothing tells who wrote the answer, it is the host if a cause is certain, otherwise nobody. */
function nameSuspects({ maker, path, isCertain, host }: Suspected): Diagnosis["suspects"] {
  if (maker.maker === "unknown") return isCertain ? [{ service: host, score: maker.confidence }] : [];
  const origin = path.find(({ fate }) => fate === "created" || fate === "masked");
  return [{ service: origin?.service ?? maker.name, score: maker.confidence }];
}

/**
 * True for a refusal through the gateway although the backend answers the same request: the refusal is the gateway's own, or about its
 * identity.
 */
function isRefusedByGateway([first, ...others]: readonly Probe[]): boolean {
  const direct = others.find(({ purpose }) => purpose === "direct");
  return first !== undefined && isRefusedProbe(first) && (direct?.response?.status ?? 599) < 400;
}

function pathOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] || "/";
}

/** The confidence of each cause against the others and against something unseen. */
function rank(found: readonly ProbeEvidence[]): readonly RankedCause[] {
  const groups = Map.groupBy(found, ({ cause }) => cause);
  const weights = new Map([...groups].map(([cause, members]) => [cause, combine(members.map(({ evidence }) => evidence.weight))]));
  const all = [...weights.values()].reduce((sum, weight) => sum + Math.exp(weight), Math.exp(UNSEEN_WEIGHT));
  return [...groups]
    .map(([cause, members]) => ({
      cause,
      confidence: Math.exp(weights.get(cause) ?? 0) / all,
      evidence: members.map(({ evidence }) => evidence),
      against: [],
    }))
    .sort((a, b) => b.confidence - a.confidence);
}

/** The strongest sign counts in full, and each further one by half, because signs of one response are not independent. */
function combine(weights: readonly number[]): number {
  const [most = 0, ...rest] = [...weights].sort((a, b) => b - a);
  return most + rest.reduce((sum, weight) => sum + weight / 2, 0);
}

function toPath(maker: MakerJudgement, { probes, proxyStatus }: ProbeSeries, isMasked: boolean): readonly HopAccount[] {
  const [first] = probes;
  if (first === undefined) return [];
  const status = first.response === undefined ? "no response" : String(first.response.status);
  const operation = `${first.method} ${pathOf(first.url)}`;
  const behind = proxyStatus.find(({ receivedStatus }) => receivedStatus !== undefined)?.receivedStatus;
  const direct = probes.find(({ purpose, response }) => purpose === "direct" && (response?.status ?? 0) >= 500)?.response?.status;
  const received = direct ?? behind;
  const passed = maker.passed.filter((name) => name !== maker.name);
  const fate = received !== undefined && first.response !== undefined && received !== first.response.status ? "remapped" : "propagated";
  const rewriter = maker.maker === "app" ? undefined : findRewriter(proxyStatus, first);
  if (rewriter !== undefined)
    return toRewrittenPath(rewriter, maker, { operation, status, backend: `the app behind ${hostOf(first.url)}` });
  return [
    ...passed.map((service): HopAccount => ({ hop: service, service, operation, status, fate, evidence: [] })),
    {
      hop: maker.name,
      service: maker.name,
      operation,
      status: received === undefined ? status : String(received),
      fate: isMasked ? "masked" : "created",
      evidence: maker.evidence,
    },
  ];
}

/** A hop that wrote another answer over a server error did not make the failure. */
function toRewrittenPath(
  { proxy, receivedStatus }: ProxyStatement,
  { passed, evidence }: MakerJudgement,
  { operation, status, backend }: { readonly operation: string; readonly status: string; readonly backend: string },
): readonly HopAccount[] {
  const before = passed.filter((service) => service !== proxy);
  return [
    ...before.map((service): HopAccount => ({ hop: service, service, operation, status, fate: "propagated", evidence: [] })),
    { hop: proxy, service: proxy, operation, status, fate: "remapped", evidence },
    { hop: backend, service: backend, operation, status: String(receivedStatus), fate: "created", evidence: [] },
  ];
}

function listMissing(probes: readonly Probe[], maker: MakerJudgement): readonly MissingEvidence[] {
  const missing: MissingEvidence[] = [];
  if (maker.maker === "unknown")
    missing.push({
      what: "a sign of who wrote the response",
      wouldTell: "whether the gateway or the app behind it failed: send the request straight to the backend",
    });
  if (maker.maker !== "network" && !probes.some(({ purpose }) => purpose === "direct"))
    missing.push({ what: "the backend's own answer", wouldTell: "whether the gateway changed it" });
  const isGood = (probe: Probe): boolean => (probe.response?.status ?? 599) < 500 && !isRefusedProbe(probe);
  if (isReached(probes) && !probes.some((probe) => probe.purpose !== "direct" && isGood(probe)))
    missing.push({
      what: "a good answer of the same host",
      wouldTell: "which headers its own answers have, and whether only this route fails",
    });
  return missing;
}

/** False if no connection came about. Then the host's other answers are irrelevant. */
function isReached([first]: readonly Probe[]): boolean {
  return first?.failure === undefined || first.failure.phase === "request" || first.failure.phase === "response";
}

/** Repeats the failing request, past the gateway. */
const DIRECT = "npx faultline triage {{target}} --direct BACKEND_URL";

/** Checks from outside, where only the address is known. */
const CAUSE_CHECKS: Partial<Readonly<Record<CauseId, CheckTemplate>>> = {
  "dns-failure": { check: "Does the name resolve from here and from the server?", command: "dig +short {{host}}" },
  "connection-refused": {
    check: "Is the process running, and does it listen on that port? On {{host}}:",
    command: "ss -ltnp 'sport = :{{port}}'",
  },
  "tls-failure": {
    check: "Which certificate is served, for which name, until when?",
    command: "openssl s_client -connect {{host}}:{{port}} -servername {{host}} </dev/null | openssl x509 -noout -subject -dates",
  },
  "no-healthy-upstream": { check: "Which backends does the gateway call healthy, and since when?" },
  "gateway-timeout": {
    check: "How long does the backend need for this request, past the gateway?",
    command: DIRECT,
  },
  "dependency-timeout": {
    check: "Past whatever stands before it, does it answer, and what does it wait for: a query, a lock, a call, a free worker?",
    command: DIRECT,
  },
  "body-too-large": { check: "Which hop has a limit near that size (client_max_body_size, body parser, API gateway payload)?" },
  "gateway-mismatch": { check: "What does the gateway's error log say about the backend's response?" },
  "gateway-identity": { check: "With which identity does the gateway call its backend, and may it?" },
  "unhandled-exception": {
    check: "What does the app's log say at that moment?",
    command: "grep -rF -- {{requestId}} LOG_FOLDER",
  },
  "circuit-open": { check: "Which circuit breaker refuses, since when, and what did the calls fail with that it counted?" },
  "resource-exhausted": { check: "How full is the server: processor, memory, queue and connections, each against its limit?" },
  "rate-limited-as-5xx": { check: "Whose limit is it, what does it count, and how much of it is left?" },
};
const RESTARTED: CheckTemplate = {
  check: "Did the server's process end just then: its uptime, restarts and exit code, or the kernel's out-of-memory killer?",
  command: "journalctl --since -10m | grep -iE 'killed process|out of memory|segfault|main process exited'",
};

/** True if the failing request's connection was accepted and then broke before a response. */
function isBroken([first]: readonly Probe[]): boolean {
  return (
    first?.failure !== undefined &&
    (first.failure.phase === "response" || first.failure.phase === "request") &&
    /^(?:ECONNRESET|EPIPE)$/.test(first.failure.code)
  );
}

/** This many tries show how often the request fails. */
const ENOUGH_TRIES = 4;

/** A question for a request that also passed. It comes first, because an intermittent failure is searched for in a different way. */
function askHowOften({ probes, target }: ProbeSeries): CheckTemplate | undefined {
  const tries = probes.filter(({ purpose }) => purpose === "first" || purpose === "again");
  const failed = tries.filter(isFailedProbe).length;
  if (failed === 0 || failed === tries.length) return undefined;
  const check = `It failed in ${failed} of ${tries.length} tries: is one of several backends bad, or is a connection closed under it?`;
  if (tries.length >= ENOUGH_TRIES) return { check };
  return target === undefined
    ? { check: `${check} --repeat 20 tells how often` }
    : { check, command: "npx faultline triage {{target}} --repeat 20" };
}

function platformOf({ maker, name }: MakerJudgement): Platform | undefined {
  return maker === "intermediary" ? toPlatform(name) : undefined;
}

/** Which log to read, if it is known who wrote the answer. */
function checkLogs(maker: MakerJudgement, first: RankedCause | undefined): CheckTemplate | undefined {
  if (maker.maker === "app" && first?.cause !== "unhandled-exception")
    return { check: "The app wrote it: its log around this request says why.", command: "grep -rF -- {{requestId}} LOG_FOLDER" };
  if (maker.maker !== "intermediary") return undefined;
  const platform = platformOf(maker);
  const logs = platform === undefined ? undefined : RECENT_LOGS[platform];
  return withCommand("{{service}} wrote it: what do its logs of the last minutes say?", logs);
}

/** What the backend's own answer would tell, if nobody has asked it yet. */
function checkDirectly(probes: readonly Probe[], { maker }: MakerJudgement, first: RankedCause | undefined): readonly CheckTemplate[] {
  const isCertain = (first?.confidence ?? 0) >= DIAGNOSED_CONFIDENCE;
  const isRefused = probes.some((probe) => probe.purpose === "first" && isRefusedProbe(probe));
  const questions = [
    ...(maker === "intermediary" && !isCertain ? ["Does the backend itself answer?"] : []),
    ...(isRefused
      ? ["It is refused: does the backend refuse the same request too, or does the gateway, or may the gateway not call it?"]
      : []),
    ...(maker === "unknown" ? ["Send the request straight to the backend."] : []),
  ];
  return questions.map((check) => ({ check, command: DIRECT }));
}

type Weighed = { readonly causes: readonly RankedCause[]; readonly tlsFlaws: readonly TlsFlaw[] };

function listNext(series: ProbeSeries, maker: MakerJudgement, { causes, tlsFlaws }: Weighed): readonly NextCheck[] {
  const { probes } = series;
  const words = readWords(series, maker);
  const platform = platformOf(maker);
  const templates: readonly (CheckTemplate | undefined)[] = [
    askHowOften(series),
    ...causes
      .slice(0, 2)
      .flatMap(({ cause }) => [
        ...(platform === undefined ? [] : (PLATFORM_CHECKS[platform][cause] ?? [])),
        ...(cause === "tls-failure" && tlsFlaws.length > 0 ? tlsFlaws.map(({ check }) => check) : [CAUSE_CHECKS[cause]]),
      ]),
    ...(isBroken(probes)
      ? [RESTARTED, { check: "Does it break straight at the server too, past whatever stands before it?", command: DIRECT }]
      : []),
    checkLogs(maker, causes[0]),
    ...(probes.some(({ purpose }) => purpose === "direct") ? [] : checkDirectly(probes, maker, causes[0])),
  ];
  const checks = (series.target === undefined ? sayWhatToAdd(templates) : templates).flatMap((each) =>
    each === undefined ? [] : fillCheck(each, words),
  );
  return dropRepeatedCommands([...new Map(checks.map((each) => [each.check, each])).values()]);
}

/** If no single word names the request, the command that repeats it is given once, as what to add to the original words. */
function sayWhatToAdd(templates: readonly (CheckTemplate | undefined)[]): readonly (CheckTemplate | undefined)[] {
  const first = templates.find((each) => each?.command === DIRECT);
  return templates.map((each) =>
    each === first && each !== undefined ? { check: `${each.check} Add --direct BACKEND_URL to the command.` } : each,
  );
}

/** Removes a command that an earlier check already has, since its output answers both. */
function dropRepeatedCommands(checks: readonly NextCheck[]): readonly NextCheck[] {
  return checks.map((each, index) =>
    each.command !== undefined && checks.slice(0, index).some(({ command }) => command === each.command) ? { check: each.check } : each,
  );
}

function withCommand(check: string, command: string | undefined): CheckTemplate {
  return command === undefined ? { check } : { check, command };
}

/** The words for the templates: the address that was asked, and who answered. */
function readWords({ probes: [first], requestId, target }: ProbeSeries, maker: MakerJudgement): CheckWords {
  const [, scheme, host, port] = /^(https?):\/\/(?:[^@/?#]*@)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?/i.exec(first?.url ?? "") ?? [];
  return {
    service: maker.name,
    ...(requestId === undefined ? {} : { requestId: quoteWord(requestId) }),
    ...(host === undefined ? {} : { host, port: port ?? (scheme?.toLowerCase() === "https" ? "443" : "80") }),
    ...(target === undefined ? {} : { target: quoteWord(target) }),
  };
}
