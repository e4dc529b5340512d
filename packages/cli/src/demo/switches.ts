import type { DemoSwitch } from "@faultline/model";
import { UsageError } from "../command.ts";

/** Where the fault switches of `npm start` listen unless that port was taken. */
export const DEFAULT_SWITCHBOARD = "http://127.0.0.1:4319";

const TIMEOUT_MS = 10_000;

/** Lists the switches of a running demo, or turns one. Throws `UsageError` with what to do when that is not possible. */
export async function callSwitchboard(
  switchboard: string,
  turn?: { readonly id: string; readonly on: boolean },
): Promise<readonly DemoSwitch[]> {
  const base = URL.parse(switchboard);
  if (base === null) throw new UsageError(`"${switchboard}" is not a URL; write it as ${DEFAULT_SWITCHBOARD}`);
  const url = new URL(turn === undefined ? "/faults" : `/faults/${encodeURIComponent(turn.id)}`, base);
  const init = turn === undefined ? {} : { method: "POST", body: JSON.stringify({ on: turn.on }) };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw new UsageError(`no demo answers at ${url.origin}; start one with "npm start" or name its switches with --switchboard URL`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new UsageError(`the demo refused: ${readReason(answer) ?? response.statusText}`);
  return readSwitches(answer);
}

function readReason(answer: unknown): string | undefined {
  const reason = readMember(answer, "error");
  return typeof reason === "string" ? reason : undefined;
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
}

function readSwitches(answer: unknown): readonly DemoSwitch[] {
  const faults = readMember(answer, "faults");
  if (!Array.isArray(faults)) throw new UsageError("something else than the demo's switches answered; name them with --switchboard URL");
  return faults.map((each: unknown) => ({
    id: String(readMember(each, "id")),
    title: String(readMember(each, "title")),
    on: readMember(each, "on") === true,
  }));
}
