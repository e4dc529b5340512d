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
  /** Why there may be more of the body than came; absent where it came to its end. */
  readonly bodyEnd?: "broke off" | "still coming" | "not read further";
  /** `Content-Encoding` names a coding that the body does not have. */
  readonly isMislabelled?: boolean;
};

/** Why there was no response, and during what. */
export type ProbeFailure = {
  readonly phase: "dns" | "connect" | "tls" | "request" | "response";
  /** The platform's code: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `TIMEOUT`, `HPE_INVALID_HEADER_TOKEN`. */
  readonly code: string;
  readonly message: string;
};

/** What a probe was sent for. */
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
  /** The same request over a connection that lay idle. */
  | "idle";

/** One request that was sent, and what came of it. Times in ms. */
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
  /** The request asked for JSON. */
  readonly wantsJson: boolean;
};

/** A probe that failed: a server error, no response, or a success that hides a failure. */
export function isFailedProbe({ response, failure }: Probe): boolean {
  return failure !== undefined || (response?.status ?? 0) >= 500;
}

/** True for the failing request itself, however often it was sent. */
export function isOfRoute({ purpose }: Probe): boolean {
  return purpose === "first" || purpose === "again" || purpose === "idle";
}

/** The probe that is judged: the first, or where that one passed, the first try of the same request that failed. */
export function findJudged(probes: readonly [Probe, ...Probe[]]): Probe {
  return probes.find((probe) => isOfRoute(probe) && isFailedProbe(probe) && !isCutShort(probe, probes[0])) ?? probes[0];
}

/** A repetition that was not waited for as long as the first try's answer took: whether it would have failed nobody knows. */
export function isCutShort(probe: Probe, first: Probe): boolean {
  return isOfRoute(probe) && probe.failure?.code === "TIMEOUT" && first.response !== undefined && probe.totalMs <= first.totalMs;
}

/** An answer that refuses the caller: 401, 403 or 407. Whom it refuses, the user or the gateway, only the backend's own answer tells. */
export function isRefusedProbe({ response }: Probe): boolean {
  return response !== undefined && [401, 403, 407].includes(response.status);
}

/** Headers by lower-case name; repeated ones joined by a comma. */
export function toHeaderRecord(headers: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>; // a header may be called __proto__
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    record[key] = record[key] === undefined ? value : `${record[key]}, ${value}`;
  }
  return record;
}
