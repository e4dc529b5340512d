/** Plays the demo's faults one after the other, and tells the reader what is switched on and what Faultline then finds. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DemoSwitch, FaultListing } from "@faultline/model";

/** What the play needs: the switches, what Faultline knows, and a way to talk to the reader. */
export type Stage = {
  readonly turn: (id: string, on: boolean) => Promise<unknown>;
  readonly listFaults: () => Promise<readonly FaultListing[]>;
  readonly say: (line: string) => void;
  /** Page of a fault. */
  readonly linkTo: (fingerprint: string) => string;
  readonly signal: AbortSignal;
  /** Unix ms. */
  readonly now: () => number;
  readonly pace: Pace;
};

/** How long things take, ms. */
export type Pace = {
  /** Ordinary traffic before a fault. */
  readonly quietMs: number;
  /** A fault stays on at least this long, so that a person can look around. */
  readonly leastOnMs: number;
  /** After this long without a verdict the play goes on. */
  readonly mostOnMs: number;
  /** For this long, a verdict on a fault that was known before is not taken for the answer. */
  readonly onlyNewMs: number;
  readonly pollMs: number;
};

/** For `npm start`. */
export const PACE: Pace = { quietMs: 8_000, leastOnMs: 12_000, mostOnMs: 40_000, onlyNewMs: 15_000, pollMs: 500 };

/** Plays every fault once. Resolves early, without an error, when the signal aborts. */
export async function playFaults(switches: readonly DemoSwitch[], stage: Stage): Promise<void> {
  const told = new Set<string>();
  for (const [index, fault] of switches.entries()) {
    if (!(await pause(stage, stage.pace.quietMs))) return;
    stage.say(`\n${index + 1} of ${switches.length}  ${fault.title}`);
    await playFault(fault, stage, told);
    if (stage.signal.aborted) return;
  }
}

/** `told` holds the faults that were already an answer in this play: if they still fail, they are not the answer again. */
async function playFault(fault: DemoSwitch, stage: Stage, told: Set<string>): Promise<void> {
  const { pace, now } = stage;
  const known = new Map((await stage.listFaults()).map((each) => [each.fingerprint, each.count]));
  const switchedMs = now();
  await stage.turn(fault.id, true);
  try {
    const found = await waitForVerdict(stage, { sinceMs: switchedMs, known, told });
    if (stage.signal.aborted) return;
    if (found !== undefined) told.add(found.fingerprint);
    stage.say(found === undefined ? "   Faultline has no verdict yet; the overview shows what fails" : tell(found, { switchedMs, stage }));
    await pause(stage, Math.max(0, switchedMs + pace.leastOnMs - now()));
  } finally {
    if (!stage.signal.aborted) await stage.turn(fault.id, false);
  }
}

type Waiting = { readonly sinceMs: number; readonly known: ReadonlyMap<string, number>; readonly told: ReadonlySet<string> };

async function waitForVerdict(stage: Stage, { sinceMs, known, told }: Waiting): Promise<FaultListing | undefined> {
  const { pace, now } = stage;
  while (now() < sinceMs + pace.mostOnMs) {
    if (!(await pause(stage, pace.pollMs))) return undefined;
    const fresh = (await stage.listFaults()).filter(
      (each) =>
        each.verdict === "diagnosed" &&
        !told.has(each.fingerprint) &&
        each.lastSeenMs >= sinceMs &&
        (each.diagnosedAtMs ?? 0) >= sinceMs &&
        each.count > (known.get(each.fingerprint) ?? 0),
    );
    // The previous fault keeps failing for a while, through requests that were waiting. A fault never seen before is the better answer.
    const news = fresh.filter(({ fingerprint }) => !known.has(fingerprint));
    const candidates = news.length > 0 || now() < sinceMs + pace.onlyNewMs ? news : fresh;
    const best = candidates.sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0))[0];
    if (best !== undefined) return best;
  }
  return undefined;
}

function tell(found: FaultListing, { switchedMs, stage }: { switchedMs: number; stage: Stage }): string {
  const seconds = Math.max(0, ((found.diagnosedAtMs ?? switchedMs) - switchedMs) / 1_000).toFixed(1);
  return `   Faultline, ${seconds} s later: ${found.sentence ?? found.title}\n   ${stage.linkTo(found.fingerprint)}`;
}

/** Waits; true when the time has passed, false when the play was ended meanwhile. */
async function pause({ signal }: Stage, ms: number): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
