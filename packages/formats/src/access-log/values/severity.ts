/** The names of a record's level in structured logs. */
export const LEVEL = [
  "level",
  "severity",
  "log.level",
  "@level",
  "@l",
  "loglevel",
  "lvl",
  "severity_text",
  "severitytext",
  "levelname",
  "level_name",
];

/** OpenTelemetry's severity numbers for the common level words. */
const LEVELS: Readonly<Record<string, number>> = {
  trace: 1,
  trce: 1,
  trac: 1,
  trc: 1,
  blat: 1,
  vrb: 1,
  silly: 1,
  finest: 1,
  debug: 5,
  dbug: 5,
  dbg: 5,
  debg: 5,
  verbose: 5,
  fine: 5,
  info: 9,
  inf: 9,
  information: 9,
  informational: 9,
  default: 9,
  log: 9,
  http: 9,
  deprecated: 9,
  notice: 10,
  warn: 13,
  warning: 13,
  wrn: 13,
  error: 17,
  err: 17,
  erro: 17,
  fail: 17,
  severe: 17,
  crit: 18,
  critical: 18,
  alert: 19,
  emerg: 21,
  emergency: 21,
  fatal: 21,
  ftl: 21,
  panic: 21,
  pnc: 21,
};

/** A level's severity number, from a word in any case, or from pino's and bunyan's 10 to 60; 0 if it is neither. */
export function readSeverity(level: unknown): number {
  if (typeof level === "number") {
    if (level >= 60) return 21;
    return level >= 10 ? 1 + 4 * Math.floor(level / 10 - 1) : 0;
  }
  return typeof level === "string" && Object.hasOwn(LEVELS, level.toLowerCase()) ? (LEVELS[level.toLowerCase()] ?? 0) : 0;
}

/** The word for a severity number. */
export function nameSeverity(severity: number): string {
  if (severity >= 21) return "fatal";
  if (severity >= 17) return "error";
  if (severity >= 13) return "warn";
  if (severity >= 9) return "info";
  return severity >= 5 ? "debug" : "trace";
}
