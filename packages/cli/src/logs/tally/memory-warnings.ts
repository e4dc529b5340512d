import type { Exchange } from "@faultline/model";
import type { Pattern } from "../report/report.ts";

/** Heroku's runtime reports that a dyno swaps (R14), or was killed because of its memory (R15): `heroku[web.1]: Error R14 (...)`. */
const WARNING = /\bheroku(?:\[([\w-]+\.\d+)\]:| ([\w-]+\.\d+) \S+) (?:\S+ )?Error (R1[45]) \(/;
const MAX_WARNINGS = 4000;
/** R14 is repeated about every 20 s as long as it lasts. A restart follows R15. */
const BEFORE_MS = 300_000;

type Warning = { readonly timeMs: number; readonly dyno: string; readonly code: string };

/** A platform's warnings about the memory of its instances. */
export class MemoryWarnings {
  private readonly warnings: Warning[] = [];

  /** Takes in one line of a platform's log. */
  add(line: string, timeMs: number | undefined): void {
    if (timeMs === undefined || this.warnings.length >= MAX_WARNINGS || !line.includes("Error R1")) return;
    const match = WARNING.exec(line.slice(0, 1000));
    if (match !== null) this.warnings.push({ timeMs, dyno: match[1] ?? match[2] ?? "", code: match[3] ?? "" });
  }

  /** True as long as there are no warnings. */
  get isEmpty(): boolean {
    return this.warnings.length === 0;
  }

  /** Takes in the warnings of a later part. */
  merge(later: MemoryWarnings): void {
    this.warnings.push(...later.warnings.slice(0, MAX_WARNINGS - this.warnings.length));
  }

  /**
   * Explains time-outs (H12) and lost connections (H13) by warnings: their dynos were out of memory when the request came or while it
   * waited.
   */
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

  /** True for a request that was lost while its dyno was out of memory. */
  isMeant(exchange: Exchange): boolean {
    const { timeMs, instance } = exchange;
    if (timeMs === undefined || instance === undefined || !isLost(exchange)) return false;
    return this.warnings.some((warning) => warning.dyno === instance && warning.timeMs <= timeMs && timeMs - warning.timeMs <= BEFORE_MS);
  }
}

function isLost({ flags }: Exchange): boolean {
  return flags === "H12" || flags === "H13";
}
