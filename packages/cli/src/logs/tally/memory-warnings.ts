import type { Exchange } from "@faultline/model";
import type { Pattern } from "../report/report.ts";

/** Heroku's runtime says of a dyno that it swaps (R14) or was killed for its memory (R15): `heroku[web.1]: Error R14 (...)`. */
const WARNING = /\bheroku(?:\[([\w-]+\.\d+)\]:| ([\w-]+\.\d+) \S+) (?:\S+ )?Error (R1[45]) \(/;
const MAX_WARNINGS = 4000;
/** R14 is repeated about every 20 s while it lasts; R15 is followed by a restart. */
const BEFORE_MS = 300_000;

type Warning = { readonly timeMs: number; readonly dyno: string; readonly code: string };

/** What a platform said of the memory of its instances. */
export class MemoryWarnings {
  private readonly warnings: Warning[] = [];

  /** Looks at one line of a platform's log. */
  add(line: string, timeMs: number | undefined): void {
    if (timeMs === undefined || this.warnings.length >= MAX_WARNINGS || !line.includes("Error R1")) return;
    const match = WARNING.exec(line.slice(0, 1000));
    if (match !== null) this.warnings.push({ timeMs, dyno: match[1] ?? match[2] ?? "", code: match[3] ?? "" });
  }

  /** True while nothing was said. */
  get isEmpty(): boolean {
    return this.warnings.length === 0;
  }

  /** Takes in what was said later. */
  merge(later: MemoryWarnings): void {
    this.warnings.push(...later.warnings.slice(0, MAX_WARNINGS - this.warnings.length));
  }

  /** Time-outs (H12) and lost connections (H13) of dynos that were out of memory when the request came or while it waited. */
  explain(failures: readonly Exchange[]): Pattern | undefined {
    const lost = failures.filter(isLost);
    const explained = lost.filter((exchange) => this.isMeant(exchange));
    if (explained.length === 0 || explained.length * 2 < lost.length) return undefined;
    const codes = [...new Set(this.warnings.map(({ code }) => code))].sort().join(" and ");
    return {
      pattern: "memory-before",
      evidence: {
        statement: `the dynos were out of memory (${codes}) before the requests timed out: they swapped, the route need not be slow`,
        measured: `${explained.length} of ${lost.length} H12 and H13 came within ${BEFORE_MS / 60_000} min after such a line of the same dyno`,
        source: "access-log",
        weight: 4,
      },
      next: { check: "memory of the dyno over time: what grew until R14, and with which release did it start?" },
    };
  }

  /** True of a request that was lost to a dyno that was out of memory then. */
  isMeant(exchange: Exchange): boolean {
    const { timeMs, instance } = exchange;
    if (timeMs === undefined || instance === undefined || !isLost(exchange)) return false;
    return this.warnings.some((warning) => warning.dyno === instance && warning.timeMs <= timeMs && timeMs - warning.timeMs <= BEFORE_MS);
  }
}

function isLost({ flags }: Exchange): boolean {
  return flags === "H12" || flags === "H13";
}
