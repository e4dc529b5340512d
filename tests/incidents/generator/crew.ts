/** The processes that run services, kept from one incident to the next. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { Order } from "../services/main.ts";
import type { Notes } from "../services/notes.ts";
import type { ServicePlan, Watch } from "../services/plan.ts";

const MAIN = fileURLToPath(new URL("../services/main.ts", import.meta.url));
const START_MS = 60_000;

/** A service that accepts requests. */
export type RunningService = {
  readonly plan: ServicePlan;
  readonly port: number;
  readonly pid: number;
  /** Resolves when its process is gone, with why in the supervisor's words. */
  gone(): Promise<string>;
  /** Resolves when the service knows. */
  toggle(name: string, on: boolean): Promise<void>;
  /** What it met, once it has ended in peace; nothing of one that was killed. */
  notes(): Notes;
  /** Flushes its telemetry and ends. */
  end(): Promise<void>;
  /** As a kernel without memory, or a node without power, would. What it had not sent is lost. */
  kill(): Promise<void>;
};

/** How to start one. */
export type ServiceStart = {
  readonly plan: ServicePlan;
  readonly env: Readonly<Record<string, string>>;
  readonly port?: number;
  /** A process of its own, with limits: it will be made to suffer. */
  readonly alone?: { readonly nodeArgs?: readonly string[]; readonly limits?: readonly string[] };
};

/** Starts services; processes that were given back are used again. */
export type Crew = { start(start: ServiceStart): Promise<RunningService>; close(): void };

/** A crew without anybody yet. */
export function createCrew(): Crew {
  const idle = new Map<Watch, ChildProcess[]>();
  const all = new Set<ChildProcess>();
  const hire = (start: ServiceStart): ChildProcess => {
    const known = start.alone === undefined ? idle.get(start.plan.watch)?.pop() : undefined;
    if (known !== undefined) return known;
    const child = spawnProcess(start.alone ?? {});
    all.add(child);
    child.once("exit", () => all.delete(child));
    return child;
  };
  return {
    async start(start) {
      const child = hire(start);
      const { plan, env, port = 0 } = start;
      let isOver = false;
      let notes: Notes = {};
      const { ready } = await ask<{ ready: number }>(child, { kind: "begin", plan, env, port });
      return {
        plan,
        port: ready,
        pid: child.pid ?? 0,
        gone: () => once(child, "exit").then(([code, signal]: unknown[]) => `exit code ${String(code ?? signal)}`),
        async toggle(name, on) {
          await ask(child, { kind: "toggle", name, on });
        },
        notes: () => notes,
        async end() {
          if (isOver || child.exitCode !== null || child.signalCode !== null) return;
          isOver = true;
          const said = await ask<{ notes: Notes }>(child, { kind: "end" }).catch(() => undefined);
          notes = said?.notes ?? notes;
          if (start.alone !== undefined) child.kill();
          else if (child.connected) idle.set(plan.watch, [...(idle.get(plan.watch) ?? []), child]);
        },
        async kill() {
          isOver = true;
          const gone = once(child, "exit");
          child.kill("SIGKILL");
          await gone;
        },
      };
    },
    close() {
      for (const child of all) child.kill("SIGKILL");
    },
  };
}

function spawnProcess({ nodeArgs = [], limits = [] }: NonNullable<ServiceStart["alone"]>): ChildProcess {
  const command = [process.execPath, "--conditions=source", ...nodeArgs, MAIN];
  const [program = "", ...args] = limits.length === 0 ? command : ["prlimit", ...limits, ...command];
  return spawn(program, args, {
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "faultline-incidents-compiled") },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

async function ask<T>(child: ChildProcess, order: Order): Promise<T> {
  const waiting = new AbortController();
  const answer = Promise.race([
    once(child, "message", { signal: waiting.signal }).then(([message]: unknown[]) => message as { failed?: string }),
    once(child, "exit", { signal: waiting.signal }).then(() => ({ failed: "it ended" })),
  ]);
  const impatience = setTimeout(() => waiting.abort(), START_MS);
  child.send(order);
  try {
    const message = await answer;
    if (message.failed !== undefined) throw new Error(`a service did not ${order.kind}: ${message.failed}`);
    return message as T;
  } finally {
    clearTimeout(impatience);
    waiting.abort();
  }
}
