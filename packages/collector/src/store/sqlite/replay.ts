/** Takes in again, after a start, what of the journal the database does not hold or the window still needs. */
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

/** Where the journal goes on from, and one sentence for each damage that was met. */
export type Replayed = JournalStart & { readonly findings: readonly string[] };

/** Reads the journal again; what cannot be read any more is counted as dropped, to the item, and told. */
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
      // It did not come later than now, whatever the clock said then.
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
