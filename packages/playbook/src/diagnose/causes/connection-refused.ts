import type { Evidence } from "@faultline/model";
import { type CauseRule, type Findings, hear } from "../findings.ts";
import { findMemoryGrowth } from "../memory-growth.ts";
import { NO_SERVER_LEFT } from "./no-healthy-upstream.ts";

const WORDS = /\bECONNREFUSED\b|connection refused|refused the (?:TCP )?connection|ConnectException|actively refused/i;

/** Nothing listens where the caller connects. */
export const connectionRefused: CauseRule = {
  sign: "a refused connection",
  weigh: (findings) => {
    const evidence = hear(findings, WORDS, { statement: "the connection was refused: nothing listens at that address", weight: 4.5 });
    const peer = findings.origin?.step.call?.peer;
    if (evidence.length === 0) return { evidence };
    if (peer?.kind !== "database" && peer?.kind !== "cache") return { evidence, against: hearReason(findings) };
    const against = {
      statement: "what refused is the database: its failure says more",
      measured: peer.name,
      source: "span",
      weight: 2,
    } as const;
    return { evidence, against: [against] };
  },
};

/** Nothing listens where no server is left, or where the process ran out of memory: those say why. */
function hearReason(findings: Findings): readonly Evidence[] {
  const left = hear(findings, NO_SERVER_LEFT, { statement: "no server was left to send to", weight: 3 });
  const { origin, metrics } = findings;
  const growth = origin === undefined ? undefined : findMemoryGrowth(metrics, origin.step.service);
  return [...left, ...(growth === undefined ? [] : [{ ...growth, weight: 2.5 }])];
}
