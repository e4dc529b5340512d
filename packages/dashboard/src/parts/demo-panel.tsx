import type { DemoAnswer, HealthAnswer, ProblemDetails } from "@faultline/model";
import { type ReactNode, useState } from "react";
import { send } from "../api-client.ts";
import { useResource } from "../use-resource.ts";
import { Captured } from "./captured-text.tsx";

/** The demo shop's switches; where no demo runs there is no panel. */
export function DemoPanel(): ReactNode {
  const [health] = useResource<HealthAnswer>("/api/health");
  return health.kind === "ready" && health.value.hasDemo ? <Switches /> : null;
}

function Switches(): ReactNode {
  const [demo, refresh] = useResource<DemoAnswer>("/api/demo/faults");
  const [problem, setProblem] = useState<ProblemDetails | undefined>(undefined);
  const [moving, setMoving] = useState<string | undefined>(undefined);
  if (demo.kind !== "ready") return null;
  const turn = async (id: string, on: boolean): Promise<void> => {
    setMoving(id);
    const reply = await send<DemoAnswer>(`/api/demo/faults/${encodeURIComponent(id)}`, { on });
    setMoving(undefined);
    setProblem(reply.ok ? undefined : reply.problem);
    refresh();
  };
  const on = demo.value.faults.filter((fault) => fault.on).length;
  return (
    <details className="demo" open={on === 0}>
      <summary>
        Demo shop: switch a fault on and watch it being found <span className="muted">{on === 0 ? "all off" : `${on} on`}</span>
      </summary>
      <ul>
        {demo.value.faults.map(({ id, title, on: isOn }) => (
          <li key={id}>
            <button type="button" role="switch" aria-checked={isOn} disabled={moving !== undefined} onClick={() => void turn(id, !isOn)}>
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
    </details>
  );
}
