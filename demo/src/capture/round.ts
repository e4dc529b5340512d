import { setTimeout as sleep } from "node:timers/promises";
import type { Switchboard } from "../switchboard/switchboard.ts";
import type { TelemetrySink } from "./sink.ts";

/** How long each part of a round takes, ms. */
export type RoundTimes = {
  /** Ordinary traffic before the fault: the good requests it is read against. */
  readonly quietMs: number;
  readonly onMs: number;
  /** After the fault; then until every service has been heard once more. */
  readonly settleMs: number;
};

/** A service that sends nothing for so long after the fault will not. */
const MOST_SILENT_MS = 45_000;

/**
 * One round of one fault, or of none: quiet, on, off, and until the last telemetry of the fault has come: a process that stood still
 * sends its own when it moves again, which on a busy machine is late. Resolves to the telemetry of the round, as lines of OTLP/JSON.
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
  const services = listServices(lines);
  if (fault !== undefined) await board.turn(fault, true);
  await sleep(onMs);
  if (fault !== undefined) await board.turn(fault, false);
  await sleep(settleMs);
  lines.push(...sink.take());
  const giveUpMs = performance.now() + MOST_SILENT_MS;
  const heard = new Set<string>();
  while ([...services].some((each) => !heard.has(each)) && performance.now() < giveUpMs) {
    await sleep(200);
    const late = sink.take();
    for (const service of listServices(late)) heard.add(service);
    lines.push(...late);
  }
  return lines;
}

function listServices(lines: readonly string[]): ReadonlySet<string> {
  const names = lines.flatMap((line) => [...line.matchAll(/"service\.name","value":\{"stringValue":"([^"]+)"/g)]);
  return new Set(names.map(([, name = ""]) => name));
}
