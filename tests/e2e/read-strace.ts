/**
 * Reads a log of `strace -f` of a store process in which every request made one journal record. A record is durable when its write to a
 * file that was opened with `O_DSYNC` has returned (open(2)), or an `fdatasync` that was begun after it was written; the n-th answer needs
 * n durable records.
 */

/** What the log shows. */
export type StraceOutcome = { readonly answers: number; readonly syncs: number; readonly violations: number };

const LINE = /^(\d+) +(.*)$/;
/** The journal is written with header and payload of each record as two buffers of one call, and its end; SQLite writes single buffers. */
const JOURNAL_WRITE = /^pwritev\((\d+), .*, (\d+), \d+\) = \d+$/;
const OPENED = /^openat\(.* = (\d+)$/;
const ANSWER = /^(?:write|writev|sendto|sendmsg)\(\d+, .*"HTTP\/1\.1 200/;

/** The calls of a log, joined where another thread interrupted them: where each began and where it returned. */
export function listEvents(log: string): { readonly at: "begin" | "end"; readonly call: string; readonly thread: string }[] {
  const unfinished = new Map<string, string>();
  return log.split("\n").flatMap((line) => {
    const [, thread = "", text = ""] = LINE.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    if (resumed !== undefined) {
      const call = `${unfinished.get(thread) ?? ""}${resumed}`.trim();
      unfinished.delete(thread);
      return [{ at: "end", call, thread } as const];
    }
    if (text.endsWith("<unfinished ...>")) {
      const call = text.slice(0, -"<unfinished ...>".length).trimEnd();
      unfinished.set(thread, call);
      return [{ at: "begin", call, thread } as const];
    }
    const call = text.replace(/\) +=/, ") =");
    return [{ at: "begin", call, thread } as const, { at: "end", call, thread } as const];
  });
}

/** Counts answers that were written before their record was durable. */
export function countUnsyncedAnswers(log: string): StraceOutcome {
  const journalFiles = new Set<string>();
  const syncedFiles = new Set<string>();
  const coveredBy = new Map<string, number>();
  let written = 0;
  let durable = 0;
  let answers = 0;
  let syncs = 0;
  let violations = 0;
  for (const { at, call, thread } of listEvents(log)) {
    const whole = call.replace(/\) +=/, ") =");
    const write = JOURNAL_WRITE.exec(whole);
    const opened = OPENED.exec(whole)?.[1];
    const synced = /^fdatasync\((\d+)/.exec(call)?.[1];
    if (at === "end" && write !== null) {
      journalFiles.add(write[1] ?? "");
      // Behind the records stands the end of the journal, one buffer more.
      written += Math.floor(Number(write[2]) / 2);
      if (!syncedFiles.has(write[1] ?? "")) continue;
      durable = written;
      syncs += 1;
    } else if (at === "end" && opened !== undefined) {
      if (call.includes("O_DSYNC")) syncedFiles.add(opened);
      else syncedFiles.delete(opened);
    } else if (at === "begin" && synced !== undefined) coveredBy.set(thread, written);
    else if (at === "end" && synced !== undefined && /\) += 0$/.test(call) && journalFiles.has(synced)) {
      durable = Math.max(durable, coveredBy.get(thread) ?? 0);
      syncs += 1;
    } else if (at === "begin" && ANSWER.test(call)) {
      answers += 1;
      if (answers > durable) violations += 1;
    }
  }
  return { answers, syncs, violations };
}
