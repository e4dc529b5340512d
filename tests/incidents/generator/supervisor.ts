/** What stands over a container: it ends what takes too much memory, and starts it again. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningService } from "./crew.ts";
import type { Stage } from "./stage.ts";

/** Starts the service anew where it was, and tells the orchestrator why it had to. */
export async function restart(stage: Stage, { plan, port }: RunningService, because: string): Promise<RunningService> {
  stage.change({ kind: "restart", service: plan.service, description: because });
  await sleep(500);
  return await stage.service(plan, { port, alone: {} });
}

/** Ends a process that takes more than it may, as a kernel does with a container's limit. */
export async function enforce(service: RunningService, limitMib: number): Promise<string> {
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
