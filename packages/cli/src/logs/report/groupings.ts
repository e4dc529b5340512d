/** The members by which failures can be counted. */
export const GROUPINGS = ["route", "status", "hop", "upstream", "client", "flags", "message"] as const;

/** One of them. */
export type GroupBy = (typeof GROUPINGS)[number];
