import { type CauseRule, fromOnset, hear } from "../findings.ts";

const WORDS =
  /timeout exceeded when trying to connect|ResourceRequest timed out|connection is not available, request timed out|\bpool\b.{0,40}(?:exhaust|timed? ?out|no free|limit|full)|(?:exhaust|full).{0,20}\bpool\b|too many clients waiting|QueuePool limit|Timeout waiting for connection from pool|ConnectionPoolTimeout|HikariPool|PoolTimeout|PoolExhausted|Bulkhead(?:Full|Rejected)|bulkhead.{0,20}(?:full|exceeded|exhausted)|no free connections|prior to obtaining a connection from the pool|max pool size was reached|pool (?:size|limit).{0,30}reached|could not obtain a connection from the pool|connection limit exceeded for pool/i;

/** Every connection of a pool is in use, and a request waited for one in vain. */
export const poolExhausted: CauseRule = {
  sign: "an error of waiting for a free connection",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "no connection of the pool became free in time", weight: 5 });
    return { evidence: said.length === 0 ? [] : [...said, ...fromOnset(findings, "pool-exhausted")] };
  },
};
