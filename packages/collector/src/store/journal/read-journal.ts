/**
 * Reads what a journal holds, past any damage. A record whose check sum is wrong is left out; a stretch without a readable header is
 * searched for the next one. Both are reported with exactly what they held where the headers around them tell.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { decodeHeader, findHeader, type FrameHeader, HEADER_BYTES, isEnd, toSeed } from "./frame.ts";
import { listSegments, type Segment } from "./segments.ts";

/** One record, with the position of its payload. */
type JournalRecord = FrameHeader & { readonly position: number; readonly payload: Uint8Array };

/** What reading a journal yields besides its records. */
export type JournalEnd = {
  /** Where the next segment may begin: after everything that is there, readable or not. */
  readonly position: number;
  readonly lastNumber: number;
  readonly itemsBefore: number;
  /** Items of records that cannot be read any more. */
  readonly lostItems: number;
  /** One sentence for each damage. */
  readonly findings: readonly string[];
};

type Progress = {
  number: number;
  items: number;
  lostItems: number;
  position: number;
  readonly knownNumber: number;
  readonly findings: string[];
};

/** Where a reader starts. Losses among records up to `knownNumber` are reported but not counted, because their items are stored elsewhere. */
export type ReadFrom = {
  readonly position: number;
  readonly knownNumber: number;
  readonly onRecord: (record: JournalRecord) => void;
};

/** Hands every readable record from a position on to `onRecord`, in order. */
export function readJournal(directory: string, { position, knownNumber, onRecord }: ReadFrom): JournalEnd {
  const segments = listSegments(directory);
  const first = Math.max(
    0,
    segments.findLastIndex((segment) => segment.base <= position),
  );
  const progress: Progress = { number: -1, items: 0, lostItems: 0, position, knownNumber, findings: [] };
  // The last segment with records may be followed by one that was prepared in advance.
  const last = segments.findLastIndex((segment) => hasRecords(segment));
  for (const [index, segment] of segments.slice(first).entries()) {
    const isLast = first + index >= last;
    readSegment(segment, { progress, isLast, onRecord: (record) => record.position >= position && onRecord(record) });
  }
  const { number, items, lostItems, findings } = progress;
  return { position: progress.position, lastNumber: Math.max(0, number), itemsBefore: items, lostItems, findings };
}

function hasRecords({ path, base }: Segment): boolean {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, "r");
  try {
    readSync(file, bytes, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return decodeHeader(bytes, 0, toSeed(base)) !== undefined;
}

type SegmentTask = { readonly progress: Progress; readonly isLast: boolean; readonly onRecord: (record: JournalRecord) => void };

function readSegment(segment: Segment, { progress, isLast, onRecord }: SegmentTask): void {
  const bytes = readFileSync(segment.path);
  const seed = toSeed(segment.base);
  progress.position = Math.max(progress.position, segment.base + bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const header = decodeHeader(bytes, at, seed);
    if (header === undefined) {
      const next = findHeader(bytes, at + 1, seed);
      const isTail = next === bytes.length && isLast;
      if (next < bytes.length || !isEnd(bytes, at)) reportGap(progress, { segment, at, bytes: next - at, isTail });
      at = next;
      continue;
    }
    noteMissing(progress, header);
    const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + header.length);
    const position = segment.base + at + HEADER_BYTES;
    if (payload.length === header.length && crc32(payload) === header.payloadCrc) {
      advance(progress, header);
      onRecord({ ...header, position, payload });
      at += HEADER_BYTES + header.length;
      continue;
    }
    const next = findNext(bytes, { at, header, seed });
    if (next === undefined && isLast) return reportGap(progress, { segment, at, bytes: bytes.length - at, isTail: true });
    loseRecord(progress, header, segment);
    at = next ?? bytes.length;
  }
}

/**
 * Where to continue after a damaged record; undefined when the record was not written completely, since then nothing of the segment follows it, not even
 * its end mark. The length cannot be damaged, because the header has its own check sum.
 */
function findNext(
  bytes: Buffer,
  { at, header, seed }: { readonly at: number; readonly header: FrameHeader; readonly seed: number },
): number | undefined {
  const behind = at + HEADER_BYTES + header.length;
  if (behind <= bytes.length && (isEnd(bytes, behind) || decodeHeader(bytes, behind, seed) !== undefined)) return behind;
  const next = findHeader(bytes, at + 1, seed);
  return next < bytes.length ? next : undefined;
}

function advance(progress: Progress, header: FrameHeader): void {
  progress.number = header.number;
  progress.items = header.itemsBefore + header.items;
}

/** Headers carry running counts: what lies between two of them was lost, and the second tells how much. */
function noteMissing(progress: Progress, header: FrameHeader): void {
  if (progress.number < 0) return;
  const records = header.number - progress.number - 1;
  const items = header.itemsBefore - progress.items;
  if (records <= 0) return;
  if (header.number - 1 > progress.knownNumber) progress.lostItems += items;
  progress.findings.push(`${records} journal records with ${items} items are damaged or missing and were lost.`);
}

function loseRecord(progress: Progress, header: FrameHeader, segment: Segment): void {
  advance(progress, header);
  if (header.number > progress.knownNumber) progress.lostItems += header.items;
  progress.findings.push(
    `Journal record ${header.number} in ${segment.path} fails its check sum: ${header.items} items received ${toTime(header.receivedMs)} were lost.`,
  );
}

/** When, in words. */
export function toTime(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? `at ${new Date(ms).toISOString()}` : "at an unknown time";
}

function reportGap(
  progress: Progress,
  gap: { readonly segment: Segment; readonly at: number; readonly bytes: number; readonly isTail: boolean },
): void {
  const where = `${gap.bytes} bytes at ${gap.at} of ${gap.segment.path}`;
  progress.findings.push(
    gap.isTail
      ? `The journal ends inside a record (${where}): a request that was not acknowledged, unless the file was damaged.`
      : `${where} are no journal record and were passed over.`,
  );
}
