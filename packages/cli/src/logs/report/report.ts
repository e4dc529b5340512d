import type { CauseId, Diagnosis, Evidence, Fate, Interval, MadeBy, NextCheck, RankedCause } from "@faultline/model";

/** What the joined error and application logs say about a group of failures. */
export type JoinedMessage = {
  readonly text: string;
  readonly format: string;
  /** The number of failures with such a message, and of those examined. If there are many failures, only some are examined. */
  readonly count: number;
  readonly lookedAt: number;
  readonly by: "request id" | "time and path" | "time and client";
  /** The upstream that the program asked, as the message names it. */
  readonly upstream?: string;
};

/** The server errors of one route with one status. */
export type RouteErrors = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly count: number;
  /** All requests of the route, and the share of them that failed with this status, with its 95 % interval (Wilson). */
  readonly requests: number;
  readonly share: Interval;
  readonly firstMs?: number;
  readonly lastMs?: number;
  /** Counts over the report's window in equal steps. */
  readonly overTime: readonly number[];
  readonly failingMedianMs?: number;
  readonly okMedianMs?: number;
  /** Who wrote the response according to the lines, and what the observer did with the failure. */
  readonly madeBy: MadeBy & {
    readonly observer: string;
    readonly fate?: Fate;
    /** The service behind the observer, where a log of its own shows that it failed. */
    readonly service?: string;
  };
  readonly causes: readonly RankedCause[];
  readonly next: readonly NextCheck[];
  readonly joined: readonly JoinedMessage[];
  readonly requestIds: readonly string[];
  /** The first lines, verbatim from the log. They may hold anything a client sent. */
  readonly lines: readonly string[];
};

/** Failures of an upstream that a retry hid from the client. */
export type HiddenErrors = {
  readonly method: string;
  readonly route: string;
  readonly count: number;
  readonly requests: number;
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly statuses: readonly { readonly status: string; readonly count: number }[];
  readonly upstreams: readonly { readonly address: string; readonly count: number }[];
  readonly line: string;
};

/** A pattern in the failures that points to a cause, on one route or in the whole log. */
export type Pattern = {
  readonly pattern:
    | "one-route"
    | "every-route"
    | "steady-delay"
    | "after-restart"
    | "onset"
    | "large-bodies"
    | "with-traffic"
    | "one-upstream"
    | "hidden-by-retries"
    | "logged-reason"
    | "memory-before"
    | "behind-good-status";
  readonly evidence: Evidence;
  readonly next: NextCheck;
  /** The share of the failures with this pattern, if it may be less than all of them. */
  readonly share?: number;
  /** The cause that the pattern suggests, and how certain that is. */
  readonly speaksFor?: { readonly cause: CauseId; readonly confidence: number };
};

/** One row of `--group-by`. */
export type GroupRow = { readonly name: string; readonly count: number };

/** What `faultline logs` says; `--json` prints it as it is. */
export type Report = {
  readonly files: readonly string[];
  /** The options that left something out of the report: --route, --from, --to. */
  readonly narrowedBy: readonly string[];
  readonly window?: { readonly fromMs: number; readonly toMs: number };
  readonly lines: number;
  readonly requests: number;
  readonly messages: number;
  readonly unparsed: { readonly count: number; readonly examples: readonly string[] };
  readonly formats: readonly { readonly format: string; readonly lines: number }[];
  readonly errors: { readonly count: number; readonly share: Interval };
  readonly traffic: readonly number[];
  readonly errorsOverTime: readonly number[];
  readonly routes: readonly RouteErrors[];
  /** Rows left out of `routes` because of `--top`. */
  readonly moreRoutes: number;
  readonly groups?: { readonly by: string; readonly rows: readonly GroupRow[] };
  readonly hidden: readonly HiddenErrors[];
  readonly patterns: readonly Pattern[];
  readonly diagnosis: Diagnosis;
};
