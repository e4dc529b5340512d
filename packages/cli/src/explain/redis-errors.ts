import type { ErrorKnowledge } from "./error-knowledge.ts";

type Known = readonly [code: string, pattern: RegExp, meaning: string, cause: NonNullable<ErrorKnowledge["cause"]>, nextCheck: string];

const KNOWN: readonly Known[] = [
  [
    "OOM",
    /\bOOM command not allowed when used memory\b/,
    "Redis is at its maxmemory, and its policy lets nothing be evicted",
    "resource-exhausted",
    "redis-cli info memory; which keys have no time to live?",
  ],
  [
    "MOVED",
    /\bMOVED \d+ \S+:\d+|\bCLUSTERDOWN\b|\bCROSSSLOT\b/,
    "a slot is served by another node (MOVED), by nobody (CLUSTERDOWN), or the keys lie in several (CROSSSLOT)",
    "database-failure",
    "redis-cli cluster info; does the client speak the cluster's protocol?",
  ],
  [
    "READONLY",
    /\bREADONLY You can't write against a read only\b/,
    "written to a replica: mostly the primary moved, and the connection stayed",
    "database-failure",
    "redis-cli info replication where the service is connected; does the client ask Sentinel again?",
  ],
  [
    "WRONGTYPE",
    /\bWRONGTYPE\b/,
    "the key holds another type than the command is for",
    "unhandled-exception",
    "redis-cli type KEY: do two parts of the app use one key, or did a version change its type?",
  ],
  [
    "NOAUTH",
    /\b(?:NOAUTH|WRONGPASS|NOPERM)\b/,
    "the log-in is missing (NOAUTH), wrong (WRONGPASS), or may not do this (NOPERM)",
    "bad-configuration",
    "which URL and secret does the running process have? redis-cli acl whoami",
  ],
  [
    "LOADING",
    /\bLOADING Redis is loading\b/,
    "Redis has just started and reads its data; it answers nothing until then",
    "database-failure",
    "why did it start anew (memory, a deploy)? redis-cli info persistence",
  ],
  [
    "MISCONF",
    /\bMISCONF\b/,
    "Redis cannot write its snapshot and therefore takes no writes",
    "resource-exhausted",
    "the disk and rights of its folder; memory for the fork (vm.overcommit_memory)",
  ],
  [
    "BUSY",
    /\bBUSY Redis is busy running a script\b/,
    "a script runs for longer than its limit, and everybody else waits",
    "database-failure",
    "redis-cli script kill; which script is it, and over how many keys?",
  ],
  [
    "NOSCRIPT",
    /\bNOSCRIPT\b/,
    "the script is not in the server's cache: it restarted, or another node was asked",
    "database-failure",
    "does the client send EVAL when EVALSHA is not known?",
  ],
  [
    "max number of clients reached",
    /\bmax number of clients reached\b/,
    "Redis has as many connections as it may (maxclients, 10,000)",
    "pool-exhausted",
    "redis-cli client list: who holds them? Is a client made for each request?",
  ],
];

/** What Redis and its kin answer instead of a value: the first word of the error. */
export const REDIS_ERRORS: readonly ErrorKnowledge[] = KNOWN.map(([code, pattern, meaning, cause, nextCheck]) => ({
  code: `Redis ${code}`,
  pattern: new RegExp(`${pattern.source}|^${code}$`),
  meaning,
  madeBy: "the Redis server",
  cause,
  nextCheck,
  source: "Redis documentation",
}));
