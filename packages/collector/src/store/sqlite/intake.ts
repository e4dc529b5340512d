/** Reads a payload once: what the receipt says, what the journal writes, and what the window and the rollups take from it. */
import {
  ACCEPTED_LIMITS,
  type DecodeLimits,
  decodeLogs,
  decodeMetrics,
  DEFAULT_LIMITS,
  scanAccepted,
  scanTraces,
  TraceScan,
} from "@faultline/formats/otlp";
import { encodeLogs, encodeMetrics } from "@faultline/formats/otlp-encode";
import { type Exchange, fail, type LogRecord, type MetricPoint, type Result, succeed } from "@faultline/model";
import type { Payload } from "../contract.ts";
import type { RecordKind } from "../journal/frame.ts";
import { listLogFields, type LogField } from "./request-pieces.ts";

type Common = {
  /** What the journal writes: always protobuf (exchanges: JSON), so that later readers need to know one encoding only. */
  readonly bytes: Uint8Array;
  readonly items: number;
  readonly rejected: number;
  readonly rejectedBecause?: string;
};

/** A payload that was read. */
export type Intake =
  | (Common & { readonly kind: "traces"; readonly scan: TraceScan })
  | (Common & { readonly kind: "logs"; readonly logs: readonly LogRecord[]; readonly fields: readonly LogField[] })
  | (Common & { readonly kind: "metrics"; readonly points: readonly MetricPoint[] })
  | (Common & { readonly kind: "exchanges"; readonly exchanges: readonly Exchange[] });

const MAX_IDLE_SCANS = 64;

/** Scans are large and reused; each belongs to one payload until it is released. */
const idleScans: TraceScan[] = [];

/** Releases what an intake holds; the intake must not be used afterwards. */
export function releaseIntake(intake: Intake): void {
  if (intake.kind === "traces" && idleScans.length < MAX_IDLE_SCANS) idleScans.push(intake.scan);
}

/** Reads a payload as it came; fails with one sentence when it cannot be read as a whole. */
export function readPayload({ signal, encoding, bytes }: Payload): Result<Intake> {
  if (signal === "traces") return readTraces((scan) => scanTraces(bytes, encoding, scan));
  const task = { bytes, encoding, limits: DEFAULT_LIMITS };
  return signal === "logs" ? readLogs(task) : readMetrics(task);
}

/** Reads a record of the journal. It was acknowledged, so limits that were introduced later must not refuse it. */
export function readRecord(kind: RecordKind, bytes: Uint8Array): Result<Intake> {
  const task = { bytes, encoding: "protobuf", limits: ACCEPTED_LIMITS } as const;
  switch (kind) {
    case "traces":
      return readTraces((scan) => scanAccepted(bytes, scan));
    case "logs":
      return readLogs(task);
    case "metrics":
      return readMetrics(task);
    case "exchanges":
      return readExchanges(bytes);
  }
}

/** What intermediaries wrote, as an intake. */
export function toExchangeIntake(exchanges: readonly Exchange[]): Intake {
  const bytes = new TextEncoder().encode(JSON.stringify(exchanges));
  return { kind: "exchanges", bytes, items: exchanges.length, rejected: 0, exchanges };
}

function readTraces(read: (scan: TraceScan) => Result<TraceScan>): Result<Intake> {
  const scan = idleScans.pop() ?? new TraceScan();
  const scanned = read(scan);
  if (!scanned.ok) {
    idleScans.push(scan);
    return scanned;
  }
  const because = scan.rejectedBecause === undefined ? {} : { rejectedBecause: scan.rejectedBecause };
  return succeed({ kind: "traces", bytes: scan.bytes, items: scan.spanCount, rejected: scan.rejected, ...because, scan });
}

type DecodeTask = Pick<Payload, "bytes" | "encoding"> & { readonly limits: DecodeLimits };

function readLogs({ bytes: payload, encoding, limits }: DecodeTask): Result<Intake> {
  const decoded = decodeLogs(payload, encoding, limits);
  if (!decoded.ok) return decoded;
  const { items: logs, ...rest } = decoded.value;
  const bytes = encoding === "json" || rest.rejected > 0 ? encodeLogs(logs) : payload;
  return succeed({ kind: "logs", bytes, items: logs.length, ...rest, logs, fields: listLogFields(bytes) });
}

function readMetrics({ bytes: payload, encoding, limits }: DecodeTask): Result<Intake> {
  const decoded = decodeMetrics(payload, encoding, limits);
  if (!decoded.ok) return decoded;
  const { items: points, ...rest } = decoded.value;
  const bytes = encoding === "json" || rest.rejected > 0 ? encodeMetrics(points) : payload;
  return succeed({ kind: "metrics", bytes, items: points.length, ...rest, points });
}

function readExchanges(bytes: Uint8Array): Result<Intake> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString());
    // The record's check sum was right, and only `toExchangeIntake` writes such records.
    return Array.isArray(parsed) ? succeed(toExchangeIntake(parsed as Exchange[])) : fail("exchanges that are no list");
  } catch {
    return fail("exchanges that are no JSON");
  }
}
