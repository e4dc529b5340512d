/** A response as it came over the wire. */
export type ProbeResponse = {
  readonly status: number;
  /** `HTTP/1.1 502 Bad Gateway`, as sent. */
  readonly statusLine: string;
  /** In the order sent, names in the case sent. */
  readonly headers: readonly (readonly [string, string])[];
  /** The first part of the body, as text. */
  readonly body?: string;
  readonly bodyBytes: number;
  /** Why there may be more of the body than arrived; absent if the body is complete. */
  readonly bodyEnd?: "broke off" | "still coming" | "not read further";
  /** True if `Content-Encoding` names a coding that the body does not have. */
  readonly isMislabelled?: boolean;
};

/** Why there was no response, and in which phase. */
export type ProbeFailure = {
  readonly phase: "dns" | "connect" | "tls" | "request" | "response";
  /** The platform's code: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `TIMEOUT`, `HPE_INVALID_HEADER_TOKEN`. */
  readonly code: string;
  readonly message: string;
};

/** The purpose of a probe. */
export type ProbePurpose =
  /** The failing request itself. */
  | "first"
  /** The same request again. */
  | "again"
  /** A simple endpoint of the same host. */
  | "simple"
  /** The same request straight to the backend, past the gateway. */
  | "direct"
  /** The same route with a body of another size. */
  | "body-size"
  /** The same request over a connection that had been idle. */
  | "idle";

/** A request that was sent, and its result. Times are in ms. */
export type Probe = {
  readonly purpose: ProbePurpose;
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  readonly response?: ProbeResponse;
  readonly failure?: ProbeFailure;
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  readonly firstByteMs?: number;
  readonly totalMs: number;
  readonly requestBodyBytes: number;
  /** True if the request asked for JSON. */
  readonly wantsJson: boolean;
};

/** True for a probe that failed: a server error, no response, or a success that hides a failure. */
export function isFailedProbe({ response, failure }: Probe): boolean {
  return failure !== undefined || (response?.status ?? 0) >= 500;
}

/** True for the failing request itself, however often it was sent. */
export function isOfRoute({ purpose }: Probe): boolean {
  return purpose === "first" || purpose === "again" || purpose === "idle";
}

/** The probe that is judged: the first or, if that one passed, the first repetition that failed. */
export function findJudged(probes: readonly [Probe, ...Probe[]]): Probe {
  return probes.find((probe) => isOfRoute(probe) && isFailedProbe(probe) && !isCutShort(probe, probes[0])) ?? probes[0];
}

/** True for a repetition that was not waited for as long as the first try took to answer. It is unknown whether it would have failed. */
export function isCutShort(probe: Probe, first: Probe): boolean {
  return isOfRoute(probe) && probe.failure?.code === "TIMEOUT" && first.response !== undefined && probe.totalMs <= first.totalMs;
}

/**
 * True for an answer that refuses the caller: 401, 403 or 407. Only the backend's own answer tells whether it refuses the user or the
 * gateway.
 */
export function isRefusedProbe({ response }: Probe): boolean {
  return response !== undefined && [401, 403, 407].includes(response.status);
}

/** Headers by lower-case name, with repeated ones joined by a comma. */
export function toHeaderRecord(headers: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>; // a header may be called __proto__
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    record[key] = record[key] === undefined ? value : `${record[key]}, ${value}`;
  }
  return record;
}
