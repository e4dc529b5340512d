import { findMemoryGrowth, isYetToReport } from "../signs/memory-growth.ts";
import { type CauseRule, hear } from "../findings.ts";

const WORDS =
  /heap out of memory|OutOfMemoryError|OOMKilled|GC overhead limit|MemoryError|Allocation failed|memory limit|Allowed memory size of/i;
/** The ways in which callers experience a process that is out of memory: late, gone, or failing by itself. */
const MET = new Set(["own", "absent-callee", "slow-callee", "late-callee", "silent-callee", "stalled"]);
/** Memory grows until the process fails. */
export const memoryLeak: CauseRule = {
  sign: "memory that keeps growing until the process fails, or out-of-memory errors",
  weigh: (findings) => {
    const { origin, originCalls, metrics } = findings;
    // What a database says about memory concerns its own.
    const isStore = /database|cache/.test(origin?.step.call?.peer.kind ?? "") && origin?.step.hop === undefined;
    const said = isStore ? [] : hear(findings, WORDS, { statement: "the process ran out of memory", weight: 2 });
    if (origin === undefined || !MET.has(origin.judgement.originKind)) return { evidence: said };
    // A process that raises an error of its own has enough memory to do so.
    if (said.length === 0 && origin.judgement.originKind === "own") return { evidence: [] };
    const growth = findMemoryGrowth(metrics, origin.step.service);
    const failedMs = originCalls.reduce((first, { endMs }) => Math.min(first, endMs), Infinity);
    const isAmbiguous = said.length === 0 && isYetToReport(metrics, origin.step.service, failedMs);
    return { evidence: growth === undefined ? said : [...said, growth], isAmbiguous };
  },
};
