import { setTimeout as sleep } from "node:timers/promises";
import type { RunningService } from "../generator/crew.ts";
import type { Scenario } from "../generator/stage.ts";
import { enforce, restart } from "../generator/supervisor.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("memory-leak");

/** A cache that forgets nothing. Requests meet a dead process until it is back. */
function leak(name: string, { nodeArgs, end }: { nodeArgs: readonly string[]; end: (service: RunningService) => Promise<string> }): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: { watch: "otel", steps: [{ kind: "work", name: "cacheReport", input: "report" }], alone: { nodeArgs } },
      call: { timeoutMs: 1500 },
    });
    let restarted: Promise<unknown> | undefined;
    const over = end(chain.origin).then((because) => (restarted = restart(stage, chain.origin, because)));
    await chain.load({ count: 70, perSecond: 12, next: (index) => ({ query: `report=${index}` }) });
    await Promise.race([over, sleep(4000)]);
    await restarted;
    return { name, ...chain.blame(undefined), diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [
  leak("oom-killed", { nodeArgs: [], end: (service) => enforce(service, 260) }),
  leak("heap-limit", {
    nodeArgs: ["--max-old-space-size=100"],
    end: async (service) => `FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory, ${await service.gone()}`,
  }),
];

/** Memory grows until the process fails. */
export const memoryLeak: Scenario = { cause: "memory-leak", count: 12, play: (stage) => stage.way(WAYS)(stage) };
