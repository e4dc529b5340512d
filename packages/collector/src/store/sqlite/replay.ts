/** Applies, after a start, the part of the journal that the database does not hold or that the window still needs. */
import type { FrameHeader } from "../journal/frame.ts";
import type { JournalStart } from "../journal/journal.ts";
import { readJournal, toTime } from "../journal/read-journal.ts";
import type { Ledger } from "../ledger.ts";
import type { Ingest } from "./ingest.ts";
import { readRecord, releaseIntake } from "./intake.ts";
import type { Progress } from "./progress.ts";

/** What a replay works on. */
export type ReplayParts = {
  /** How far the database says that it follows the journal. */
  readonly saved: Progress;
  readonly ledger: Ledger;
  readonly ingest: Ingest;
  readonly steadyNow: () => number;
};

/** Where the journal continues, and one sentence for each damage that was found. */
export type Replayed = JournalStart & { readonly findings: readonly string[] };

/** Reads the journal again. What can no longer be read is counted as dropped, to the item, and reported. */
export function replayJournal(directory: string, { saved, ledger, ingest, steadyNow }: ReplayParts): Replayed {
  const { applied, counted, replayFrom, lastNumber, items } = saved;
  const findings: string[] = [];
  ledger.restore(saved.ledger);
  const end = readJournal(directory, {
    position: replayFrom,
    knownNumber: lastNumber,
    onRecord: (record) => {
      const { position, receivedMs } = record;
      const [keep, count] = [position >= applied, position >= counted];
      const intake = readRecord(record.kind, record.payload);
      const lost = record.items - (intake.ok ? intake.value.items : 0);
      if (lost > 0) {
        findings.push(describeLoss(record, lost, intake.ok ? undefined : intake.error));
        if (keep) ledger.countDropped("corrupted", lost);
      }
      if (!intake.ok) return;
      // It cannot have arrived later than now, whatever the clock said then.
      const steadyMs = Math.min(receivedMs, steadyNow());
      ingest.apply(intake.value, { position, nowMs: receivedMs, steadyMs, keep, count });
      releaseIntake(intake.value);
    },
  });
  if (end.lostItems > 0) ledger.countDropped("corrupted", end.lostItems);
  return {
    position: Math.max(end.position, applied),
    lastNumber: Math.max(end.lastNumber, lastNumber),
    itemsBefore: Math.max(end.itemsBefore, items),
    findings: [...findings, ...end.findings],
  };
}

function describeLoss({ number, items, receivedMs }: FrameHeader, lost: number, error: string | undefined): string {
  return error === undefined
    ? `Journal record ${number} holds ${items} items, of which ${lost} cannot be read any more and were lost.`
    : `Journal record ${number} cannot be read (${error}): ${items} items received ${toTime(receivedMs)} were lost.`;
}
