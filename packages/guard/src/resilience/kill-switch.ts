/** Switches a route or a code path off without a deploy, by any feature-flag system that can answer yes or no. */
import { ResilienceError } from "./failures.ts";

/** Answers whether a switch is on, synchronously or not. When it throws, takes longer than `timeoutMs`, or answers neither true nor false, the last answer stands, or the default. */
export type FlagReader = (name: string) => boolean | Promise<boolean>;

/** How a switch behaves. */
export type KillSwitchOptions = {
  readonly read: FlagReader;
  /** Whether the path is on while there is no answer. Default true: a flag system that is down must not take the service down with it. */
  readonly fallback?: boolean;
  /** How long an answer is used, ms. Default 1,000. */
  readonly freshMs?: number;
  /** Longest wait for an answer, ms. Default 100. */
  readonly timeoutMs?: number;
  readonly nowMs?: () => number;
};

/** A switch: `pass` resolves while the path is on, and rejects with a ResilienceError (503) while it is off. */
export type KillSwitch = { isOn(): Promise<boolean>; pass(): Promise<void> };

/** Makes a switch for the flag `name`. */
export function createKillSwitch(name: string, options: KillSwitchOptions): KillSwitch {
  const { fallback = true, freshMs = 1_000, timeoutMs = 100, nowMs = () => performance.now() } = options;
  let renewing: Promise<boolean> | undefined;
  let known: { readonly isOn: boolean; readonly untilMs: number } | undefined;

  async function ask(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(known?.isOn ?? fallback), timeoutMs);
    });
    try {
      const answer: unknown = await Promise.race([options.read(name), timeUp]);
      return typeof answer === "boolean" ? answer : (known?.isOn ?? fallback);
    } catch {
      return known?.isOn ?? fallback;
    } finally {
      clearTimeout(timer);
    }
  }

  async function renew(): Promise<boolean> {
    known = { isOn: await ask(), untilMs: nowMs() + freshMs };
    renewing = undefined;
    return known.isOn;
  }

  // One question for all who wait for its answer: there may be as many as there are requests.
  const isOn = async (): Promise<boolean> => (known !== undefined && nowMs() < known.untilMs ? known.isOn : (renewing ??= renew()));

  return {
    isOn,
    async pass() {
      if (!(await isOn())) throw new ResilienceError("switched-off", `${name} is switched off`);
    },
  };
}
