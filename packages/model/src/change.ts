/**
 * Something that changed at a known time and may explain an onset: a deploy, a restart, a new configuration, a flag.
 * `inferred` ones come from telemetry: a first sight of a `service.version`, or of a new set of instances.
 */
export type Change = {
  readonly kind: "deploy" | "restart" | "config" | "flag" | "scale";
  readonly service: string;
  readonly timeMs: number;
  readonly version?: string;
  readonly previousVersion?: string;
  readonly instances?: readonly string[];
  readonly region?: string;
  readonly source: "declared" | "inferred";
  /** What a person would call it: a commit, a ticket, a flag and its variant. */
  readonly description?: string;
};
