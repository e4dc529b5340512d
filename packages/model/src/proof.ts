/** The failing request of a proof, redacted, and the contract that its answer must keep once the bug is fixed. */
export type RecordedRequest = {
  readonly method: string;
  /** Path with query, as sent, redacted. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True when the recorder cut the body at its limit: the proof may then not reproduce the failure. */
  readonly bodyTruncated: boolean;
};

/** A regression test made from one failing request. */
export type Proof = {
  readonly failure: {
    readonly traceId: string;
    readonly fingerprint: string;
    readonly service: string;
    readonly route: string;
    readonly status: number;
  };
  readonly request: RecordedRequest;
  /** The test: a file for the team's own runner. */
  readonly fileName: string;
  readonly source: string;
  /** What a person must know before trusting it: redacted values, cut bodies, dependencies that the test does not hold still. */
  readonly caveats: readonly string[];
};
