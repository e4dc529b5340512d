import type { Evidence } from "@faultline/model";
import { hearBareRefusal } from "../signs/bare-refusal.ts";
import { CLOSED, REFUSED } from "../../isolate/words/connection-words.ts";
import { type CauseRule, type Findings, type Saying, fromOnset, hear, isNamed } from "../findings.ts";
import { findMemoryGrowth, reportsMemory } from "../signs/memory-growth.ts";

import { NO_SERVER_LEFT } from "./no-healthy-upstream.ts";

/** HAProxy's SC, which also stands for a failed TLS handshake and for a host without a route. */
const UNCONNECTED = /termination SC/;

/** Nothing listens where the caller connects. */
export const connectionRefused: CauseRule = {
  sign: "a refused connection",
  weigh: (findings) => {
    const refused = hear(findings, REFUSED, {
      statement: "no connection came about: nothing listens at that address, or no way leads to it",
      weight: 4.5,
    });
    const evidence = refused.length === 0 ? [] : [...refused, ...fromOnset(findings, "connection-refused")];
    const peer = findings.origin?.step.call?.peer;
    if (evidence.length === 0)
      return { evidence: hearUnconnected(findings), against: hearReason(findings), isAmbiguous: !isNamed(findings, "connection-refused") };
    // A process that broke connections under requests before it refused new ones died while working. Then how it died is the cause.
    const isDead = hear(findings, CLOSED, { statement: "", weight: 1 }).length > 0;
    if (peer?.kind !== "database" && peer?.kind !== "cache") return { evidence, against: hearReason(findings), isAmbiguous: isDead };
    const against = {
      statement: "what refused is the database: its failure says more",
      measured: peer.name,
      source: "span",
      weight: 2,
    } as const;
    return { evidence, against: [against] };
  },
};

function hearUnconnected(findings: Findings): readonly Evidence[] {
  const flagged = hear(findings, UNCONNECTED, { statement: "no connection to the server came about, as when nothing listens", weight: 3 });
  return [...flagged, ...hearBareRefusal(findings, 1.3)];
}

/** Reasons why nothing listens: no server is left, or the process ran out of memory. They count against a mere refusal. */
function hearReason(findings: Findings): readonly Evidence[] {
  const left = hear(findings, NO_SERVER_LEFT, { statement: "no server was left to send to", weight: 3 });
  const { origin, metrics } = findings;
  const growth = origin === undefined ? undefined : findMemoryGrowth(metrics, origin.step.service);
  // What ended a process is no cause to be named while nobody measured its memory.
  const isMeasured = reportsMemory(metrics, origin?.step.service ?? "");
  const ended = findings.sayings.find(
    ({ text, isUntraced, source }) => (isUntraced === true || (isMeasured && source === "deploy")) && ENDED.test(text),
  );
  return [...left, ...(growth === undefined ? [] : [{ ...growth, weight: 2.5 }]), ...(ended === undefined ? [] : [describeEnd(ended)])];
}

/** Notes of others that a process was killed because of its memory. */
const ENDED = /OOMKill|\bpod Evicted: |\bwas sent SIGKILL/;

function describeEnd({ text, service, source }: Saying): Evidence {
  return { statement: `${service} was ended, which is why nothing listened`, measured: text.slice(0, 240), source, weight: 2.5 };
}
