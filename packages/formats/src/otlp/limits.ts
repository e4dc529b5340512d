/** Bounds on what one payload can make the decoder build. Anything beyond them is cut or rejected, and counted. */
export type DecodeLimits = {
  /** Spans, log records or data points of one payload; the rest is rejected. */
  readonly maxItems: number;
  /**
   * The most groups of items with a resource of their own; a payload with more is malformed. Each makes objects, though it may take two
   * bytes.
   */
  readonly maxResources: number;
  /** Attributes of one object; the rest is left out. OpenTelemetry SDKs send at most 128 by default. */
  readonly maxAttributes: number;
  /** Events and links of one span; the rest is left out. */
  readonly maxEvents: number;
  /** The most members in the lists and maps of one attribute, at any depth; the rest is left out. As JSON they would already be cut. */
  readonly maxMembers: number;
  /** Length of one text value in UTF-16 units; longer text is cut. */
  readonly maxTextLength: number;
  /** Nesting of one attribute value; deeper payloads are malformed. */
  readonly maxDepth: number;
};

/** The limits used when the caller names none. */
export const DEFAULT_LIMITS: DecodeLimits = {
  maxItems: 250_000,
  maxResources: 50_000,
  maxAttributes: 1_024,
  maxEvents: 1_024,
  maxMembers: 32_768,
  maxTextLength: 65_536,
  maxDepth: 32,
};

/** For what was accepted before, by whatever rule was in force then: a later bound must not take back what was acknowledged. */
export const ACCEPTED_LIMITS: DecodeLimits = { ...DEFAULT_LIMITS, maxResources: Infinity };
