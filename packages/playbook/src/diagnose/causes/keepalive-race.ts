import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import type { Call, Hop } from "../../isolate/hops/hop-shape.ts";
import { isLogOnlySpan } from "../../isolate/log-only/log-only-requests.ts";
import { CLOSED, REFUSED } from "../../isolate/words/connection-words.ts";
import { type CauseRule, type Findings, hear } from "../findings.ts";

/** If a close crosses a request, the reset arrives within one round trip. Without good calls to compare with, this counts as a long one. */
const ROUND_TRIP_MS = 50;

/** The server closed an idle connection at the moment in which the caller used it again. */
export const keepaliveRace: CauseRule = {
  sign: "a reset within milliseconds on a connection that was open already, now and then",
  weigh: (findings) => {
    const evidence = hear(findings, CLOSED, { statement: "the connection was closed under the request", weight: 2.5 });
    if (evidence.length === 0) return { evidence };
    const wait = measureWait(findings);
    if (findings.origin?.judgement.originKind === "cut-callee") return { evidence, against: [hearTaken(findings)], isAmbiguous: true };
    // Crashed, killed and halted processes reset connections as well. Only its speed distinguishes a race from them.
    if (wait === undefined || findings.sayings.some(({ text }) => REFUSED.test(text))) return { evidence, isAmbiguous: true };
    if (wait.waitMs > wait.roundTripMs) return { evidence, against: [hearWait(wait)], isAmbiguous: true };
    return { evidence: [...evidence, hearHaste(wait), ...isRare(findings)] };
  },
};

type Wait = { readonly waitMs: number; readonly roundTripMs: number };

/** The duration of the failing calls, beside the least duration of a good call of this kind; medians, ms. */
function measureWait({ origin, originCalls, succeeding }: Findings): Wait | undefined {
  // A call that only an error mentions was not measured.
  const waitMs = medianOf(originCalls.filter(({ from }) => !isLogOnlySpan(from.span)).map(lastingOf));
  if (origin === undefined || waitMs === undefined) return undefined;
  const good = succeeding.flatMap(({ entry }) => listCalls(entry)).filter((call) => call.outcome.kind === "ok" && isSamePeer(call, origin));
  if (![...originCalls, ...good].some(isTimed)) return undefined;
  return { waitMs, roundTripMs: Math.max(ROUND_TRIP_MS, medianOf(good.map(lastingOf)) ?? 0) };
}

/** False for a call from a log without durations, in which every call seems to take no time. */
function isTimed({ from, startMs, endMs }: Call): boolean {
  return !isExchangeSpan(from.span) || endMs > startMs;
}

function lastingOf({ startMs, endMs }: Call): number {
  return endMs - startMs;
}

function isSamePeer({ peer }: Call, { step }: NonNullable<Findings["origin"]>): boolean {
  return peer.name === step.service || peer.name === step.call?.peer.name;
}

function listCalls(hop: Hop): readonly Call[] {
  return hop.calls.flatMap((call) => [call, ...(call.callee === undefined ? [] : listCalls(call.callee))]);
}

function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

function hearTaken({ origin }: Findings): Evidence {
  const measured = origin?.step.operation ?? "";
  return { statement: "the request had been taken up: its connection was not an idle one", measured, source: "span", weight: 2.5 };
}

function hearHaste({ waitMs }: Wait): Evidence {
  return { statement: "it happened at once, before any work could be done", measured: formatMs(waitMs), source: "span", weight: 1.5 };
}

function hearWait({ waitMs, roundTripMs }: Wait): Evidence {
  return {
    statement: "the requests had waited before their connections were closed, longer than a close that crosses them can take",
    measured: `${formatMs(waitMs)}, where ${formatMs(roundTripMs)} would be long`,
    source: "span",
    weight: 2.5,
  };
}

function isRare({ scope }: Findings): readonly Evidence[] {
  if (scope.succeeding < scope.failing * 4) return [];
  const measured = `${scope.failing} failing, ${scope.succeeding} good`;
  return [{ statement: "most requests on the same way succeed", measured, source: "span", weight: 1 }];
}
