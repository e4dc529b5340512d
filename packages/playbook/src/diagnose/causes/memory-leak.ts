import { type CauseRule, hear } from "../findings.ts";

const WORDS = /heap out of memory|OutOfMemoryError|OOMKilled|MemoryError|Allocation failed|memory limit/i;
const MEMORY = /memory|heap|rss/i;

/** Memory grows until the process fails. */
export const memoryLeak: CauseRule = {
  sign: "memory that grows from restart to restart, with out-of-memory errors",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "the process ran out of memory", weight: 2 });
    if (said.length === 0) return { evidence: [] };
    const points = findings.metrics.filter(({ name, resource }) => MEMORY.test(name) && resource.service === findings.origin?.step.service);
    const [first, last] = [points[0], points[points.length - 1]];
    if (first === undefined || last === undefined || last.value < first.value * 1.5) return { evidence: said };
    return {
      evidence: [
        ...said,
        {
          statement: `${first.name} kept growing`,
          measured: `${first.value} to ${last.value} ${first.unit}`,
          source: "metric",
          weight: 2.5,
        },
      ],
    };
  },
};
