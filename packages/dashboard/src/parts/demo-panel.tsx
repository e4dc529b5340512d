import type { DemoAnswer, HealthAnswer, ProblemDetails } from "@faultline/model";
import { type ReactNode, useEffect, useState } from "react";
import { send } from "../api-client.ts";
import { useResource } from "../use-resource.ts";
import { Captured } from "./captured-text.tsx";

/** The demo shop's switches, shown first while there is nothing else to see. Without a running demo there is no panel. */
export function DemoPanel({ isFirst }: { readonly isFirst: boolean }): ReactNode {
  const [health] = useResource<HealthAnswer>("/api/health");
  return health.kind === "ready" && health.value.hasDemo ? <Switches isFirst={isFirst} /> : null;
}

/** Switches can also be turned by the command line and by the demo's script. */
const EVERY_MS = 5000;

/**
 * Open while nothing has failed yet, unless somebody folds it. When folded it still shows active switches, so that they can be turned off.
 */
function Switches({ isFirst }: { readonly isFirst: boolean }): ReactNode {
  const [demo, refresh] = useResource<DemoAnswer>("/api/demo/faults");
  const [problem, setProblem] = useState<ProblemDetails | undefined>(undefined);
  const [moving, setMoving] = useState<string | undefined>(undefined);
  const [chosen, setChosen] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    const timer = setInterval(refresh, EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  if (demo.kind !== "ready") return null;
  const on = demo.value.faults.filter((fault) => fault.on);
  const isOpen = chosen ?? (isFirst && on.length === 0);
  const turn = async (id: string, wanted: boolean): Promise<void> => {
    // Keeps the panel open: a switch must not disappear under the pointer when it is clicked.
    setChosen(true);
    setMoving(id);
    const reply = await send<DemoAnswer>(`/api/demo/faults/${encodeURIComponent(id)}`, { on: wanted });
    setMoving(undefined);
    setProblem(reply.ok ? undefined : reply.problem);
    refresh();
  };
  return (
    <section className="demo" aria-label="Demo shop">
      <button type="button" className="demo-fold" aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
        Demo shop: switch a fault on and watch it being found
        <span className="muted">{on.length === 0 ? "all off" : `${on.length} on`}</span>
      </button>
      <ul>
        {(isOpen ? demo.value.faults : on).map(({ id, title, on: isOn }) => (
          <li key={id}>
            <button
              type="button"
              role="switch"
              aria-checked={isOn}
              aria-busy={moving === id}
              disabled={moving !== undefined}
              onClick={() => void turn(id, !isOn)}
            >
              <i aria-hidden="true" />
              <Captured text={title} />
            </button>
          </li>
        ))}
      </ul>
      {problem !== undefined && (
        <p className="stale" role="alert">
          {problem.detail}
        </p>
      )}
    </section>
  );
}
