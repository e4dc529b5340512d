import { setTimeout as sleep } from "node:timers/promises";
import type { Switchboard } from "../switchboard/switchboard.ts";
import type { TelemetrySink } from "./sink.ts";

/** How long each part of a round takes, ms. */
export type RoundTimes = {
  /** Ordinary traffic before the fault: the good requests that failing ones are compared with. */
  readonly quietMs: number;
  readonly onMs: number;
  /** After the fault; then until every service has told what it did after it. */
  readonly settleMs: number;
};

/** A service that sends nothing for this long after the fault will not send any more. */
const MOST_SILENT_MS = 45_000;

/**
 * Plays one round of one fault, or of none: quiet, on, off, and then until the last telemetry of the fault has arrived, which is late when a process
 * stood still on a busy machine. Resolves to the telemetry of the round, as lines of OTLP/JSON.
 */
export async function captureRound(
  { board, sink }: { readonly board: Switchboard; readonly sink: TelemetrySink },
  fault: string | undefined,
  { quietMs, onMs, settleMs }: RoundTimes,
): Promise<readonly string[]> {
  const lines = sink.take();
  lines.length = 0;
  await sleep(quietMs);
  lines.push(...sink.take());
  const expected = listTellers(lines);
  if (fault !== undefined) await board.turn(fault, true);
  await sleep(onMs);
  if (fault !== undefined) await board.turn(fault, false);
  await sleep(settleMs);
  const settledMs = Date.now();
  lines.push(...sink.take());
  const giveUpMs = performance.now() + MOST_SILENT_MS;
  const told = new Set<string>();
  while (expected.some((each) => !told.has(each)) && performance.now() < giveUpMs) {
    await sleep(200);
    const late = sink.take();
    for (const each of listTellers(late, settledMs)) told.add(each);
    lines.push(...late);
  }
  return lines;
}

/**
 * Which service of which region told by which signal what happened from a moment on: a span that ended then comes behind all that ended
 * before. Not which instance, since a deploy ends some for good.
 */
function listTellers(lines: readonly string[], fromMs = 0): readonly string[] {
  return lines.flatMap((line) => {
    const [service, region] = ["service.name", "cloud.region"].map(
      (key) => line.split(`"${key}","value":{"stringValue":"`)[1]?.split('"')[0],
    );
    const signal = /"resource(?:Spans|Metrics)"/.exec(line)?.[0];
    const isNew = [...line.matchAll(/"(?:endTimeUnixNano|timeUnixNano)":"(\d+)"/g)].some(([, time]) => Number(time) / 1e6 >= fromMs);
    return service === undefined || signal === undefined || !isNew ? [] : [`${service} ${region} ${signal}`];
  });
}
