import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningService } from "../generator/crew.ts";
import type { Scenario, Stage } from "../generator/stage.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("memory-leak");

/** What a supervisor does: it starts the service anew where it was, and tells the orchestrator why it had to. */
async function restart(stage: Stage, { plan, port }: RunningService, because: string): Promise<void> {
  stage.change({ kind: "restart", service: plan.service, description: because });
  await sleep(500);
  await stage.service(plan, { port, alone: {} });
}

/** Ends a process that takes more than it may, as a kernel does with a container's limit. */
async function enforce(service: RunningService, limitMib: number): Promise<string> {
  for (;;) {
    const status = readFileSync(`/proc/${service.pid}/status`, "utf8");
    const usedKib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    if (usedKib > limitMib * 1024) {
      await service.kill();
      return `OOMKilled: more than the limit of ${limitMib} MiB, exit code 137`;
    }
    await sleep(50);
  }
}

/** A cache that forgets nothing. Requests meet a dead process until it is back. */
function leak(name: string, { nodeArgs, end }: { nodeArgs: readonly string[]; end: (service: RunningService) => Promise<string> }): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: { watch: "otel", steps: [{ kind: "work", name: "cacheReport", input: "report" }], alone: { nodeArgs } },
      call: { timeoutMs: 1500 },
    });
    let restarted: Promise<void> | undefined;
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
export const memoryLeak: Scenario = { cause: "memory-leak", count: 8, play: (stage) => stage.way(WAYS)(stage) };
