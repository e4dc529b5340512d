import { setTimeout as sleep } from "node:timers/promises";
import type { Switchboard } from "../switchboard/switchboard.ts";
import type { TelemetrySink } from "./sink.ts";

/** How long each part of a round takes, ms. */
export type RoundTimes = {
  /** Ordinary traffic before the fault: the good requests it is read against. */
  readonly quietMs: number;
  readonly onMs: number;
  /** After the fault, until its last telemetry has come. */
  readonly settleMs: number;
};

/** One round of one fault, or of none: quiet, on, off. Resolves to the telemetry of the whole round, as lines of OTLP/JSON. */
export async function captureRound(
  { board, sink }: { readonly board: Switchboard; readonly sink: TelemetrySink },
  fault: string | undefined,
  { quietMs, onMs, settleMs }: RoundTimes,
): Promise<readonly string[]> {
  sink.take();
  await sleep(quietMs);
  if (fault !== undefined) await board.turn(fault, true);
  await sleep(onMs);
  if (fault !== undefined) await board.turn(fault, false);
  await sleep(settleMs);
  return sink.take();
}
