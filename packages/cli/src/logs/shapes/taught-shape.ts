/** The members of an exchange that the core on WebAssembly reads, in its order. */
export const MEMBERS = ["status", "timeMs", "method", "path", "durationMs", "requestBytes", "upstream"] as const;
/** One of them. */
export type Member = (typeof MEMBERS)[number];

/** Longer lines do not serve as examples. */
export const MAX_EXAMPLE = 4096;

/** A line and the bounds of its tokens. */
export type Example = { readonly bytes: Uint8Array; readonly starts: Int32Array; readonly ends: Int32Array };

/** What the core must know about a shape to read its lines. */
export type TaughtShape = {
  readonly format: string;
  /** Changes whenever the knowledge about the shape changes. */
  readonly revision: number;
  /** One of its lines. The others differ from it only in tokens that are not constant. */
  readonly example: Example | undefined;
  readonly signature: number;
  /** For each token, the kinds of characters that it may have, its hash, and whether that hash is the same in all lines. */
  readonly classes: readonly number[];
  readonly hashes: readonly number[];
  readonly areConstant: readonly boolean[];
  /** The places of a member, each as a `spot` of taught.h. */
  readonly places: (member: Member) => readonly (readonly number[])[];
  /** The time of the current line at one of its places, Unix ms. */
  readonly readTime: (index: number) => number | undefined;
};
