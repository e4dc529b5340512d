/** The members of an exchange that the core on WebAssembly reads, in its order. */
export const MEMBERS = ["status", "timeMs", "method", "path", "durationMs", "requestBytes", "upstream"] as const;
/** One of them. */
export type Member = (typeof MEMBERS)[number];

/** Longer lines are no examples. */
export const MAX_EXAMPLE = 4096;

/** A line and where its tokens stand in it. */
export type Example = { readonly bytes: Uint8Array; readonly starts: Int32Array; readonly ends: Int32Array };

/** What the core must know of a shape to read its lines. */
export type TaughtShape = {
  readonly format: string;
  /** Another number whenever what is known of it is. */
  readonly revision: number;
  /** One of its lines, from which all others differ in the tokens alone that are not constant. */
  readonly example: Example | undefined;
  readonly signature: number;
  /** Of each token: the kinds of character it may have, its hash, and whether that is the same in all lines. */
  readonly classes: readonly number[];
  readonly hashes: readonly number[];
  readonly areConstant: readonly boolean[];
  /** Where a member may stand, as a `spot` of taught.h. */
  readonly places: (member: Member) => readonly (readonly number[])[];
  /** The time of the line at hand at one of its places, Unix ms. */
  readonly readTime: (index: number) => number | undefined;
};
